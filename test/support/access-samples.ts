import type { Extension, GrantState, StageState } from '../../src/domain/access.ts';
import type { Vote } from '../../src/domain/approvals.ts';
import {
  entitlementSchema,
  type PublishedEntitlement,
  type StageRule,
  stageSchema,
} from '../../src/domain/entitlements.ts';
import { SAMPLE_DIGEST } from './environment-samples.ts';

const HOUR = 3_600_000;

/** One that Shop may ask for: its lead and FinOps approve it, one after the other. */
export function sampleEntitlement(changes: Record<string, unknown> = {}): PublishedEntitlement {
  const entitlement = entitlementSchema.parse({
    id: 'cluster-edit',
    title: 'Edit in the cluster',
    meaning: 'Change and restart what runs in the namespace default.',
    owner: { team: 'platform' },
    gives: [{ system: 'cluster', group: 'edit', scope: 'default' }],
    for: [{ team: 'shop' }],
    duration: { usual: '2h', most: '8h' },
    approval: [
      { by: [{ leadsOf: 'shop' }], within: '4h', otherwise: [{ role: 'admin' }] },
      { by: [{ team: 'finops' }], within: '4h' },
    ],
    ...changes,
  });
  return { ...entitlement, digest: SAMPLE_DIGEST };
}

export function sampleStage(changes: Partial<StageState> = {}): StageState {
  const rule: StageRule = stageSchema.parse({ by: [{ leadsOf: 'shop' }], within: '4h' });
  return {
    rule,
    because: 'one of the leads of team Shop',
    needed: 1,
    approvers: ['lee'],
    votes: [],
    deadline: '2026-04-01T13:00:00.000Z',
    escalated: false,
    ...changes,
  };
}

export function sampleVote(person: string, changes: Partial<Vote> = {}): Vote {
  return {
    person,
    decision: 'approve',
    account: { platform: 'slack', teamId: 'T0SAMPLE', userId: `U0${person.toUpperCase()}` },
    at: '2026-04-01T09:15:00.000Z',
    ...changes,
  };
}

export const APPROVED_STAGES = [
  sampleStage({ votes: [sampleVote('lee')] }),
  sampleStage({
    because: 'one of team FinOps',
    approvers: ['noor'],
    votes: [sampleVote('noor', { at: '2026-04-01T09:20:00.000Z' })],
  }),
];

export function sampleExtension(changes: Partial<Extension> = {}): Extension {
  return {
    id: 'extension-1',
    by: 'kim',
    extraMs: HOUR,
    reason: 'The restore takes longer than we thought.',
    askedAt: '2026-04-01T10:30:00.000Z',
    stages: [sampleStage(), sampleStage({ because: 'one of team FinOps', approvers: ['noor'] })],
    ...changes,
  };
}

/** Kim asked for it at nine, two hours of it, and Lee is asked first. */
export function sampleGrant(changes: Partial<GrantState> = {}): GrantState {
  return {
    id: '3f9a0c1288',
    entitlement: {
      id: 'cluster-edit',
      title: 'Edit in the cluster',
      meaning: 'Change and restart what runs in the namespace default.',
    },
    digest: SAMPLE_DIGEST,
    requester: 'kim',
    beneficiary: 'kim',
    reason: 'The queue of checkout is stuck, and I have to restart its workers.',
    ticket: 'OPS-142',
    durationMs: 2 * HOUR,
    phase: 'awaiting-approval',
    stages: [sampleStage(), sampleStage({ because: 'one of team FinOps', approvers: ['noor'] })],
    holdings: [
      {
        system: 'cluster',
        holding: { kind: 'group', group: 'edit', scope: 'default' },
        state: 'waiting',
      },
    ],
    extensions: [],
    requestedAt: '2026-04-01T09:00:00.000Z',
    revision: 3,
    ...changes,
  };
}

export function activeGrant(changes: Partial<GrantState> = {}): GrantState {
  const waiting = sampleGrant();
  return {
    ...waiting,
    phase: 'active',
    stages: APPROVED_STAGES,
    holdings: waiting.holdings.map((holding) => ({ ...holding, state: 'held' })),
    activatedAt: '2026-04-01T09:21:00.000Z',
    endsAt: '2026-04-01T11:21:00.000Z',
    ...changes,
  };
}
