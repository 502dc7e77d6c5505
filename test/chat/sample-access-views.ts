import type { GrantState } from '../../src/domain/access.ts';
import { grantApprovalView, grantView, grantWarningView } from '../../src/domain/access-views.ts';
import type { Person } from '../../src/domain/people.ts';
import type { MessageView } from '../../src/domain/views.ts';
import {
  APPROVED_STAGES,
  activeGrant,
  sampleExtension,
  sampleGrant,
  sampleStage,
  sampleVote,
} from '../support/access-samples.ts';
import { kim, lee, noor } from './sample-things.ts';

const directory = {
  people: [kim, lee, noor].map(
    (known): Person => ({ ...known, email: `${known.id}@example.test`, active: true, roles: ['developer'] }),
  ),
  teams: [],
};

const view = (state: GrantState) => grantView(state, directory);
const second = sampleStage({ because: 'one of team FinOps', approvers: ['noor'] });
const half = sampleGrant({
  requester: 'lee',
  stages: [
    sampleStage({ votes: [sampleVote('lee')] }),
    { ...second, escalated: true, approvers: ['noor', 'ravi'] },
  ],
});
const extended = activeGrant({
  extensions: [
    sampleExtension({
      id: 'extension-0',
      outcome: 'approved',
      stages: APPROVED_STAGES,
      askedAt: '2026-04-01T10:00:00.000Z',
    }),
    sampleExtension(),
  ],
});
const ended: Partial<GrantState> = {
  phase: 'ended',
  end: 'expired',
  endedAt: '2026-04-01T11:21:04.000Z',
  holdings: [
    {
      system: 'cluster',
      holding: { kind: 'group', group: 'edit', scope: 'default' },
      state: 'revoked',
      outlasts: ['A token of the cluster stays valid until it runs out, for an hour at most.'],
    },
    { system: 'sso', holding: { kind: 'group', group: 'shop-admins' }, state: 'elsewhere' },
  ],
};
const denial = sampleVote('lee', { decision: 'deny', reason: 'Ask the on-call to do it with you.' });

/** Made by what makes them in earnest. */
export const sampleAccessViews = {
  'grant-awaiting-approval': view(sampleGrant()),
  'grant-second-stage': view(half),
  'grant-stuck': view(
    activeGrant({
      phase: 'granting',
      activatedAt: undefined,
      endsAt: undefined,
      holdings: [
        { system: 'purser', holding: { kind: 'group', group: 'role/admin' }, state: 'held' },
        {
          system: 'cluster',
          holding: { kind: 'group', group: 'edit', scope: 'default' },
          state: 'stuck',
          trouble: 'The cluster does not answer <now>.',
          nextTryAt: '2026-04-01T09:25:00.000Z',
        },
      ],
    }),
  ),
  'grant-active': view(activeGrant()),
  'grant-extension-asked': view(extended),
  'grant-ended': view(activeGrant(ended)),
  'grant-revoked': view(
    activeGrant({ ...ended, end: 'revoked', endedBy: 'lee', endReason: 'It is done already.' }),
  ),
  'grant-denied': view(
    sampleGrant({
      phase: 'ended',
      end: 'denied',
      endedAt: '2026-04-01T09:15:00.000Z',
      stages: [sampleStage({ votes: [denial] }), second],
    }),
  ),
  'grant-failed': view(
    activeGrant({
      ...ended,
      end: 'failed',
      trouble: 'The cluster refuses it: there is no namespace default.',
    }),
  ),
  'grant-approval': grantApprovalView(half, { stage: 1 }, directory),
  'grant-approval-decided': grantApprovalView(half, { stage: 0 }, directory),
  'grant-approval-closed': grantApprovalView(
    sampleGrant({
      phase: 'ended',
      end: 'refused',
      endedAt: '2026-04-01T09:30:00.000Z',
      trouble: 'Kim Sample is no longer here.',
    }),
    { stage: 0 },
    directory,
  ),
  'grant-approval-extension': grantApprovalView(extended, { stage: 0, extension: 'extension-1' }, directory),
  'grant-warning': grantWarningView({ ...extended, endsAt: '2026-04-01T11:21:00.000Z' }, directory),
} satisfies Record<string, MessageView>;
