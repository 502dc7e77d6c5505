import type { EnvironmentState } from '../../src/domain/environments.ts';
import type { DirectorySnapshot, Person } from '../../src/domain/people.ts';

export const SAMPLE_DIGEST = 'f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f';

/** Kim asks, Lee leads the team, Noor is FinOps, Ravi the administrator, Sam has no account, Old has left. */
export function sampleDirectory(): DirectorySnapshot {
  return {
    people: [
      person('kim', ['developer']),
      person('lee', ['developer']),
      person('noor', ['developer', 'finops']),
      person('ravi', ['developer', 'admin']),
      { ...person('sam', ['developer']), accounts: [] },
      { ...person('old', ['developer', 'admin']), active: false },
    ],
    teams: [
      { id: 'shop', title: 'Shop', group: 'team-shop', leads: ['lee'], members: ['kim', 'sam', 'old'] },
      { id: 'finops', title: 'FinOps', group: 'team-finops', leads: ['noor'], members: [] },
      { id: 'platform', title: 'Platform', group: 'team-platform', leads: ['ravi'], members: [] },
    ],
  };
}

export function sampleState(changes: Partial<EnvironmentState> = {}): EnvironmentState {
  return {
    cluster: 'local',
    name: 'pr-42',
    namespace: 'env-pr-42',
    requestId: 'request-1',
    digest: SAMPLE_DIGEST,
    template: { name: 'dev', version: 1, title: 'Developer environment' },
    requester: 'kim',
    team: 'shop',
    parameters: { name: 'pr-42', team: 'shop', size: 'l', postgres: true },
    phase: 'ready',
    steps: [{ id: 'space', title: 'Space', state: 'done', tookMs: 1_200 }],
    approval: { because: 'size l is approved by team FinOps', needed: 1, votes: [], approvers: ['noor'] },
    leftovers: [],
    urls: [{ key: 'APP_URL', url: 'https://pr-42.env.localhost' }],
    secretKeys: ['DATABASE_URL'],
    ttlMs: 7 * 86_400_000,
    requestedAt: '2026-04-01T09:00:00.000Z',
    readyAt: '2026-04-01T09:05:00.000Z',
    expiresAt: '2026-04-08T09:05:00.000Z',
    revision: 7,
    ...changes,
  };
}

function person(id: string, roles: string[]): Person {
  return {
    id,
    name: `${id[0]?.toUpperCase()}${id.slice(1)} Sample`,
    email: `${id}@example.test`,
    active: true,
    roles,
    accounts: [{ platform: 'slack', teamId: 'T0SAMPLE', userId: `U0${id.toUpperCase()}` }],
  };
}
