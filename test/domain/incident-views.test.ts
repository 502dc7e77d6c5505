import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INCIDENT_STATUSES, type IncidentStatus, incidentActSchema } from '../../src/domain/incident-acts.ts';
import { INCIDENT_ACTIONS, INCIDENT_FORMS } from '../../src/domain/incident-forms.ts';
import { insidersOf, participantsOf } from '../../src/domain/incident-people.ts';
import { type ReminderAbout, reminderView } from '../../src/domain/incident-reminders.ts';
import { eventView, pageView, roomTopic } from '../../src/domain/incident-room-views.ts';
import { announcementView, incidentView, listItem } from '../../src/domain/incident-views.ts';
import type { Escalation, IncidentState } from '../../src/domain/incidents.ts';
import type { ActionButton } from '../../src/domain/views.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { sampleIncident, sampleRow } from '../support/incident-records.ts';

const CANARY = 'the canary title';
const directory = sampleDirectory();
const open = (changes: Partial<IncidentState> = {}) =>
  sampleIncident({ status: 'triaging', resolution: undefined, ...changes });

function chain(changes: Partial<Escalation> = {}): Escalation {
  return {
    id: 'e1',
    title: 'Shop on call',
    message: '',
    startedBy: 'purser',
    startedAt: '2026-04-01T09:02:00.000Z',
    levels: [{ notify: [{ person: 'lee' }], waitMs: 300_000 }],
    loops: 1,
    fallback: [{ person: 'ravi' }],
    pages: [
      { key: 'e1:1:lee', person: 'lee', level: 0, round: 1, at: '2026-04-01T09:02:00.000Z', reached: true },
      { key: 'e1:2:lee', person: 'lee', level: 0, round: 2, at: '2026-04-01T09:07:00.000Z', reached: true },
    ],
    next: { at: '2026-04-01T09:12:00.000Z', people: ['ravi'], level: 1 },
    exhausted: false,
    ...changes,
  };
}

const OFFERS: Record<IncidentStatus, string[]> = {
  declared: ['Update…', 'Status…', 'Severity…', 'Roles…', 'Page…', 'Resolve…'],
  triaging: ['Update…', 'Status…', 'Severity…', 'Roles…', 'Page…', 'Resolve…'],
  mitigating: ['Update…', 'Status…', 'Severity…', 'Roles…', 'Page…', 'Resolve…'],
  monitoring: ['Update…', 'Status…', 'Severity…', 'Roles…', 'Page…', 'Resolve…'],
  resolved: ['Review', 'Add a follow-up…', 'Times…', 'Timeline', 'Reopen…', 'Close'],
  closed: ['Review', 'Timeline', 'Export', 'Reopen…'],
};
for (const status of INCIDENT_STATUSES) {
  test(`a header that is ${status} offers ${OFFERS[status].join(', ')} first`, () => {
    const { actions } = incidentView(sampleIncident({ status }), directory);

    assert.deepEqual(labels(actions).slice(0, OFFERS[status].length), OFFERS[status]);
  });
}

test('every button names the incident, and does something that exists', () => {
  const offered = open({
    escalations: [chain()],
    roles: [
      { role: 'lead', person: 'lee', offer: { to: 'kim', by: 'lee', until: '2026-04-01T09:30:00.000Z' } },
    ],
    resources: [{ id: 'room:teams', title: 'Teams room', essential: true, state: 'failed', note: 'No.' }],
    alerts: { firing: 1, total: 1, repeats: 0, names: [], matchers: [{ name: 'alertname', value: 'A' }] },
  });
  const view = incidentView(offered, directory);
  const buttons = [
    ...view.actions,
    ...view.roles.flatMap(({ claim }) => claim ?? []),
    ...view.setup.flatMap(({ retry }) => retry ?? []),
    ...INCIDENT_STATUSES.flatMap((status) => incidentView(sampleIncident({ status }), directory).actions),
    ...announcementView(offered, directory).actions,
    ...REMINDERS.flatMap((about) => reminderView(offered, directory, { person: 'kim', about }).actions ?? []),
  ];

  for (const { actionId, payload } of buttons) {
    assert.equal(payload.number, '142');
    assert.ok((INCIDENT_ACTIONS as readonly string[]).includes(actionId));
    if (actionId === 'incident.act') incidentActSchema.parse(JSON.parse(payload.act ?? ''));
    if (actionId === 'incident.form')
      assert.ok((INCIDENT_FORMS as readonly string[]).includes(payload.form ?? ''));
  }
  for (const wanted of [
    'Acknowledge',
    'Accept: Lead',
    'Decline: Lead',
    'Silence…',
    'Claim: Communications',
    'Retry',
  ])
    assert.ok(labels(buttons).includes(wanted), wanted);
});

test('Acknowledge is there until somebody has answered', () => {
  const acknowledged = chain({
    acknowledged: { by: 'alerts', at: '2026-04-01T09:08:00.000Z' },
    next: undefined,
  });

  const before = incidentView(open({ escalations: [chain()] }), directory);
  const after = incidentView(open({ escalations: [acknowledged] }), directory);

  assert.equal(labels(before.actions)[0], 'Acknowledge');
  assert.ok(!labels(after.actions).includes('Acknowledge'));
  assert.equal(after.paging[0]?.acknowledgedBy?.name, 'monitoring');
});

test('the header says who was tried, each once, who is next, and who is asked for the next update', () => {
  const state = open({ escalations: [chain()] });
  // biome-ignore lint/suspicious/noThenProperty: a person, whom nobody awaits.
  state.update = { ...state.update, dueAt: '2026-04-01T14:30:00.000Z', by: 'kim', then: 'lee' };

  const view = incidentView(state, directory);

  assert.deepEqual(names(view.paging[0]?.tried), ['Lee Sample']);
  assert.deepEqual(names(view.paging[0]?.next?.people), ['Ravi Sample']);
  assert.equal(view.update.dueAt, '2026-04-01T14:30:00.000Z');
  assert.equal(view.update.by?.name, 'Kim Sample');
  assert.equal(view.update.then?.name, 'Lee Sample');
});

test('what is set up is no longer listed; what failed says what to do, and can be tried again', () => {
  const resources: IncidentState['resources'] = [
    { id: 'page', title: 'Page', essential: true, state: 'done' },
    { id: 'announce', title: 'Announcement', essential: true, state: 'running' },
    { id: 'room:teams', title: 'Teams room', essential: true, state: 'failed', note: 'Make one by hand.' },
  ];

  const { setup } = incidentView(open({ resources }), directory);

  assert.deepEqual(
    setup.map(({ id, note, retry }) => [id, note, retry?.label]),
    [
      ['announce', undefined, undefined],
      ['room:teams', 'Make one by hand.', 'Retry'],
    ],
  );
});

test('links come from the service and its alerts', () => {
  const state = open();
  const link = (title: string) => ({ title, url: `https://${title}.example.test` });
  state.rules.service = {
    id: 'checkout',
    title: 'Checkout',
    runbooks: [link('runbook')],
    dashboards: [link('graphs')],
  };
  state.alerts = {
    firing: 1,
    total: 1,
    repeats: 0,
    names: [],
    matchers: [],
    url: 'https://alerts.example.test',
  };

  const { links, service } = incidentView(state, directory);

  assert.deepEqual(
    links.map(({ label }) => label),
    ['runbook', 'graphs', 'Alerts'],
  );
  assert.equal(service, 'Checkout');
});

test('a page shows how things stand now and, in the end, who answered', () => {
  const [, record] = chain().pages;
  assert.ok(record);
  const answered = chain({ acknowledged: { by: 'kim', at: '2026-04-01T09:08:00.000Z' } });

  const before = pageView(open({ status: 'mitigating' }), directory, { chain: chain(), record });
  const after = pageView(open(), directory, { chain: answered, record });
  const late = pageView(sampleIncident({ status: 'closed' }), directory, { chain: chain(), record });

  assert.equal(before.status, 'mitigating');
  assert.equal(before.round, 2);
  assert.deepEqual(labels(before.actions), ['Acknowledge', 'Show']);
  assert.equal(after.acknowledged?.by.name, 'Kim Sample');
  assert.deepEqual(labels(after.actions), ['Show']);
  assert.deepEqual(labels(late.actions), ['Show']);
});

test('an announcement is joined while work goes on, and only shown afterwards', () => {
  assert.deepEqual(labels(announcementView(open(), directory).actions), ['Join', 'Show']);
  assert.deepEqual(labels(announcementView(sampleIncident(), directory).actions), ['Show']);
});

test('stakeholders read which incident it is about; in its room everybody knows', () => {
  const said = { glyph: '📣', headline: 'Update', by: 'kim', at: '2026-04-01T09:41:00.000Z', quotes: [] };

  const room = eventView(open(), directory, said, 'room');
  const outside = eventView(open(), directory, said, 'stakeholders');

  assert.deepEqual([room.title, room.actions], [undefined, []]);
  assert.equal(outside.title, 'Checkout is down');
  assert.deepEqual(labels(outside.actions), ['Show']);
});

test('a list ranks severities by their order, and names no private incident whose title it was not given', () => {
  const { severities } = sampleIncident().rules;

  const shown = listItem(sampleRow({ severity: 'sev2' }), directory, severities);
  const hidden = listItem(sampleRow({ private: true, title: '' }), directory, severities);
  const unknown = listItem(sampleRow({ severity: 'sev9' }), directory, severities);

  assert.deepEqual(
    [shown.severity.rank, shown.title, shown.lead?.name],
    [2, 'Checkout is down', 'Lee Sample'],
  );
  assert.equal(hidden.title, 'Private incident');
  assert.deepEqual(unknown.severity, { id: 'sev9', title: 'SEV9', rank: 3 });
});

test('the topic says how bad it is, how far, who leads and which it is, and fits', () => {
  const topic = roomTopic(open(), directory);
  const long = roomTopic(
    open({ title: `${'x'.repeat(196)}😀${'y'.repeat(60)}`, roles: [], drill: true }),
    directory,
  );

  assert.equal(topic, 'SEV1 · triaging · lead Lee Sample · #142 Checkout is down');
  assert.ok(long.startsWith('DRILL · SEV1 · triaging · no lead yet · #142 xxx'));
  assert.ok(long.length <= 250 && long.isWellFormed() && long.endsWith('…'));
});

const REMINDERS: ReminderAbout[] = [
  { kind: 'update-due' },
  { kind: 'claim-lead' },
  { kind: 'role-offer', role: 'lead', by: 'lee', until: '2026-04-01T09:30:00.000Z' },
  { kind: 'instructions', role: 'lead' },
  { kind: 'holder-doubt', role: 'lead', holder: 'lee', why: 'off-shift' },
  { kind: 'task-due', task: 'task-1' },
  { kind: 'review-due' },
  { kind: 'alert-again' },
];
const ASKS: Record<ReminderAbout['kind'], { text: RegExp; actions: string[] }> = {
  'update-due': { text: /An update is due.*by Lee Sample/s, actions: ['Send an update…', 'Snooze…', 'Show'] },
  'claim-lead': { text: /Nobody leads yet/, actions: ['I lead', 'Show'] },
  'role-offer': { text: /Lee Sample asks you.*09:30 UTC/s, actions: ['Accept', 'Decline', 'Show'] },
  instructions: { text: /You are Lead now.*Decide\./s, actions: ['Hand over…', 'Show'] },
  'holder-doubt': { text: /The shift of Lee Sample is over/, actions: ['Find somebody…', 'Show'] },
  'task-due': { text: /Alert on the error rate.*2026-04-10/s, actions: ['Done', 'All tasks'] },
  'review-due': { text: /The review is due/, actions: ['Review', 'Close', 'Show'] },
  'alert-again': { text: /It fires again.*10:30 UTC/s, actions: ['Reopen…', 'Show'] },
};
for (const about of REMINDERS) {
  test(`a reminder of ${about.kind} names the incident and what can be done`, () => {
    const { text, details, actions } = reminderView(open(), directory, { person: 'kim', about });

    assert.match(text, /#142 “Checkout is down” \(SEV1\)/);
    assert.match([text, ...(details ?? [])].join('\n'), ASKS[about.kind].text);
    assert.deepEqual(labels(actions ?? []), ASKS[about.kind].actions);
  });

  test(`a reminder of ${about.kind} keeps a private title from who is not in it`, () => {
    const state = open({ private: true, title: CANARY });

    const outside = JSON.stringify(reminderView(state, directory, { person: 'ravi', about }));
    const inside = JSON.stringify(reminderView(state, directory, { person: 'kim', about }));

    assert.ok(!outside.includes(CANARY) && !outside.includes('error rate'));
    assert.ok(outside.includes('#142') && inside.includes(CANARY));
  });
}

test('whoever claims the lead by a reminder claims it for themselves, by a card for whoever presses', () => {
  const [lead] =
    reminderView(open(), directory, { person: 'kim', about: { kind: 'claim-lead' } }).actions ?? [];
  const claim = incidentView(open({ roles: [] }), directory).roles[0]?.claim;

  assert.deepEqual(actOf(lead), { kind: 'role', role: 'lead', person: 'kim' });
  assert.deepEqual(actOf(claim), { kind: 'role', role: 'lead', person: 'me' });
});

test('those who work on it and those who were asked are inside; monitoring is nobody', () => {
  const state = open({
    declaredBy: 'alerts',
    members: ['kim'],
    escalations: [chain({ acknowledged: { by: 'alerts', at: '2026-04-01T09:08:00.000Z' } })],
    roles: [
      { role: 'lead', person: 'ravi', offer: { to: 'sam', by: 'ravi', until: '2026-04-01T09:30:00.000Z' } },
    ],
  });

  assert.deepEqual(participantsOf(state), ['kim', 'ravi', 'lee']);
  assert.deepEqual(insidersOf(state), ['kim', 'ravi', 'lee', 'sam', 'noor']);
});

function labels(actions: ActionButton[]): string[] {
  return actions.map(({ label }) => label);
}

function names(people: { name: string }[] | undefined): string[] | undefined {
  return people?.map(({ name }) => name);
}

function actOf(button: ActionButton | undefined): unknown {
  return JSON.parse(button?.payload.act ?? 'null');
}
