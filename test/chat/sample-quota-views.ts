import { moreQuotaForm } from '../../src/commands/quota-form.ts';
import { environmentView } from '../../src/domain/environment-views.ts';
import { quotaAnswer, quotaApprovalView } from '../../src/domain/quota-views.ts';
import type { View } from '../../src/domain/views.ts';
import { sampleState } from '../support/environment-samples.ts';
import { sampleQuotaRequest, sampleQuotaState } from '../support/quota-context.ts';
import { kim, lee, noor } from './sample-things.ts';

const directory = {
  people: [kim, lee, noor].map((person) => ({
    ...person,
    email: `${person.id}@example.test`,
    active: true,
    roles: [],
  })),
  teams: [{ id: 'shop', title: 'Shop <b>', group: 'team-shop', leads: [lee.id], members: [kim.id] }],
};
const open = sampleQuotaState({
  request: sampleQuotaRequest({ extra: 2, reason: 'Two *branches* <!channel> at once' }),
  approvers: [noor.id],
});
const ofTeam = sampleQuotaState({
  request: sampleQuotaRequest({ limit: 'perTeam' }),
  approvers: [noor.id],
});
const approved = { outcome: 'approved' as const, by: [noor.id], at: '2026-04-01T10:00:00.000Z' };
const granted = { ...open, decision: approved, grantedUntil: '2026-05-01T10:00:00.000Z' };
const refused = {
  outcome: 'refused' as const,
  by: [],
  at: '2026-04-01T10:00:00.000Z',
  reason: 'Kim Sample may not create environments for this team (rule default-deny).',
};

const withoutRoom = sampleState({
  phase: 'failed',
  requester: kim.id,
  parameters: { name: 'pr-42', team: 'shop', size: 's' },
  steps: [
    { id: 'space', title: 'Namespace and guardrails', state: 'done', tookMs: 1_240 },
    { id: 'runner', title: 'Task runner', state: 'failed', tookMs: 4_200 },
  ],
  approval: { because: 'size s needs no approval', needed: 0, votes: [], approvers: [] },
  trouble: {
    type: 'QuotaExceeded',
    step: 'runner',
    object: 'Deployment runner',
    reason:
      'pods "runner-1" is forbidden: exceeded quota: purser-quota, requested: limits.memory=2Gi, used: limits.memory=3Gi, limited: limits.memory=4Gi',
    events: [],
    next: 'Size m has more room (sizes s and m need no approval). “Make it bigger” asks for it under another name; this one can then be rolled back.',
    bigger: 'm',
  },
});

/** Made by what makes them in earnest. */
export const sampleQuotaViews = {
  'environment-without-room': environmentView(withoutRoom, directory),
  'quota-open': quotaApprovalView(open, directory),
  'quota-granted': quotaApprovalView(granted, directory),
  'quota-refused': quotaApprovalView({ ...ofTeam, decision: refused }, directory),
  'quota-answer': quotaAnswer(granted, directory),
  'form-quota': moreQuotaForm(
    { limit: 'perOwner', template: 'dev', team: 'shop' },
    { intro: 'You have 3 of 3 environments of “dev”.', decides: 'Noor Sample, within 3 days.' },
  ),
} satisfies Record<string, View>;
