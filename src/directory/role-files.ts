import { join } from 'node:path';
import { type RoleTemplate, roleTemplateSchema } from '../domain/role-templates.ts';
import { createCachedReader, ManifestError, readManifest, shownPath, yamlFiles } from './manifest-files.ts';
import type { SystemEntry } from './systems-file.ts';

/**
 * `roles/*.yaml` of the organisation's folder, as they are now; none where there is no such folder. Rejects with
 * `ManifestError` while one of them is wrong, or names a system that is not there.
 */
export function createRoleFiles(
  manifests: string,
  systems: () => Promise<SystemEntry[]>,
): () => Promise<RoleTemplate[]> {
  const folder = join(manifests, 'roles');
  return createCachedReader({
    files: async () => [...(await yamlFiles(folder, { optional: true })), join(manifests, 'systems.yaml')],
    read: async (files) => {
      const own = files.slice(0, -1);
      const templates = await Promise.all(
        own.map(async (file) => ({ file, template: await readManifest(file, roleTemplateSchema) })),
      );
      const known = await systems();
      const problems = templates.flatMap(({ file, template }) =>
        problemsOf(template, known).map((problem) => `${shownPath(file)}: ${problem}`),
      );
      const names = templates.map(({ template }) => template.metadata.name);
      const twice = names.filter((name, at) => names.indexOf(name) !== at);
      problems.push(...twice.map((name) => `roles: “${name}” is there twice: give one of them another name`));
      if (problems.length > 0) throw new ManifestError(problems);
      return templates.map(({ template }) => template);
    },
  });
}

function problemsOf({ gives }: RoleTemplate, systems: SystemEntry[]): string[] {
  const names = systems.map(({ name }) => name);
  const strange = gives.flatMap(({ system }, at) =>
    names.includes(system)
      ? []
      : [`gives[${at}].system: systems.yaml has no system “${system}”: it has ${names.join(', ')}`],
  );
  const own = systems.find(({ kind }) => kind.kind === 'file')?.name;
  const enters = gives.some((gift) => 'account' in gift && gift.system === own);
  return enters || own === undefined
    ? strange
    : [...strange, `gives: nobody can speak to Purser without { system: ${own}, account: true }`];
}
