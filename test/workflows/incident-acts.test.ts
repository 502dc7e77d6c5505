import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IncidentAct, IncidentActKind } from '../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { refusalOf } from '../../workflows/incidents/acts.ts';
import { sampleRules } from './fake-incident-activities.ts';

const ACTS: { [Kind in IncidentActKind]: Extract<IncidentAct, { kind: Kind }> } = {
  status: { kind: 'status', to: 'mitigating', note: '' },
  severity: { kind: 'severity', to: 'sev2', reason: 'less' },
  rename: { kind: 'rename', title: 'payments are down' },
  summary: { kind: 'summary', text: 'nobody can pay' },
  role: { kind: 'role', role: 'lead', person: 'kim' },
  'accept-role': { kind: 'accept-role', role: 'comms' },
  'decline-role': { kind: 'decline-role', role: 'comms' },
  'release-role': { kind: 'release-role', role: 'scribe' },
  update: { kind: 'update', what: 'rolled back' },
  snooze: { kind: 'snooze', ms: 600_000, reason: 'waiting' },
  acknowledge: { kind: 'acknowledge' },
  page: { kind: 'page', target: 'lee', message: '' },
  note: { kind: 'note', key: 'm1', text: 'db is full' },
  'amend-note': { kind: 'amend-note', key: 'm1', text: 'db is nearly full' },
  'strike-note': { kind: 'strike-note', key: 'm1' },
  task: { kind: 'task', text: 'bigger disks', followUp: true },
  'task-done': { kind: 'task-done', id: 't1' },
  'task-issue': { kind: 'task-issue', id: 't1' },
  join: { kind: 'join', account: 'slack:T0SAMPLE:U0KIM' },
  link: { kind: 'link', to: 9, as: 'related' },
  merge: { kind: 'merge', into: 9 },
  unmerge: { kind: 'unmerge' },
  times: { kind: 'times', impactAt: '2026-11-24T09:00:00.000Z' },
  silence: { kind: 'silence', ms: 600_000, comment: 'known' },
  environment: { kind: 'environment', name: 'debug-142', template: 'dev' },
  runbook: { kind: 'runbook', name: 'checkout-down' },
  'runbook-step': { kind: 'runbook-step', id: 'r1.1', do: 'approve' },
  'retry-resource': { kind: 'retry-resource', id: 'pin:slack' },
  resolve: { kind: 'resolve', cause: 'disk', fix: 'space' },
  review: { kind: 'review' },
  reopen: { kind: 'reopen', reason: 'again' },
  close: { kind: 'close' },
  'make-private': { kind: 'make-private', reason: 'names' },
  cancel: { kind: 'cancel', reason: 'a test' },
};
const SAY = { title: 'Say it', action: { do: 'message', text: 'it' } } as const;
const LONG_AGO = '2020-01-01T00:00:00.000Z';
const RESOLVED: Partial<IncidentState> = {
  status: 'resolved',
  resolution: { cause: 'disk', fix: 'space', by: 'kim', at: '2026-11-24T11:00:00.000Z' },
};
const KINDS = Object.keys(ACTS) as IncidentActKind[];

describe('what may be done to an incident', () => {
  const accepted = (state: IncidentState) =>
    KINDS.filter((kind) => refusalOf(state, ACTS[kind], 'kim') === undefined);

  it('everything while it is open, but to reopen, to close and to review it, and to undo what is none', () => {
    assert.deepEqual(
      KINDS.filter((kind) => !accepted(stateOf()).includes(kind)),
      ['unmerge', 'review', 'reopen', 'close'],
    );
  });

  it('what completes it once it is resolved, and to reopen or close it', () => {
    assert.deepEqual(accepted(stateOf({ status: 'resolved' })), [
      'rename',
      'summary',
      'release-role',
      'note',
      'amend-note',
      'strike-note',
      'task',
      'task-done',
      'task-issue',
      'join',
      'link',
      'times',
      'runbook-step',
      'retry-resource',
      'reopen',
      'close',
    ]);
  });

  it('the same once it is closed, but nothing is set up any more', () => {
    const closed = accepted(stateOf({ status: 'closed' }));

    assert.ok(closed.includes('reopen') && closed.includes('task-done') && closed.includes('times'));
    assert.ok(!closed.includes('close') && !closed.includes('retry-resource'));
  });

  it('only what completes its record or takes it back once it was merged', () => {
    const { links } = stateOf();
    const merged = stateOf({ status: 'closed', links: { ...links, mergedInto: 9 } });

    assert.deepEqual(accepted(merged), [
      'note',
      'amend-note',
      'strike-note',
      'task-done',
      'unmerge',
      'times',
    ]);
    assert.match(refusalOf(merged, ACTS.update, 'kim')?.message ?? '', /was merged into #9\. Go on there/);
  });

  const refused: [string, Partial<IncidentState>, IncidentAct, RegExp][] = [
    [
      'the same status without a word',
      {},
      { kind: 'status', to: 'triaging', note: '' },
      /#142 is triaging already/,
    ],
    [
      'an unknown severity',
      {},
      { kind: 'severity', to: 'sev9', reason: 'x' },
      /Choose one of sev1, sev2, sev3/,
    ],
    ['the same severity', {}, { kind: 'severity', to: 'sev1', reason: 'x' }, /is SEV1 already/],
    ['the same title', {}, { kind: 'rename', title: 'checkout is down' }, /is called/],
    [
      'an unknown role',
      {},
      { kind: 'role', role: 'boss', person: 'kim' },
      /Choose one of lead, comms, scribe/,
    ],
    [
      'a role of somebody else',
      {},
      { kind: 'role', role: 'comms', person: 'pat' },
      /^\u2068noor\u2069 is Communications|has been asked/,
    ],
    ['a role one has', {}, { kind: 'role', role: 'scribe', person: 'kim' }, /You are Scribe already/],
    ['an offer to somebody else', {}, { kind: 'accept-role', role: 'lead' }, /Nobody asks you to be Lead/],
    [
      'giving back what one does not have',
      {},
      { kind: 'release-role', role: 'comms' },
      /only they can give it back/,
    ],
    ['giving back what nobody has', {}, { kind: 'release-role', role: 'lead' }, /Nobody is Lead/],
    [
      'snoozing what is not due',
      { update: { stage: 'quiet', kept: 0, missed: 0 } },
      ACTS.snooze,
      /nothing to snooze/,
    ],
    ['answering no page', { escalations: [] }, ACTS.acknowledge, /Nobody is being paged/],
    [
      'paging a path that is being gone through',
      {},
      { kind: 'page', target: 'main', message: '' },
      /main is being paged already/,
    ],
    ['no time at all', {}, { kind: 'times' }, /Say at least one time/],
    ['a time to come', {}, { kind: 'times', impactAt: '2999-01-01T00:00:00.000Z' }, /still to come/],
    [
      'an end before the beginning',
      {},
      { kind: 'times', impactAt: '2026-11-24T09:00:00.000Z', mitigatedAt: '2026-11-24T08:00:00.000Z' },
      /before its impact began/,
    ],
    ['a task that is not there', {}, { kind: 'task-done', id: 't7' }, /has no task t7/],
    ['a task that is done', {}, { kind: 'task-done', id: 't2' }, /^\u2068lee\u2069 has done that already/],
    ['an issue of a task that is not there', {}, { kind: 'task-issue', id: 't7' }, /has no task t7/],
    ['an issue of what is done', {}, { kind: 'task-issue', id: 't2' }, /nothing to plan any more/],
    [
      'an issue without a tracker',
      { rules: sampleRules() },
      ACTS['task-issue'],
      /declared without a tracker/,
    ],
    [
      'an issue of a private one without a place for it',
      { rules: sampleRules(), private: true },
      ACTS['task-issue'],
      /names one as tracker\.private/,
    ],
    ['an issue of a drill', { rules: sampleRules(), drill: true }, ACTS['task-issue'], /This is a drill/],
    [
      'a review that is published',
      { ...RESOLVED, review: reviewIn('merged') },
      ACTS.review,
      /published already/,
    ],
    [
      'a review without a repository',
      { ...RESOLVED, rules: sampleRules() },
      ACTS.review,
      /goes to no repository/,
    ],
    ['a link to itself', {}, { kind: 'link', to: 142, as: 'related' }, /That is #142 itself/],
    ['a link twice', {}, { kind: 'link', to: 7, as: 'related' }, /linked already/],
    ['a second parent', {}, { kind: 'link', to: 9, as: 'parent' }, /is part of #5 already/],
    ['a merge into a duplicate of it', {}, { kind: 'merge', into: 6 }, /#6 was merged into this one/],
    ['to undo a merge that is none', {}, ACTS.unmerge, /#142 is not merged/],
    [
      'to undo a merge whose room is archived',
      {
        status: 'closed',
        links: { related: [], children: [], merged: [], mergedInto: 9 },
        times: { detectedAt: LONG_AGO, declaredAt: LONG_AGO, closedAt: LONG_AGO },
      },
      ACTS.unmerge,
      /rooms of #142 are archived/,
    ],
    ['a silence of nothing', { alerts: undefined }, ACTS.silence, /No alert of #142 is firing/],
    ['a silence of everything', { alerts: alertsOf([]) }, ACTS.silence, /no label in common/],
    [
      'an environment twice',
      {},
      { kind: 'environment', name: 'old', template: 'dev' },
      /belongs to it already/,
    ],
    ['a runbook that is under way', {}, { kind: 'runbook', name: 'other' }, /other is under way/],
    ['a step that never was', {}, stepAct('r7.1', 'approve'), /has no step r7\.1/],
    ['a step that is done', {}, stepAct('r1.2', 'retry'), /is done already/],
    ['to retry what was not tried', {}, stepAct('r1.1', 'retry'), /has not been tried yet/],
    ['to approve what failed', {}, stepAct('r1.3', 'approve'), /Retry it, or skip it/],
    [
      'a step for somebody else to approve',
      {},
      stepAct('r1.4', 'approve'),
      /for the Communications to say: \u2068noor/,
    ],
    ['a step that nobody can approve yet', {}, stepAct('r1.5', 'skip'), /\/incident claim lead first/],
    ['an environment without asking for it', {}, stepAct('r1.6', 'approve'), /Ask for the environment/],
    ['to retry what is done', {}, { kind: 'retry-resource', id: 'room:slack' }, /done already/],
    ['to retry what never was', {}, { kind: 'retry-resource', id: 'ticket' }, /nothing called ticket/],
    ['to close what is open', {}, ACTS.close, /resolve it first; if it was none, \/incident cancel/],
    ['to reopen what is open', {}, ACTS.reopen, /open already/],
    ['to cancel what is resolved', { status: 'resolved' }, ACTS.cancel, /Close it instead/],
  ];
  for (const [what, state, act, message] of refused) {
    it(`refuses ${what}`, () => {
      const person = act.kind === 'role' && act.role === 'comms' ? 'pat' : 'kim';
      assert.match(refusalOf(stateOf(state), act, person)?.message ?? 'accepted', message);
    });
  }

  it('never lets the lead give it back without somebody else', () => {
    const roles = [{ role: 'lead', person: 'kim' }];

    const refusal = refusalOf(stateOf({ roles }), { kind: 'release-role', role: 'lead' }, 'kim');

    assert.match(refusal?.message ?? '', /Somebody has to lead/);
  });
});

/** Triaging, Noor communicates and has asked Kim to take over, Kim writes; two tasks, one of them done. */
function stateOf(changes: Partial<IncidentState> = {}): IncidentState {
  const at = '2026-11-24T10:00:00.000Z';
  return {
    number: 142,
    requestId: 'request',
    title: 'checkout is down',
    summary: '',
    severity: 'sev1',
    private: false,
    drill: false,
    status: 'triaging',
    declaredBy: 'sam',
    rules: sampleRules({ tracker: 'acme/ops', reviews: 'acme/reviews' }),
    times: { detectedAt: at, declaredAt: at },
    rooms: [],
    resources: [
      { id: 'room:slack', title: 'Room', essential: true, state: 'done' },
      { id: 'pin:slack', title: 'Pin', essential: false, state: 'failed' },
    ],
    roles: [
      { role: 'lead' },
      { role: 'comms', person: 'noor', offer: { to: 'kim', by: 'noor', until: at } },
      { role: 'scribe', person: 'kim' },
    ],
    members: [],
    update: { dueAt: at, stage: 'quiet', kept: 0, missed: 0 },
    escalations: [
      {
        id: 'main-1',
        title: 'main',
        message: 'checkout is down',
        startedBy: 'sam',
        startedAt: at,
        levels: [],
        loops: 2,
        fallback: [],
        pages: [],
        exhausted: false,
      },
    ],
    alerts: alertsOf([{ name: 'service', value: 'checkout' }]),
    tasks: [
      { id: 't1', text: 'call', followUp: false, createdBy: 'kim', createdAt: at },
      { id: 't2', text: 'wait', followUp: false, createdBy: 'kim', createdAt: at, doneBy: 'lee', doneAt: at },
    ],
    links: { related: [7], parent: 5, children: [], merged: [6] },
    silences: [],
    environments: ['old'],
    runbooks: [
      {
        id: 'r1',
        name: 'other',
        version: 1,
        title: 'Other',
        startedBy: 'purser',
        startedAt: at,
        steps: [
          { ...SAY, id: 'r1.1', approve: 'scribe', state: 'waiting' },
          { ...SAY, id: 'r1.2', state: 'done' },
          { ...SAY, id: 'r1.3', state: 'failed' },
          { ...SAY, id: 'r1.4', approve: 'comms', state: 'waiting' },
          { ...SAY, id: 'r1.5', approve: 'lead', state: 'waiting' },
          { ...SAY, id: 'r1.6', action: { do: 'environment', template: 'dev' }, state: 'waiting' },
        ],
      },
    ],
    webhooks: [],
    entries: 0,
    revision: 1,
    ...changes,
  };
}

function stepAct(id: string, what: 'approve' | 'skip' | 'retry'): IncidentAct {
  return { kind: 'runbook-step', id, do: what };
}

function reviewIn(state: 'open' | 'merged'): NonNullable<IncidentState['review']> {
  return { repository: 'acme/reviews', number: 9, url: 'https://github.test/acme/reviews/pull/9', state };
}

function alertsOf(matchers: { name: string; value: string }[]): NonNullable<IncidentState['alerts']> {
  return { firing: 1, total: 1, repeats: 0, names: ['CheckoutDown'], matchers };
}
