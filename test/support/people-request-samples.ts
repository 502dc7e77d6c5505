import { membershipWorkflowId } from '../../src/domain/ids.ts';
import type { HoldingStep, TeamChangeState } from '../../src/domain/people-requests.ts';

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

export function sampleStep(changes: Partial<HoldingStep> = {}): HoldingStep {
  return {
    system: 'purser',
    holding: { kind: 'group', group: 'team/shop' },
    want: 'held',
    state: 'waiting',
    ...changes,
  };
}
