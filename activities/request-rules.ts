import { FAILURE } from '../src/domain/errors.ts';
import { type DirectorySnapshot, findPerson } from '../src/domain/people.ts';
import type { PeopleRequestState } from '../src/domain/people-requests.ts';
import { askPolicy, type Permission, type Policy, type PolicyAnswer } from '../src/domain/policy.ts';
import type { AuditEvent } from '../src/domain/ports.ts';
import type { SystemConnector } from '../src/domain/systems.ts';
import { permissionFor } from '../src/domain/team-changes.ts';
import { attemptsKey } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import { refused } from './failures.ts';
import type { Asked } from './index.ts';

/** Who is who and what the rules are, at one moment. */
export interface Situation {
  directory: DirectorySnapshot;
  policy: Policy;
}

export async function situationOf(deps: Pick<ActivityDeps, 'directory' | 'policy'>): Promise<Situation> {
  const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
  return { directory, policy };
}

/** `team.…` and `arrival.…` in the audit. */
export const AREAS = { 'team-change': 'team', arrival: 'arrival' } as const;

/** Whether somebody may do it at once, or approve it. Of who comes, the manager may approve, as whoever may for anybody. */
export function mayDecide(situation: Situation, person: string, state: PeopleRequestState): PolicyAnswer {
  if (state.kind === 'team-change') {
    return may(situation, person, permissionFor(state), { owner: state.person, team: state.team });
  }
  const answer = may(situation, person, 'user.onboard');
  const isManager = person === state.manager && person !== state.asker;
  const isHere = findPerson(situation.directory, person)?.active === true;
  if (answer.allowed || !isManager || !isHere) return answer;
  return { allowed: true, rule: 'manager', because: 'the manager decides who comes to them' };
}

export function may(
  { directory, policy }: Situation,
  id: string,
  permission: Permission,
  resource?: { owner: string; team: string },
): PolicyAnswer {
  const person = findPerson(directory, id);
  if (person !== undefined) return askPolicy(policy, directory, { person, permission, resource });
  return { allowed: false, rule: 'default-deny', because: 'the directory does not know this person' };
}

export async function recordRequest(
  { audit }: Pick<ActivityDeps, 'audit'>,
  { state, question }: Asked & { state: PeopleRequestState },
  event: Pick<AuditEvent, 'action' | 'actor' | 'outcome' | 'detail'>,
): Promise<void> {
  const { id, requestId, team, person } = state;
  await audit.append({
    key: attemptsKey(`${event.action}:${event.actor}:${event.outcome}`, question),
    subject: id,
    ...event,
    detail: { requestId, team, person, ...event.detail },
  });
}

/** Purser's own directory, as a system. */
export async function ownSystem({ systems }: Pick<ActivityDeps, 'systems'>): Promise<SystemConnector> {
  const own = (await systems()).find((system) => system.own);
  if (own !== undefined) return own;
  throw refused(
    FAILURE.wrongState,
    'Purser’s own directory cannot be changed from chat here.',
    'Have the platform team add a system of kind “file” to manifests/systems.yaml.',
  );
}
