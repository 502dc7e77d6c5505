import type { DirectorySnapshot, Person } from '../domain/people.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { DirectoryChange } from '../domain/ports.ts';
import type { Holding } from '../domain/systems.ts';
import { groupOf, type TeamStore } from '../domain/team-changes.ts';

/** A list that people can be put into: a team's members or leads, or those with a platform role. */
export type Membership = { list: 'team' | 'leads' | 'role'; id: string };

/** `team/shop`, `leads/shop` or `role/admin`. */
export function membershipOf(holding: Holding): Membership | undefined {
  if (holding.kind !== 'group' || holding.scope !== undefined) return undefined;
  const [, list, id] = /^(team|leads|role)\/([a-z][a-z0-9-]{0,62})$/.exec(holding.group) ?? [];
  return list === undefined || id === undefined ? undefined : { list: list as Membership['list'], id };
}

export function wordOf({ list, id }: Membership): string {
  return `${list}/${id}`;
}

/** Of what the file says, and somebody is not to have any more. */
export function withoutWord(membership: Membership): string {
  return `without/${wordOf(membership)}`;
}

/** Lays what was changed over what the file says. Whom the file marks inactive stays so; a change about nobody means nothing. */
export function layOver(file: DirectorySnapshot, changes: DirectoryChange[]): DirectorySnapshot {
  if (changes.length === 0) return file;
  const known = new Set(file.people.map(({ id }) => id));
  const people = [...file.people, ...onboarded(changes, known)];
  const ids = new Set(people.map(({ id }) => id));
  const made = changes.filter(({ person }) => ids.has(person));
  const byThing = Map.groupBy(made, ({ what }) => what);
  const byPerson = Map.groupBy(made, ({ person }) => person);
  const peopleWith = (what: string) => (byThing.get(what) ?? []).map(({ person }) => person);
  const inList = (said: string[], membership: Membership) =>
    merged(said, peopleWith(wordOf(membership)), peopleWith(withoutWord(membership)));
  return {
    people: people.map((person) => withChanges(person, byPerson.get(person.id) ?? [])),
    teams: file.teams.map((team) => ({
      ...team,
      leads: inList(team.leads, { list: 'leads', id: team.id }),
      members: inList(team.members, { list: 'team', id: team.id }),
    })),
  };
}

/**
 * What the organisation's file says, with the teams that were asked for in chat. Once the file has a team of that id, or gives
 * away its group, the file is right.
 */
export function withCreatedTeams(
  platform: () => Promise<PlatformConfig>,
  created: Pick<TeamStore, 'list'>,
): () => Promise<PlatformConfig> {
  return async () => {
    const [said, made] = await Promise.all([platform(), created.list()]);
    const taken = new Set(said.teams.flatMap(({ id, group }) => [id, group]));
    const added = made
      .map(({ id, title }) => ({ id, title, group: groupOf(id), leads: [], members: [] }))
      .filter(({ id, group }) => !taken.has(id) && !taken.has(group));
    return { ...said, teams: [...said.teams, ...added] };
  };
}

/** Whether the person is in that list, in the snapshot. */
export function isMember(directory: DirectorySnapshot, person: string, membership: Membership): boolean {
  return membersOf(directory, membership).includes(person);
}

export function membersOf({ people, teams }: DirectorySnapshot, { list, id }: Membership): string[] {
  if (list === 'role') return people.filter(({ roles }) => roles.includes(id)).map((person) => person.id);
  const team = teams.find((candidate) => candidate.id === id);
  return (list === 'leads' ? team?.leads : team?.members) ?? [];
}

export function membershipsOf({ people, teams }: DirectorySnapshot, person: string): Membership[] {
  const inTeams = (list: 'members' | 'leads') =>
    teams.filter((team) => team[list].includes(person)).map(({ id }) => id);
  const roles = people.find(({ id }) => id === person)?.roles ?? [];
  return [
    ...inTeams('members').map((id) => ({ list: 'team', id }) as const),
    ...inTeams('leads').map((id) => ({ list: 'leads', id }) as const),
    ...roles.map((id) => ({ list: 'role', id }) as const),
  ];
}

/** Once the organisation writes somebody into its file, the file is right about them. */
function onboarded(changes: DirectoryChange[], known: Set<string>): Person[] {
  const people = new Map<string, Person>();
  for (const { person, what, identity } of changes) {
    if (what !== 'account' || identity === undefined || known.has(person) || people.has(person)) continue;
    people.set(person, { id: person, ...identity, active: true, roles: [], accounts: [] });
  }
  return [...people.values()];
}

function withChanges(person: Person, changes: DirectoryChange[]): Person {
  const things = changes.map(({ what }) => what);
  const rolesAfter = (word: string) =>
    things.filter((what) => what.startsWith(word)).map((what) => what.slice(word.length));
  return {
    ...person,
    active: person.active && !things.includes('disabled'),
    roles: merged(person.roles, rolesAfter('role/'), rolesAfter('without/role/')),
  };
}

/** What was taken away stays so until it is given again. */
function merged(said: string[], added: string[], taken: string[]): string[] {
  return [...new Set([...said, ...added])].filter((one) => !taken.includes(one));
}
