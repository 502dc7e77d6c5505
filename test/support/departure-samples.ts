import type { DepartureState, LedgerLine } from '../../src/domain/departures.ts';

/** Kim leaves: Lee asked, Ravi approves. */
export function sampleDeparture(changes: Partial<DepartureState> = {}): DepartureState {
  return {
    id: 'd-1',
    person: 'kim',
    name: 'Kim Sample',
    email: 'kim@example.test',
    requester: 'lee',
    reason: 'Goes to another company',
    heirs: ['lee'],
    preview: [
      { label: 'purser', text: 'may log in, team/shop' },
      { label: 'Environments', text: 'pr-42' },
    ],
    phase: 'awaiting-approval',
    round: 1,
    approval: {
      because: 'an administrator approves that somebody leaves',
      needed: 1,
      approvers: ['ravi'],
      votes: [],
      deadline: '2026-04-04T09:00:00.000Z',
    },
    ledger: [],
    requestedAt: '2026-04-01T09:00:00.000Z',
    revision: 2,
    ...changes,
  };
}

export function approvedDeparture(changes: Partial<DepartureState> = {}): DepartureState {
  const at = '2026-04-01T10:00:00.000Z';
  const account = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0RAVI' } as const;
  return sampleDeparture({
    phase: 'scheduled',
    approval: {
      ...sampleDeparture().approval,
      votes: [{ person: 'ravi', decision: 'approve', account, at }],
      decision: { outcome: 'approved', by: ['ravi'], at },
    },
    revision: 3,
    ...changes,
  });
}

const at = '2026-04-01T10:00:05.000Z';

/** Each of its states once. */
export const SAMPLE_LEDGER: LedgerLine[] = [
  line({ id: 'account:purser', kind: 'account', system: 'purser', state: 'done', doneAt: at, had: true }),
  line({ id: 'sessions:purser', kind: 'sessions', system: 'purser', state: 'done', doneAt: at }),
  line({ id: 'groups:purser', kind: 'groups', system: 'purser', state: 'done', doneAt: at }),
  line({
    id: 'account:sso',
    kind: 'account',
    system: 'sso',
    state: 'stuck',
    tries: 3,
    trouble: 'sso does not answer',
    nextTryAt: '2026-04-01T10:15:00.000Z',
  }),
  line({ id: 'sessions:sso', kind: 'sessions', system: 'sso', state: 'waiting' }),
  line({
    id: 'groups:sso',
    kind: 'groups',
    system: 'sso',
    state: 'by-hand',
    trouble: 'sso does not let Purser do this (403).',
    next: 'Mend it in sso, then try again.',
  }),
  line({
    id: 'sessions:cluster',
    kind: 'sessions',
    system: 'cluster',
    state: 'impossible',
    outlasts: ['an open kubectl exec goes on until it ends by itself'],
  }),
  line({ id: 'groups:cluster', kind: 'groups', system: 'cluster', state: 'by-hand' }),
  line({
    id: 'group:cluster:edit@default',
    kind: 'group',
    system: 'cluster',
    holding: { kind: 'group', group: 'edit', scope: 'default' },
    state: 'by-hand',
    trouble: 'cluster says that it is still there: somebody else than Purser gave it.',
    next: 'Take it away in cluster.',
    had: true,
  }),
  line({
    id: 'group:purser:team/shop',
    kind: 'group',
    system: 'purser',
    holding: { kind: 'group', group: 'team/shop' },
    state: 'done',
    doneAt: at,
    had: true,
  }),
  line({ id: 'links', kind: 'links', state: 'done', doneAt: at, items: ['slack:T0SAMPLE:U0KIM'] }),
  line({ id: 'tokens', kind: 'tokens', state: 'done', doneAt: at, items: [] }),
  line({ id: 'hand-over', kind: 'hand-over', state: 'done', doneAt: at, items: ['pr-42'] }),
];

/** Everything of it is gone. */
export const DONE_LEDGER: LedgerLine[] = SAMPLE_LEDGER.map((one) =>
  one.state === 'impossible'
    ? one
    : { ...one, state: 'done', doneAt: at, trouble: undefined, next: undefined, nextTryAt: undefined },
);

function line(of: Pick<LedgerLine, 'id' | 'kind' | 'state'> & Partial<LedgerLine>): LedgerLine {
  return { tries: of.state === 'waiting' || of.state === 'impossible' ? 0 : 1, ...of };
}
