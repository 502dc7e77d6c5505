import { type DirectorySnapshot, findPerson } from '../domain/people.ts';
import type { Directory, LinkStore } from '../domain/ports.ts';
import { accountKey } from '../domain/refs.ts';

/** A system that knows people and teams. `read` answers with what is true now, or rejects: never with a guess. */
export interface DirectoryConnector {
  readonly name: string;
  read(): Promise<DirectorySnapshot>;
}

/** The directory everybody asks: what the connector says, and the links that administrators have decided on. */
export function createDirectory(connector: DirectoryConnector, links: Pick<LinkStore, 'list'>): Directory {
  return {
    async snapshot() {
      const [directory, linked] = await Promise.all([connector.read(), links.list()]);
      return withLinks(directory, linked);
    },
  };
}

/** An account the connector knows stays whose it says; links to people it does not know mean nothing. */
function withLinks(
  directory: DirectorySnapshot,
  links: Awaited<ReturnType<LinkStore['list']>>,
): DirectorySnapshot {
  const known = new Set(directory.people.flatMap((person) => person.accounts.map(accountKey)));
  const added = new Map<string, (typeof links)[number]['account'][]>();
  for (const { account, person } of links) {
    const key = accountKey(account);
    if (known.has(key) || findPerson(directory, person) === undefined) continue;
    known.add(key);
    added.set(person, [...(added.get(person) ?? []), account]);
  }
  return {
    teams: directory.teams,
    people: directory.people.map((person) => ({
      ...person,
      accounts: [...person.accounts, ...(added.get(person.id) ?? [])],
    })),
  };
}
