import { arrivalWorkflowId, membershipWorkflowId } from '../../src/domain/ids.ts';
import type { ArrivalState, HoldingStep, TeamChangeState } from '../../src/domain/people-requests.ts';

/** Kim asks for Noor to be put into Shop. */
export function sampleTeamChange(changes: Partial<TeamChangeState> = {}): TeamChangeState {
  const { team = 'shop', person = 'noor' } = changes;
  return {
    kind: 'team-change',
    id: membershipWorkflowId(team, person),
    requestId: 'request-1',
    change: 'add',
    team,
    title: 'Shop',
    person,
    asker: 'kim',
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' },
    phase: 'requested',
    steps: [],
    requestedAt: '2026-04-01T10:00:00.000Z',
    revision: 1,
    ...changes,
  };
}

/** Lee asks that somebody comes to Shop. */
export function sampleArrival(changes: Partial<ArrivalState> = {}): ArrivalState {
  const { person = 'new' } = changes;
  return {
    kind: 'arrival',
    id: arrivalWorkflowId(person),
    requestId: 'request-1',
    asker: 'lee',
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' },
    person,
    name: 'New Sample',
    email: 'new@example.test',
    manager: 'lee',
    team: 'shop',
    title: 'Shop',
    role: { name: 'developer', title: 'Developer' },
    startsOn: '2026-05-04',
    startsAt: '2026-05-04T08:00:00.000Z',
    phase: 'requested',
    steps: [],
    requestedAt: '2026-04-01T10:00:00.000Z',
    revision: 1,
    ...changes,
  };
}

export function sampleStep(changes: Partial<HoldingStep> = {}): HoldingStep {
  return {
    system: 'purser',
    holding: { kind: 'group', group: 'team/shop' },
    want: 'held',
    state: 'waiting',
    ...changes,
  };
}
