import type { GrantInput, GrantState, StageState } from '../../src/domain/access.ts';
import { type Entitlement, entitlementSchema } from '../../src/domain/entitlements.ts';

export const HOUR_MS = 3_600_000;

/** Two steps: a lead of Shop or Noor within four hours, and then an administrator. */
export function sampleEntitlement(changes: Partial<Entitlement> = {}): Entitlement {
  return {
    ...entitlementSchema.parse({
      id: 'cluster-edit',
      title: 'Edit in the default namespace',
      meaning: 'Change what runs in the namespace “default”.',
      owner: { team: 'platform' },
      gives: [{ system: 'cluster', group: 'edit', scope: 'default' }],
      for: [{ team: 'shop' }],
      duration: { usual: '2h', most: '8h' },
      approval: [
        { by: [{ leadsOf: 'shop' }], within: '4h', otherwise: [{ person: 'noor' }] },
        { by: [{ role: 'admin' }], within: '4h' },
      ],
    }),
    ...changes,
  };
}

export function sampleGrantInput(changes: Partial<GrantInput> = {}): GrantInput {
  return {
    id: '01sample',
    entitlement: sampleEntitlement(),
    digest: 'rules-1',
    requester: 'kim',
    beneficiary: 'kim',
    durationMs: 2 * HOUR_MS,
    reason: 'The checkout is down.',
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' },
    ...changes,
  };
}

/** Waits for its first step. */
export function sampleGrantState(changes: Partial<GrantState> = {}): GrantState {
  const { id, title, meaning, gives } = sampleEntitlement();
  return {
    id: '01sample',
    entitlement: { id, title, meaning },
    digest: 'rules-1',
    requester: 'kim',
    beneficiary: 'kim',
    reason: 'The checkout is down.',
    durationMs: 2 * HOUR_MS,
    phase: 'awaiting-approval',
    stages: [sampleStage(0, ['lee']), sampleStage(1, ['ravi'])],
    holdings: gives.map(({ system, ...place }) => ({
      system,
      holding: { kind: 'group', ...place },
      state: 'waiting',
    })),
    extensions: [],
    requestedAt: '2026-11-30T09:00:00.000Z',
    revision: 3,
    ...changes,
  };
}

export function sampleStage(at: number, approvers: string[], changes: Partial<StageState> = {}): StageState {
  const rule = sampleEntitlement().approval[at];
  if (rule === undefined) throw new TypeError(`the sample has no stage ${at}`);
  return { rule, because: 'somebody', needed: 1, approvers, votes: [], escalated: false, ...changes };
}

export function sampleVote(person: string, decision: 'approve' | 'deny' = 'approve') {
  return { person, decision, account: accountOf(person), at: '2026-11-30T09:30:00.000Z' };
}

export function accountOf(person: string) {
  return { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: `U0${person.toUpperCase()}` };
}
