import { DAY_MS, firstMoment, wallAt, wallTime } from './local-times.ts';
import { type DirectorySnapshot, findPerson, findTeam } from './people.ts';
import type { ArrivalState, HoldingStep } from './people-requests.ts';
import { findRole, type RoleTemplate } from './role-templates.ts';

type Newcomer = Pick<ArrivalState, 'person' | 'name' | 'email' | 'manager' | 'team' | 'role'>;

/** When people start, on the clock of their team. */
const FIRST_HOUR = '08:00';
export const DEFAULT_TIME_ZONE = 'UTC';

/** Eight in the morning of `2026-12-01`; not a number for a day that is none. */
export function startMoment(day: string, timeZone: string): number {
  const wall = wallTime(`${day}T${FIRST_HOUR}`);
  return Number.isNaN(wall) ? wall : firstMoment(wall, timeZone);
}

/** The day it is there. */
export function dayAt(moment: Date, timeZone: string): string {
  return new Date(wallAt(moment.getTime(), timeZone)).toISOString().slice(0, 10);
}

/** The latest day somebody may come on, from now. */
export const MOST_AHEAD_MS = 366 * DAY_MS;

/** What is wrong, by the field of the form that says it. */
export function problemsOf(
  directory: DirectorySnapshot,
  templates: RoleTemplate[],
  { person, email, manager, team, role }: Newcomer,
): Partial<Record<'person' | 'email' | 'manager' | 'team' | 'role', string>> {
  const sameId = findPerson(directory, person);
  const isTheirs = (address: string) => address.toLowerCase() === email.toLowerCase();
  const sameAddress = directory.people.find((known) => isTheirs(known.email));
  return {
    ...(sameId !== undefined && !isTheirs(sameId.email)
      ? { person: `“${person}” is ${sameId.name} already. Choose another id.` }
      : {}),
    ...(sameAddress !== undefined && sameAddress.id !== person
      ? { email: `That is the address of ${sameAddress.name} (${sameAddress.id}).` }
      : {}),
    ...(findPerson(directory, manager)?.active === true
      ? {}
      : { manager: 'Nobody active in the directory is that.' }),
    ...(findTeam(directory, team) === undefined ? { team: 'There is no such team any more.' } : {}),
    ...(findRole(templates, role.name) === undefined
      ? { role: 'There is no such role any more: see manifests/roles.' }
      : {}),
  };
}

/** Everything they get: by their role, and by their team. `own` is Purser's own directory, as a system. */
export function arrivalSteps(
  directory: DirectorySnapshot,
  template: RoleTemplate,
  team: string,
  own: string,
): HoldingStep[] {
  const byRole = template.gives.map((gift) => {
    if ('account' in gift) return { system: gift.system, holding: { kind: 'account' as const } };
    const { system, ...group } = gift;
    return { system, holding: { kind: 'group' as const, ...group } };
  });
  const byTeam = (findTeam(directory, team)?.also ?? []).map(({ system, ...group }) => ({
    system,
    holding: { kind: 'group' as const, ...group },
  }));
  const member = { system: own, holding: { kind: 'group' as const, group: `team/${team}` } };
  const things = [...byRole, member, ...byTeam];
  const keys = things.map((thing) => JSON.stringify(thing));
  return things
    .filter((_, at) => keys.indexOf(keys[at] ?? '') === at)
    .map((thing) => ({ ...thing, want: 'held', state: 'waiting' }));
}
