import { join } from 'node:path';
import { type PlatformConfig, platformSchema } from '../domain/platform.ts';
import { accountKey } from '../domain/refs.ts';
import { createCachedReader, ManifestError, readManifest, shownPath } from './manifest-files.ts';

/** `platform.yaml` of the organisation's folder, as it is now. Rejects with `ManifestError` while it is wrong. */
export function createPlatformFile(manifests: string): () => Promise<PlatformConfig> {
  const file = join(manifests, 'platform.yaml');
  return createCachedReader({
    files: async () => [file],
    read: async () => {
      const platform = await readManifest(file, platformSchema);
      const problems = [
        ...duplicateIds(platform),
        ...ownWords(platform),
        ...strangers(platform),
        ...sharedAccounts(platform),
      ];
      if (problems.length > 0) {
        throw new ManifestError(problems.map((problem) => `${shownPath(file)}: ${problem}`));
      }
      return platform;
    },
  });
}

function duplicateIds({ people, teams }: PlatformConfig): string[] {
  return [
    ...repeated(people.map((person) => person.id)).map((id) => `people: “${id}” is there twice`),
    ...repeated(teams.map((team) => team.id)).map((id) => `teams: “${id}” is there twice`),
    ...repeated(teams.map((team) => team.group)).map(
      (group) => `teams: group “${group}” belongs to two teams`,
    ),
  ];
}

/** Those are us, monitoring, and whoever is speaking. */
export const OWN_WORDS = ['purser', 'alerts', 'me'];

function ownWords({ people }: PlatformConfig): string[] {
  return people
    .filter(({ id }) => OWN_WORDS.includes(id))
    .map(({ id }) => `people: “${id}” is a word of Purser's own, so nobody can have it as an id`);
}

function strangers({ people, teams }: PlatformConfig): string[] {
  const known = new Set(people.map((person) => person.id));
  const managers = people.flatMap(({ manager }, at) =>
    manager === undefined || known.has(manager)
      ? []
      : [`people[${at}].manager: there is no person “${manager}”`],
  );
  const inTeams = teams.flatMap((team, at) =>
    (['leads', 'members'] as const).flatMap((list) =>
      team[list]
        .filter((id) => !known.has(id))
        .map((id) => `teams[${at}].${list}: there is no person “${id}”`),
    ),
  );
  return [...managers, ...inTeams];
}

function sharedAccounts({ people }: PlatformConfig): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const person of people) {
    for (const key of person.accounts.map(accountKey)) {
      const owner = owners.get(key);
      if (owner !== undefined)
        problems.push(`people: account ${key} is linked to both “${owner}” and “${person.id}”`);
      owners.set(key, person.id);
    }
  }
  return problems;
}

function repeated(ids: string[]): string[] {
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}
