import type { DepartureAsk } from './departures.ts';
import type { DirectorySnapshot, Person } from './people.ts';
import { askAboutPerson, type Policy, whoMay } from './policy.ts';

/** Within a day: after so many, each further one needs two approvals. */
export const ALONE_A_DAY = 5;
/** More of everybody than this within a day, and it stops and asks again; a few always may. */
const CROWD_SHARE = 0.2;
const CROWD_AT_LEAST = 2;

/** How many may leave within a day, of so many people. */
export function mostAtOnce(people: number): number {
  return Math.max(CROWD_AT_LEAST, Math.floor(people * CROWD_SHARE));
}

/** Administrators who are neither who asks nor who leaves: nobody decides alone that a colleague is gone. */
export function departureApprovers(
  policy: Policy,
  directory: DirectorySnapshot,
  { requester, person }: { requester: string; person: string },
): Person[] {
  return administrators(policy, directory).filter(({ id }) => id !== requester && id !== person);
}

/** Those who may have anybody leave. */
export function administrators(policy: Policy, directory: DirectorySnapshot): Person[] {
  return whoMay(policy, directory, { permission: 'user.offboard' });
}

/** Why somebody is not offboarded, whoever asks. */
export function refusalToLeave(
  policy: Policy,
  directory: DirectorySnapshot,
  { requester, leaver }: { requester: string; leaver: Person },
): string | undefined {
  if (leaver.id === requester)
    return 'Nobody offboards themselves: ask an administrator, or somebody who leads a team of yours.';
  if (leaver.protected === true)
    return `${leaver.name} is protected in manifests/platform.yaml, as accounts for emergencies and of Purser itself are. Take that out there first, by a pull request.`;
  const others = administrators(policy, directory).filter(({ id }) => id !== leaver.id);
  if (others.length === 0)
    return `${leaver.name} is the last administrator: nobody could approve it or undo it. Make somebody else one first.`;
  return undefined;
}

export function mayOffboard(
  policy: Policy,
  directory: DirectorySnapshot,
  { person, of }: { person: Person; of: string },
) {
  return askAboutPerson(policy, directory, { person, permission: 'user.offboard', of });
}

/** `asked` is how many departures were asked for within a day, this one among them. */
export function askFor(
  approvers: Person[],
  { asked, crowd }: { asked: number; crowd?: number },
): DepartureAsk {
  const ids = approvers.map(({ id }) => id);
  if (crowd !== undefined) {
    return {
      needed: 2,
      approvers: ids,
      because: `${crowd} people would leave within a day, more than a fifth of everybody: two administrators say whether that is meant`,
    };
  }
  if (asked > ALONE_A_DAY) {
    return {
      needed: 2,
      approvers: ids,
      because: `after ${ALONE_A_DAY} within a day, each further departure takes two administrators`,
    };
  }
  return { needed: 1, approvers: ids, because: 'an administrator approves that somebody leaves' };
}

/** Why nobody could ever approve it; said when it is asked, not after days. */
export function deadEndOf({ needed, approvers }: DepartureAsk): string | undefined {
  if (approvers.length >= needed) return undefined;
  const able = approvers.length === 0 ? 'nobody' : 'only one person';
  return `It takes ${needed === 1 ? 'an administrator' : 'two administrators'} who did not ask for it themselves, and ${able} could approve. Have somebody who leads a team of theirs ask, or make another administrator.`;
}
