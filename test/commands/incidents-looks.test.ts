import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { IncidentListView, IncidentView, ItemListView } from '../../src/domain/incident-view-types.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { actorOf, createTestContext, form, incidentCommand, pinned } from '../support/commands-context.ts';
import { sampleEntry, slackRoom } from '../support/incident-records.ts';
import { asForm, said } from '../support/replies.ts';

const ROOM: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0INC142' };
const CANARY = 'Payroll of the board leaked';

function inRoom() {
  const test = createTestContext();
  test.incidents.add({ number: 142, rooms: [slackRoom('C0INC142')] });
  return test;
}

function asKind<Kind extends string>(reply: ChatReply, kind: Kind) {
  assert.equal(reply?.kind, kind, reply?.kind === 'notice' ? said(reply) : undefined);
  return reply as Extract<ChatReply, { kind: Kind }>;
}

test('a pinned message of a room goes to its timeline, and is followed there', async () => {
  const { dispatch, incidents } = inRoom();
  const key = 'message:slack:C0INC142:1775034000.000100';

  const reply = await dispatch(pinned(actorOf('kim'), ROOM));
  incidents.entries.set(142, [sampleEntry({ key })]);
  const edited = await dispatch(pinned(actorOf('lee'), ROOM, { event: 'edited', text: 'It is full again.' }));
  const deleted = await dispatch(pinned(actorOf('lee'), ROOM, { event: 'deleted', text: '' }));

  assert.match(said(reply), /Added to the timeline of #142/);
  assert.deepEqual([edited, deleted], [undefined, undefined]);
  assert.partialDeepStrictEqual(
    incidents.acts.map(({ input }) => input.act),
    [
      { kind: 'note', key, text: 'The database is full.', author: 'Lee', at: '2026-04-01T09:00:00.000Z' },
      { kind: 'amend-note', key, text: 'It is full again.' },
      { kind: 'strike-note', key },
    ],
  );
});

test('edits of what was never pinned, and messages of other channels, change nothing', async () => {
  const { dispatch, incidents } = inRoom();
  const elsewhere: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0OTHER' };

  const edited = await dispatch(pinned(actorOf('kim'), ROOM, { event: 'edited' }));
  const other = await dispatch(pinned(actorOf('kim'), elsewhere));
  const guest = await dispatch(pinned(actorOf('kim', { standing: 'guest' }), elsewhere));

  assert.deepEqual([edited, other, guest], [undefined, undefined, undefined]);
  assert.deepEqual(incidents.acts, []);
});

test('the list is of what is open, or mine, or of a severity', async () => {
  const { dispatch, incidents } = inRoom();
  incidents.add({ number: 143, severity: 'sev2', members: ['noor'] });
  incidents.add({ number: 144, status: 'closed' });
  const numbers = async (text: string) =>
    (
      asKind(await dispatch(incidentCommand(actorOf('kim'), text)), 'incident-list') as IncidentListView
    ).items.map(({ number }) => number);

  assert.deepEqual(await numbers('list'), [143, 142]);
  assert.deepEqual(await numbers('list mine'), [142]);
  assert.deepEqual(await numbers('list all'), [144, 143, 142]);
  assert.deepEqual(await numbers('list sev2'), [143]);
});

test('a private incident leaks to nobody who is not in it', async () => {
  const { dispatch, incidents, audit } = createTestContext();
  incidents.add({
    number: 142,
    title: CANARY,
    summary: CANARY,
    private: true,
    declaredBy: 'ravi',
    members: ['ravi'],
    roles: [],
    tasks: [],
    escalations: [],
    rooms: [slackRoom('C0INC142')],
  });
  incidents.entries.set(142, [sampleEntry({ text: CANARY })]);
  const texts = [
    'list',
    'list all',
    'show 142',
    '142',
    'timeline 142',
    'tasks 142',
    'catchup 142',
    'export 142',
    'review 142',
    'escalations 142',
    '142 ack',
    '142 update x',
    'ack',
    'stats',
  ];

  const seen: string[] = [];
  for (const text of texts) seen.push(JSON.stringify(await dispatch(incidentCommand(actorOf('kim'), text))));
  seen.push(
    JSON.stringify(await dispatch({ ...incidentCommand(actorOf('kim'), ''), kind: 'home' } as never)),
  );
  seen.push(JSON.stringify(audit));

  for (const answer of seen) assert.doesNotMatch(answer ?? '', new RegExp(CANARY));
  assert.deepEqual(incidents.acts, []);
  assert.ok(audit.some(({ action, outcome }) => action === 'access.refused' && outcome === 'refused'));
  const insider = asKind(
    await dispatch(incidentCommand(actorOf('ravi'), 'show 142')),
    'incident',
  ) as IncidentView;
  assert.equal(insider.title, CANARY);
});

test('who is on call now and next is said, with the hours nobody is', async () => {
  const { dispatch } = createTestContext();

  const { items } = asKind(
    await dispatch(incidentCommand(actorOf('kim'), 'oncall')),
    'item-list',
  ) as ItemListView;
  const unknown = await dispatch(incidentCommand(actorOf('kim'), 'oncall shpo'));

  assert.match(items[0]?.text ?? '', /^Shop on call, now$/);
  assert.equal(items[0]?.people?.length, 1);
  assert.match(said(unknown), /Did you mean \/incident oncall shop\?/);
});

test('everything recorded can be taken away as a file', async () => {
  const { dispatch, incidents } = inRoom();
  incidents.entries.set(142, [sampleEntry({ text: 'Rolled back.' })]);

  const markdown = asKind(await dispatch(incidentCommand(actorOf('kim'), 'export', ROOM)), 'document');
  const json = asKind(await dispatch(incidentCommand(actorOf('kim'), 'export 142 json')), 'document');

  assert.equal(markdown.name, 'incident-142.md');
  assert.match(markdown.content, /Rolled back\./);
  assert.equal((JSON.parse(json.content) as { number: number }).number, 142);
});

test('an environment for it is asked for as ever, and the incident is told', async () => {
  const { dispatch, incidents, done } = inRoom();

  const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), 'environment dev', ROOM)));
  const values = { template: 'dev', name: 'look-142', team: 'shop', size: 's', postgres: true };
  const reply = await dispatch(
    form(actorOf('kim'), 'environment.create', values, { context: opened.context }),
  );

  assert.equal(opened.formId, 'environment.create');
  assert.match(said(reply), /Requested “look-142”/);
  assert.equal(done[0]?.call, 'start');
  assert.deepEqual(incidents.acts[0]?.input.act, { kind: 'environment', name: 'look-142', template: 'dev' });
});

test('home shows the open ones, one’s own first', async () => {
  const { dispatch, incidents } = inRoom();
  incidents.add({ number: 143, members: ['noor'] });

  const home = asKind(
    await dispatch({ ...incidentCommand(actorOf('kim'), ''), kind: 'home' } as never),
    'home',
  );

  assert.deepEqual(
    home.incidents.map(({ number }) => number),
    [142, 143],
  );
  assert.ok(home.actions.some(({ actionId }) => actionId === 'incident.declare'));
});
