import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { OrphanRule } from '../domain/access-drift.ts';
import { type Entitlement, entitlementsSchema, type PublishedEntitlement } from '../domain/entitlements.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { entitlementProblems } from './entitlement-checks.ts';
import { createCachedReader, ManifestError, readManifestIfThere, shownPath } from './manifest-files.ts';
import type { SystemEntry } from './systems-file.ts';

/** The other files of the organisation's, which know what entitlements name. */
export interface EntitlementSurroundings {
  platform(): Promise<PlatformConfig>;
  systems(): Promise<SystemEntry[]>;
  incidents(): Promise<IncidentConfig | undefined>;
}

/**
 * `entitlements.yaml` of the organisation's folder, as it is now; none where there is no such file. Rejects with
 * `ManifestError` while it is wrong.
 */
export function createEntitlementsFile(
  manifests: string,
  { platform, systems, incidents }: EntitlementSurroundings,
): () => Promise<PublishedEntitlement[]> {
  const file = join(manifests, 'entitlements.yaml');
  return createCachedReader({
    // Who or what it names may come or go.
    files: async () => [
      file,
      ...['platform.yaml', 'systems.yaml', 'incidents.yaml'].map((name) => join(manifests, name)),
    ],
    read: async () => {
      const entitlements = (await readManifestIfThere(file, entitlementsSchema))?.entitlements ?? [];
      if (entitlements.length === 0) return [];
      const known = { platform: await platform(), systems: await systems(), incidents: await incidents() };
      const problems = entitlementProblems(entitlements, known);
      if (problems.length > 0) {
        throw new ManifestError(problems.map((problem) => `${shownPath(file)}: ${problem}`));
      }
      return entitlements.map((entitlement) => ({ ...entitlement, digest: digestOf(entitlement) }));
    },
  });
}

/** What becomes of access that no request holds any more, as `entitlements.yaml` has it now. */
export function createOrphanRule(manifests: string): () => Promise<OrphanRule> {
  const file = join(manifests, 'entitlements.yaml');
  return createCachedReader({
    files: async () => [file],
    read: async () => (await readManifestIfThere(file, entitlementsSchema))?.reconcile.orphans ?? 'ask',
  });
}

/** The order of its fields is the schema's. */
function digestOf(entitlement: Entitlement): string {
  return createHash('sha256').update(JSON.stringify(entitlement)).digest('hex');
}
