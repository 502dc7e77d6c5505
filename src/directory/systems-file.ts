import { join } from 'node:path';
import { z } from 'zod';
import { createCachedReader, ManifestError, readManifestIfThere, shownPath } from './manifest-files.ts';
import type { ConnectorKind } from './systems.ts';

/** One system of `systems.yaml`, its settings checked by its kind. */
export interface SystemEntry {
  name: string;
  kind: ConnectorKind;
  settings: unknown;
}

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'small letters, digits and dashes, starting with a letter');

/**
 * `systems.yaml` of the organisation's folder, as it is now; none where there is no such file. Rejects with
 * `ManifestError` while it is wrong. The same array until the file changes.
 */
export function createSystemsFile(manifests: string, kinds: ConnectorKind[]): () => Promise<SystemEntry[]> {
  const file = join(manifests, 'systems.yaml');
  const schema = systemsSchema(kinds);
  return createCachedReader({
    files: async () => [file],
    read: async () => {
      const systems = (await readManifestIfThere(file, schema))?.systems ?? [];
      const names = systems.map((system) => system.name);
      const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
      if (twice.size === 0) return systems;
      throw new ManifestError(
        [...twice].map(
          (name) => `${shownPath(file)}: systems: “${name}” is there twice: give one of them another name`,
        ),
      );
    },
  });
}

function systemsSchema(kinds: ConnectorKind[]) {
  return z.strictObject({
    apiVersion: z.literal('purser/v1'),
    kind: z.literal('Systems'),
    systems: z.array(entrySchema(kinds)),
  });
}

function entrySchema(kinds: ConnectorKind[]) {
  return z
    .looseObject({ name, kind: z.string() })
    .transform(({ name, kind: word, ...fields }, context): SystemEntry => {
      const kind = kinds.find((candidate) => candidate.kind === word);
      if (kind === undefined) {
        const known = kinds.map((candidate) => candidate.kind).join(', ');
        const message = `there is no kind “${word}”: Purser knows ${known}`;
        context.addIssue({ code: 'custom', path: ['kind'], message });
        return z.NEVER;
      }
      const settings = kind.settings.safeParse(fields);
      if (settings.success) return { name, kind, settings: settings.data };
      for (const { path, message } of settings.error.issues) {
        context.addIssue({ code: 'custom', path, message });
      }
      return z.NEVER;
    });
}
