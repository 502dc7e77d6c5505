import { accessForm } from '../../src/commands/access-form.ts';
import type { GrantState } from '../../src/domain/access.ts';
import { catalogueView, grantListView } from '../../src/domain/access-lists.ts';
import { grantApprovalView, grantView, grantWarningView } from '../../src/domain/access-views.ts';
import type { Person } from '../../src/domain/people.ts';
import type { MessageView } from '../../src/domain/views.ts';
import {
  APPROVED_STAGES,
  activeGrant,
  sampleEntitlement,
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

const entitlement = sampleEntitlement({ reason: { ticket: 'OPS-[0-9]+' } });
const published = [entitlement];
const listed = { entitlement: entitlement.id, beneficiary: kim.id } as const;

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
  'access-list': grantListView(
    [
      { ...listed, id: '3f9a0c1288', phase: 'active', endsAt: '2026-04-01T11:21:00.000Z' },
      { ...listed, id: '5b1e77d0aa', phase: 'awaiting-approval' },
    ],
    { title: 'Who has access now', published, directory },
  ),
  'access-list-empty': grantListView([], { title: 'Your access', published, directory }),
  'access-catalogue': catalogueView([
    { entitlement, approval: 'approved by one of the leads of team Shop, then one of team FinOps' },
  ]),
} satisfies Record<string, MessageView>;

/** Lee asks for Kim, and has not said why yet. */
export const sampleAccessForm = accessForm({
  values: { entitlement: entitlement.id, for: '9h', who: kim.id },
  assessment: {
    entitlement,
    beneficiary: directory.people[0],
    reason: '',
    outlook: entitlement.approval.map((rule, at) => ({
      rule,
      because: at === 0 ? 'one of the leads of team Shop' : 'one of team FinOps',
      approvers: directory.people.slice(2),
      fallback: at === 0 ? directory.people.slice(1, 2) : [],
      needed: 1,
    })),
    errors: {},
  },
  offered: published,
  people: directory.people.slice(0, 2),
  origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' },
  errors: { for: 'That is too long: it can be had for 8 hours at most.' },
});

const much = 'x'.repeat(3_000);
/** Whatever else is said, these are whole. */
export const NEVER_CUT = {
  Access: 'Administer every database of every shop in every country we sell anything in',
  For: 'Maximiliane Alexandra von und zu Sample-Samplington',
  'For how long': '13 days 23 hours 59 minutes from when it is given',
};
const facts = Object.entries(NEVER_CUT).map(([label, value]) => ({ label, value }));
const stuck = sampleAccessViews['grant-stuck'];
const open = sampleAccessViews['grant-approval'];

/** With as much said as anybody can. */
export const endlessAccessViews: MessageView[] = [
  {
    ...open,
    facts: [...facts, { label: 'One can', value: much }],
    reason: much,
    summary: { ...open.summary, because: much },
  },
  {
    ...stuck,
    title: NEVER_CUT.Access,
    facts,
    meaning: much,
    reason: much,
    trouble: much,
    holdings: stuck.holdings.flatMap((holding) =>
      Array.from({ length: 20 }, () => ({ ...holding, trouble: much })),
    ),
  },
];
