import { moreQuotaForm } from '../../src/commands/quota-form.ts';
import { quotaAnswer, quotaApprovalView } from '../../src/domain/quota-views.ts';
import type { View } from '../../src/domain/views.ts';
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
const refused = {
  outcome: 'refused' as const,
  by: [],
  at: '2026-04-01T10:00:00.000Z',
  reason: 'Kim Sample may not create environments for this team (rule default-deny).',
};

/** Made by what makes them in earnest. */
export const sampleQuotaViews = {
  'quota-open': quotaApprovalView(open, directory),
  'quota-granted': quotaApprovalView({ ...open, decision: approved }, directory),
  'quota-refused': quotaApprovalView({ ...ofTeam, decision: refused }, directory),
  'quota-answer': quotaAnswer(
    { ...open, decision: approved, grantedUntil: '2026-05-01T10:00:00.000Z' },
    directory,
  ),
  'form-quota': moreQuotaForm(
    { limit: 'perOwner', template: 'dev', team: 'shop' },
    { intro: 'You have 3 of 3 environments of “dev”.', decides: 'Noor Sample, within 3 days.' },
  ),
} satisfies Record<string, View>;
