import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import { named } from '../../src/domain/ids.ts';
import type { IncidentView } from '../../src/domain/incident-view-types.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { action, actorOf, createTestContext, form, incidentCommand } from '../support/commands-context.ts';
import { slackRoom } from '../support/incident-records.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const ROOM: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0INC142' };

function inRoom() {
  const test = createTestContext();
  test.incidents.add({ number: 142, rooms: [slackRoom('C0INC142')] });
  return test;
}

function asKind<Kind extends string>(reply: ChatReply, kind: Kind) {
  assert.equal(reply?.kind, kind, reply?.kind === 'notice' ? said(reply) : undefined);
  return reply as Extract<ChatReply, { kind: Kind }>;
}

test('in its room a command is about it, elsewhere about the number before it', async () => {
  const { dispatch, incidents } = inRoom();

  await dispatch(incidentCommand(actorOf('kim'), 'update rolled back next=30m', ROOM));
  await dispatch(incidentCommand(actorOf('kim'), '142 update rolled back'));

  assert.deepEqual(
    incidents.acts.map(({ number, input }) => ({ number, person: input.person, act: input.act })),
    [
      {
        number: 142,
        person: 'kim',
        act: { kind: 'update', what: 'rolled back', impact: undefined, nextMs: 1_800_000 },
      },
      {
        number: 142,
        person: 'kim',
        act: { kind: 'update', what: 'rolled back', impact: undefined, nextMs: undefined },
      },
    ],
  );
});

test('outside of a room the open ones are offered, and the button does what was typed', async () => {
  const { dispatch, incidents } = inRoom();
  incidents.add({ number: 143, title: 'Search is slow' });

  const offered = asNotice(await dispatch(incidentCommand(actorOf('kim'), 'ack')));
  const [button] = offered.actions ?? [];
  const reply = await dispatch(action(actorOf('kim'), button?.actionId ?? '', button?.payload));

  assert.match(offered.text, /Which one do you mean/);
  assert.deepEqual(
    offered.actions?.map(({ label }) => label),
    ['#143 Search is slow', '#142 Checkout is down'],
  );
  assert.match(said(reply), /You are on #143/);
  assert.deepEqual(incidents.acts[0]?.input.act, { kind: 'acknowledge' });
});

test('with none open there is no silence either', async () => {
  const { dispatch } = createTestContext();

  assert.match(said(await dispatch(incidentCommand(actorOf('kim'), 'ack'))), /No incident is open/);
});

test('the bare command shows the room’s incident, and the help elsewhere', async () => {
  const { dispatch } = inRoom();

  const card = asKind(await dispatch(incidentCommand(actorOf('kim'), '', ROOM)), 'incident') as IncidentView;
  const help = asKind(await dispatch(incidentCommand(actorOf('kim'), '')), 'help');

  assert.equal(card.number, 142);
  assert.match(help.intro ?? '', /Three words suffice/);
  assert.ok(help.commands.length > 25);
});

for (const [typed, person] of [
  ['@lee', 'lee'],
  ['<@U0LEE>', 'lee'],
  ['<@U0LEE|lee>', 'lee'],
  ['lee@example.test', 'lee'],
  ['Lee', 'lee'],
  ['me', 'kim'],
] as const) {
  test(`“${typed}” is ${person}`, async () => {
    const { dispatch, incidents } = inRoom();

    await dispatch(incidentCommand(actorOf('kim'), `role lead ${typed}`, ROOM));

    assert.deepEqual(incidents.acts[0]?.input.act, { kind: 'role', role: 'lead', person });
  });
}

test('somebody who is nobody, or could be several, is asked about', async () => {
  const { dispatch, incidents } = inRoom();

  const nobody = await dispatch(incidentCommand(actorOf('kim'), 'role lead @bob', ROOM));
  const unlinked = await dispatch(incidentCommand(actorOf('kim'), 'role lead <@U0NOBODY>', ROOM));

  assert.match(said(nobody), /Nobody in the directory is “@bob”/);
  assert.match(said(unlinked), /Nobody in the directory/);
  assert.deepEqual(incidents.acts, []);
});

test('a delivery that comes twice is one act, under one key', async () => {
  const { dispatch, incidents } = inRoom();
  const request = incidentCommand(actorOf('kim'), 'ack', ROOM);

  await dispatch(request);
  await dispatch(request);

  assert.deepEqual(
    incidents.acts.map(({ input }) => input.key),
    [request.dedupeKey],
  );
});

test('a form knows its incident and becomes an act; what is wrong is said at its fields', async () => {
  const { dispatch, incidents } = inRoom();

  const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), 'snooze', ROOM)));
  const errors = asErrors(
    await dispatch(
      form(actorOf('kim'), 'incident.snooze', { for: 'a while', reason: 'x' }, { context: opened.context }),
    ),
  );
  const empty = asErrors(
    await dispatch(
      form(actorOf('kim'), 'incident.snooze', { for: '30m', reason: '' }, { context: opened.context }),
    ),
  );
  const reply = await dispatch(
    form(actorOf('kim'), 'incident.snooze', { for: '30m', reason: 'waiting' }, { context: opened.context }),
  );

  assert.deepEqual(opened.context, { number: '142' });
  assert.match(errors.for ?? '', /is no length of time/);
  assert.deepEqual(empty, { reason: 'Please fill this in.' });
  assert.match(said(reply), /put off/);
  assert.deepEqual(incidents.acts.at(-1)?.input.act, { kind: 'snooze', ms: 1_800_000, reason: 'waiting' });
});

for (const id of [
  'incident.update',
  'incident.status',
  'incident.severity',
  'incident.role',
  'incident.page',
  'incident.snooze',
  'incident.task',
  'incident.times',
  'incident.silence',
  'incident.resolve',
  'incident.reopen',
  'incident.cancel',
] as const) {
  test(`what ${id} proposes, with every text filled in, is taken`, async () => {
    const { dispatch, incidents } = inRoom();

    const opened = asForm(
      await dispatch(action(actorOf('kim'), 'incident.form', { number: '142', form: id })),
    );
    const filled = opened.fields.flatMap(({ name, schema, choices, required }) => {
      const proposed =
        opened.values[name] ??
        choices?.[0]?.value ??
        (required && schema.type === 'string' ? 'some text' : undefined);
      return proposed === undefined ? [] : [[name, `${proposed}`] as const];
    });
    const reply = await dispatch(
      form(actorOf('kim'), id, Object.fromEntries(filled), { context: opened.context }),
    );

    assert.match(reply?.kind === 'notice' ? reply.tone : JSON.stringify(reply), /success/);
    assert.equal(incidents.acts.length, 1);
  });
}

test('a refusal of the workflow is what the person reads', async () => {
  const { context } = createTestContext();
  const refused = { ok: false, type: 'WrongState', message: '#142 is resolved already.' } as const;
  const { dispatch, incidents } = createTestContext({
    incidents: {
      launchers: {
        ...context.incidents.launchers,
        get: async () => incidents.states.get(142),
        act: async () => refused,
      },
    },
  });
  incidents.add({ number: 142, rooms: [slackRoom('C0INC142')] });

  const reply = await dispatch(incidentCommand(actorOf('kim'), 'ack', ROOM));

  assert.equal(asNotice(reply).text, '#142 is resolved already.');
});

test('what a chat puts into a text for people and places is read as people would', async () => {
  const { dispatch, incidents } = inRoom();

  await dispatch(
    incidentCommand(
      actorOf('kim'),
      'update <@U0LEE|lee> looks, see <#C0DEV|dev> and <https://x.test|x>',
      ROOM,
    ),
  );

  assert.partialDeepStrictEqual(incidents.acts[0]?.input.act, {
    what: '@Lee Sample looks, see #dev and https://x.test',
  });
});

test('what is part of it and open is said before it is resolved, however that is asked', async () => {
  const { dispatch, incidents } = inRoom();
  const child = { severity: 'sev2', revision: 3 };
  incidents.add({
    number: 142,
    rooms: [slackRoom('C0INC142')],
    children: [
      { ...child, number: 143, title: 'Search is slow', status: 'triaging' },
      { ...child, number: 144, title: 'Mails are late', status: 'resolved' },
    ],
  });

  const typed = incidentCommand(actorOf('kim'), 'resolve cause=disk fix=space', ROOM);
  const { intro = '', values, context } = asForm(await dispatch(typed));
  await dispatch(form(actorOf('kim'), 'incident.resolve', { cause: 'disk', fix: 'space' }, { context }));

  assert.match(intro, /#143 “Search is slow” is part of it and still open, and will stay so\./);
  assert.deepEqual(values, { cause: 'disk', fix: 'space' });
  assert.deepEqual(
    incidents.acts.map(({ input }) => input.act),
    [{ kind: 'resolve', cause: 'disk', fix: 'space' }],
  );
});

test('a refusal names whoever it is about', async () => {
  const { dispatch, incidents } = inRoom();
  incidents.context.launchers.act = async () => ({
    ok: false,
    type: 'WrongState',
    message: `${named('lee')} has answered already.`,
  });

  const reply = asNotice(await dispatch(incidentCommand(actorOf('kim'), 'ack', ROOM)));

  assert.equal(reply.text, 'Lee Sample has answered already.');
});
