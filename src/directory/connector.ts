import type { DecidedLink, LinkStore } from '../domain/links.ts';
import { type DirectorySnapshot, findPerson } from '../domain/people.ts';
import type { Directory } from '../domain/ports.ts';
import { accountKey } from '../domain/refs.ts';

/** A system that knows people and teams. `read` answers with what is true now, or rejects: never with a guess. */
export interface DirectoryConnector {
  readonly name: string;
  read(): Promise<DirectorySnapshot>;
}

/**
 * The directory everybody asks: what the connector says, and the links that administrators have decided on, for as long
 * as links last.
 */
export function createDirectory(
  connector: DirectoryConnector,
  links: Pick<LinkStore, 'list'>,
  { linksLast, now }: { linksLast(): Promise<number>; now(): Date },
): Directory {
  return {
    async snapshot() {
      const [directory, decided, lastMs] = await Promise.all([connector.read(), links.list(), linksLast()]);
      return withLinks(directory, decided, lastMs, now());
    },
  };
}

/** An account the connector knows stays whose it says; links to people it does not know mean nothing. */
function withLinks(
  directory: DirectorySnapshot,
  decided: DecidedLink[],
  lastMs: number,
  now: Date,
): DirectorySnapshot {
  const known = new Set(directory.people.flatMap((person) => person.accounts.map(accountKey)));
  const meant = decided.filter(({ account, person }) => {
    const key = accountKey(account);
    if (known.has(key) || findPerson(directory, person) === undefined) return false;
    known.add(key);
    return true;
  });
  const dated = meant.map(({ account, person, decidedAt }) => ({
    account,
    person,
    until: new Date(decidedAt.getTime() + lastMs),
  }));
  const { linked = [], lapsed = [] } = Object.groupBy(dated, ({ until }) =>
    until > now ? 'linked' : 'lapsed',
  );
  const added = Object.groupBy(linked, ({ person }) => person);
  return {
    teams: directory.teams,
    people: directory.people.map((person) => ({
      ...person,
      accounts: [...person.accounts, ...(added[person.id] ?? []).map(({ account }) => account)],
    })),
    linked,
    lapsed: lapsed.map(({ account, person }) => ({ account, person })),
  };
}
