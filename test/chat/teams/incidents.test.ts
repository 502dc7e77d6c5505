import assert from 'node:assert/strict';
import test from 'node:test';
import type { FormView } from '../../../src/domain/forms.ts';
import { actButton } from '../../../src/domain/incident-buttons.ts';
import type { ChatRequest } from '../../../src/domain/requests.ts';
import type { ActionButton, NoticeView } from '../../../src/domain/views.ts';
import { readable } from '../../support/fake-teams.ts';
import { sampleViews } from '../sample-views.ts';
import { KIM, NOOR, postInShop, SHOP, startHarness } from './harness.ts';

const NOTICE: NoticeView = { kind: 'notice', tone: 'success', text: 'Done, for you alone.' };
const FORM: FormView = {
  kind: 'form',
  formId: 'incident.declare',
  title: 'Declare an incident',
  submitLabel: 'Declare',
  fields: [{ name: 'title', label: 'Title', schema: { type: 'string', maxLength: 120 }, required: true }],
  values: {},
  notes: [],
  context: {},
};
const GUEST = '00000000-0000-0000-0000-00000000a009';
const SAID_AT = '2026-11-23T10:03:00.000Z';
const MESSAGE = {
  id: `${Date.parse(SAID_AT)}`,
  author: NOOR,
  html: '<p>The gateway answers <b>502</b> &amp; worse.</p>',
};
const THREAD = `${SHOP};messageid=1700000000001`;

function messageIn(request: ChatRequest | undefined): ChatRequest & { kind: 'message' } {
  assert.equal(request?.kind, 'message');
  return request as ChatRequest & { kind: 'message' };
}

for (const word of ['inc', 'incident']) {
  test(`“${word} …” is a command about incidents, in a channel, a thread and alone`, async (t) => {
    const { teams, requests, answer } = await startHarness(t);
    answer(NOTICE);

    for (const place of [SHOP, THREAD, 'me']) await teams.command(KIM, place, 'sev1 checkout is down', word);
    await teams.command(KIM, SHOP, 'list');

    assert.deepEqual(
      requests.map((request) => request.kind === 'command' && [request.command, request.text]),
      [...Array(3).fill(['incident', 'sev1 checkout is down']), ['env', 'list']],
    );
    assert.partialDeepStrictEqual(requests[1], { source: { conversationId: THREAD } });
  });
}

test('a form that a command is answered with opens by its button, for the same command', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });
  await teams.command(KIM, THREAD, 'declare', 'inc');
  const launcher = await teams.until(() => teams.messagesIn(SHOP)[0]);

  await teams.click(KIM, launcher, 'Fill in the form…');
  answer(NOTICE);
  await teams.submit(KIM, { title: 'Checkout is down' });

  assert.partialDeepStrictEqual(requests[1], { kind: 'command', command: 'incident', text: 'declare' });
  assert.partialDeepStrictEqual(requests[2], {
    kind: 'form',
    formId: 'incident.declare',
    values: { title: 'Checkout is down' },
  });
  assert.deepEqual(teams.problems, []);
});

test('a launcher from before there were incidents still opens its form', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });
  await teams.command(KIM, SHOP, 'create');
  const launcher = await teams.until(() => teams.messagesIn(SHOP)[0]);
  delete launcher.card.actions[0].data.purser.command;

  await teams.click(KIM, launcher, 'Fill in the form…');

  assert.partialDeepStrictEqual(requests[1], { kind: 'command', command: 'env', text: 'create' });
});

test('the action of the compose box opens the form', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });

  await teams.extension(KIM, SHOP, 'incident.declare');

  assert.partialDeepStrictEqual(requests[0], { kind: 'action', actionId: 'incident.declare', payload: {} });
  assert.equal(teams.dialogOf(KIM)?.title, 'Declare an incident');
});

test('an incident that is declared from a message starts with what it says, by whom, when and where', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });

  await teams.messageAction(KIM, SHOP, 'incident.declare-from-message', MESSAGE);
  await teams.messageAction(KIM, SHOP, 'incident.declare-from-message', {
    ...MESSAGE,
    html: '👩‍💻'.repeat(2_000),
  });

  const [first, long] = requests;
  assert.partialDeepStrictEqual(first, {
    kind: 'action',
    actionId: 'incident.declare',
    payload: { text: 'The gateway answers 502 & worse.', author: 'Noor Sample', at: SAID_AT },
  });
  assert.ok(first?.kind === 'action' && URL.canParse(first.payload.link ?? ''));
  assert.ok(long?.kind === 'action' && [...(long.payload.text ?? '')].length === 900);
  assert.equal(teams.dialogOf(KIM)?.title, 'Declare an incident');
});

test('“Add to the timeline” keeps the message, and its edits and its end have the same key', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer(NOTICE);

  await teams.messageAction(KIM, SHOP, 'incident.pin', MESSAGE);
  const shown = readable(teams.dialogOf(KIM)?.card);
  await teams.edit(NOOR, `${SHOP};messageid=${MESSAGE.id}`, MESSAGE.id, '<at>Purser</at> It answers 503.');
  await teams.remove(NOOR, SHOP, MESSAGE.id);

  const [pinned, edited, deleted] = requests.map(messageIn);
  assert.match(shown, /Done, for you alone/);
  assert.partialDeepStrictEqual(pinned, {
    event: 'pinned',
    text: 'The gateway answers 502 & worse.',
    author: 'Noor Sample',
    at: SAID_AT,
    source: { conversationId: `${SHOP};messageid=${MESSAGE.id}` },
  });
  assert.partialDeepStrictEqual(edited, { event: 'edited', text: 'It answers 503.', at: SAID_AT });
  assert.equal(deleted?.event, 'deleted');
  assert.deepEqual([edited?.message, deleted?.message], [pinned?.message, pinned?.message]);
});

test('a reply is kept in the room that its thread is', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer(NOTICE);

  await teams.messageAction(KIM, SHOP, 'incident.pin', { ...MESSAGE, replyTo: '1700000000001' });
  await teams.messageAction(KIM, THREAD, 'incident.pin', { ...MESSAGE, replyTo: '1700000000001' });

  const [bare, inThread] = requests.map(messageIn);
  assert.partialDeepStrictEqual(bare?.source, { conversationId: THREAD });
  assert.deepEqual(bare?.source, inThread?.source);
  assert.deepEqual(bare?.message, inThread?.message);
});

test('a message that Teams does not hand over is said to be missing, and nothing is done', async (t) => {
  const { teams, requests } = await startHarness(t);

  await teams.extension(KIM, SHOP, 'incident.pin');

  assert.deepEqual(requests, []);
  assert.match(teams.spokenTo(KIM).join(), /has not said which message/);
});

test('the same edit that comes twice is one request, and the next edit is another', async (t) => {
  const { teams, requests } = await startHarness(t);
  const first = await teams.edit(KIM, SHOP, MESSAGE.id, 'once');

  await teams.redeliver(first);
  const later = { ...first.activity, text: 'twice', timestamp: '2026-11-23T10:04:00.000Z' };
  await teams.sendRaw(later, `Bearer ${await teams.tokens.token()}`);

  const [one, again, other] = requests.map(({ dedupeKey }) => dedupeKey);
  assert.equal(one, again);
  assert.notEqual(one, other);
});

test('of guests no edits are followed, and they are not told so', async (t) => {
  const { teams, adapter, requests } = await startHarness(t);
  teams.addUser({ aadObjectId: GUEST, name: 'A guest', role: 'guest' });
  teams.world.channels.get(SHOP)?.members.push(GUEST);

  await teams.edit(GUEST, SHOP, MESSAGE.id, 'It answers 503.');
  await teams.remove(GUEST, SHOP, MESSAGE.id);
  await adapter.stop();

  assert.deepEqual(requests, []);
  assert.deepEqual(teams.world.messages, []);
});

test('whoever pins by a reaction is told how it is done in Teams, and a 📌 taken back unpins', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests } = harness;
  const message = await postInShop(harness, NOTICE);

  await teams.react(KIM, message, 'heart');
  await teams.react(KIM, message, '1f4cc_pushpin');
  await teams.unreact(KIM, message, '1f4cc_pushpin');
  await teams.unreact(KIM, message, 'like');

  const told = await teams.until(() => teams.directMessages(KIM)[0]);
  assert.match(readable(told.card), /Add to the timeline/);
  assert.deepEqual(
    requests.map((request) => [messageIn(request).event, messageIn(request).message]),
    [
      [
        'unpinned',
        {
          platform: 'teams',
          tenantId: teams.world.tenantId,
          conversationId: SHOP,
          serviceUrl: teams.config.apiUrl,
          activityId: message.id,
        },
      ],
    ],
  );
  await harness.adapter.stop();
  assert.equal(teams.directMessages(KIM).length, 1);
});

test('a page is acknowledged beside the card, once, however often the client asks', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests, answer } = harness;
  const message = await postInShop(harness, sampleViews.page);
  answer(NOTICE);

  const pressed = await teams.click(KIM, message, 'Acknowledge');
  await teams.redeliver(pressed, 'fresh');

  assert.equal(requests.length, 1);
  assert.partialDeepStrictEqual(requests[0], {
    kind: 'action',
    actionId: 'incident.act',
    payload: { number: '142', act: JSON.stringify({ kind: 'acknowledge' }) },
  });
  assert.match(teams.spokenTo(KIM).join(), /Done, for you alone/);
});

test('the incident that was meant is picked in a dialog, and what was typed is done once', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests, answer } = harness;
  const action: ActionButton = {
    actionId: 'incident.pick',
    label: '#142',
    payload: { number: '142', text: 'note it is the gateway' },
  };
  const view = sampleViews['incident-list'];
  const message = await postInShop(harness, {
    ...view,
    items: view.items.map((item) => ({ ...item, action })),
  });
  answer(NOTICE);

  const picked = await teams.click(KIM, message, '#142');
  await teams.redeliver(picked, 'fresh');

  assert.equal(requests.length, 1);
  assert.match(readable(teams.dialogOf(KIM)?.card), /Done, for you alone/);
});

test('a header of an incident with everything to press is drawn with all of its buttons', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests, answer } = harness;
  const actions = Array.from({ length: 13 }, (_, at) =>
    actButton(142, `Act ${at}`, { kind: 'task-done', id: `${at}` }),
  );
  const message = await postInShop(harness, { ...sampleViews['incident-open'], actions });
  answer(NOTICE);

  await teams.click(KIM, message, 'Act 12');

  assert.partialDeepStrictEqual(requests[0], { payload: { act: '{"kind":"task-done","id":"12"}' } });
  assert.deepEqual(teams.problems, []);
});
