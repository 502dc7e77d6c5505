import type { ApprovalView, EnvironmentView, PersonRef } from '../../src/domain/views.ts';

/** The people and things that the sample views are about. */

function person(id: string, name: string): PersonRef {
  return {
    id,
    name,
    accounts: [
      { platform: 'slack', teamId: 'T0SAMPLE', userId: `U0${id.toUpperCase()}` },
      { platform: 'teams', tenantId: 'tenant', aadObjectId: `aad-${id}` },
    ],
  };
}

export const kim = person('kim', 'Kim Sample');
export const lee = person('lee', 'Lee Sample');
export const noor = person('noor', 'Noor Sample');

export const payload = { name: 'pr-42', requestId: 'request-1' };
export const approve = { ...payload, digest: 'sha256:0123456789abcdef' };

export const environment: EnvironmentView = {
  kind: 'environment',
  name: 'pr-42',
  phase: 'provisioning',
  template: 'Developer environment',
  team: 'Shop',
  requester: kim,
  parameters: [
    { name: 'size', value: 'l' },
    { name: 'postgres', value: 'yes' },
    { name: 'image', value: 'registry.example.test/shop/web:pr-42' },
  ],
  steps: [
    { id: 'space', title: 'Namespace and guardrails', state: 'done', tookMs: 1_240 },
    { id: 'access', title: 'Access for team Shop', state: 'done', tookMs: 800 },
    { id: 'postgres', title: 'Postgres 16', state: 'running' },
    { id: 'runner', title: 'Task runner', state: 'waiting' },
    { id: 'publish', title: 'Published URLs and secrets', state: 'waiting' },
  ],
  leftovers: [],
  urls: [],
  requestedAt: '2026-11-23T10:00:00.000Z',
  actions: [],
};

export const openApproval = {
  because: 'size l is approved by team FinOps',
  needed: 1,
  approvers: [noor, lee],
  votes: [],
  deadline: '2026-11-23T14:00:00.000Z',
};

export const approved = {
  ...openApproval,
  votes: [{ person: noor, decision: 'approve' as const, at: '2026-11-23T10:05:00.000Z' }],
  decision: { outcome: 'approved' as const, by: [noor], at: '2026-11-23T10:05:00.000Z' },
};

export const denied = {
  ...openApproval,
  votes: [],
  decision: {
    outcome: 'denied' as const,
    by: [noor],
    at: '2026-11-23T10:05:00.000Z',
    reason: 'Size m is enough for a pull request. Ask again with size m and I will approve it at once.',
  },
};

export const done = environment.steps.map((step, index) => ({
  ...step,
  state: 'done' as const,
  tookMs: 900 + index * 2_350,
}));
export const failedSteps = environment.steps.map((step) =>
  step.id === 'postgres' ? { ...step, state: 'failed' as const, tookMs: 28_400 } : step,
);

export const approval: ApprovalView = {
  kind: 'approval',
  title: 'Environment pr-42',
  requester: kim,
  facts: [
    { label: 'Environment', value: 'pr-42' },
    { label: 'Template', value: 'Developer environment (dev@1)' },
    { label: 'Team', value: 'Shop' },
    { label: 'size', value: 'l' },
    { label: 'postgres', value: 'yes' },
    { label: 'Lives for', value: '7 days' },
    { label: 'Digest', value: '0123456789ab' },
  ],
  summary: openApproval,
  actions: [
    { actionId: 'environment.approve', label: 'Approve', style: 'primary', payload: approve },
    { actionId: 'environment.deny', label: 'Deny…', style: 'danger', payload: approve },
  ],
  audience: { people: [noor, lee], show: { actionId: 'environment.approval', payload } },
};
