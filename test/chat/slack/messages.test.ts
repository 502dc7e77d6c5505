import assert from 'node:assert/strict';
import test from 'node:test';
import type { FormView } from '../../../src/domain/forms.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { readable } from '../../support/fake-slack.ts';
import { startHarness } from './harness.ts';

const KEPT: NoticeView = { kind: 'notice', tone: 'success', text: 'It is in the timeline.' };
const ROOM = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' } as const;
const FORM: FormView = {
  kind: 'form',
  formId: 'incident.declare',
  title: 'Declare an incident',
  submitLabel: 'Declare',
  fields: [{ name: 'title', label: 'What is wrong?', schema: { type: 'string' }, required: true }],
  values: {},
  notes: [],
  context: {},
};

test('📌 on a message tells what was said, by whom, when and where to find it', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer(KEPT);
  const text = '<@U0NOOR> the gateway answers 502 &amp; more, see <https://status.test/a|the status page>';
  const message = await slack.say('U0KIM', 'C0GENERAL', text);

  await slack.react('U0NOOR', message, 'pushpin');
  await slack.until(() => requests.length === 1);

  assert.partialDeepStrictEqual(requests[0], {
    kind: 'message',
    event: 'pinned',
    actor: { displayName: 'noor' },
    message: { ...ROOM, ts: message.ts },
    text: '@noor the gateway answers 502 & more, see the status page (https://status.test/a)',
    author: 'kim',
    at: new Date(Number(message.ts) * 1000).toISOString(),
    link: `https://sample.slack.com/archives/C0GENERAL/p${message.ts.replace('.', '')}`,
  });
  assert.deepEqual(requests[0]?.kind === 'message' && requests[0].source, ROOM);
  await slack.until(() => slack.privateTo('U0NOOR').some((told) => readable(told).includes('timeline')));
});

test('📌 on a reply is about the reply, and names its thread', async (t) => {
  const { slack, requests } = await startHarness(t);
  const { ts: threadTs } = await slack.say('U0KIM', 'C0GENERAL', 'What happened?');
  for (let at = 0; at < 20; at += 1) await slack.say('U0KIM', 'C0GENERAL', `Reply ${at}`, { threadTs });
  const reply = await slack.say('U0NOOR', 'C0GENERAL', 'The certificate has expired', { threadTs });
  await slack.say('U0KIM', 'C0GENERAL', 'Oh', { threadTs });

  await slack.react('U0KIM', reply, 'pushpin');
  await slack.until(() => requests.length === 1);

  assert.partialDeepStrictEqual(requests[0], {
    text: 'The certificate has expired',
    author: 'noor',
    source: { ...ROOM, threadTs },
  });
});

test('taking 📌 back and other emoji', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer(KEPT);
  const message = await slack.say('U0KIM', 'C0GENERAL', 'The gateway answers 502');

  for (const emoji of ['eyes', 'white_check_mark', 'pushpin_2']) await slack.react('U0KIM', message, emoji);
  await slack.unreact('U0KIM', message, 'eyes');
  await slack.unreact('U0KIM', message, 'round_pushpin');

  await slack.until(() => requests.length === 1);
  assert.partialDeepStrictEqual(requests[0], { event: 'unpinned', message: { ts: message.ts } });
  assert.deepEqual(slack.privateTo('U0KIM'), []);
});

test('📌 on an alert and on a picture keeps what people saw', async (t) => {
  const { slack, requests } = await startHarness(t);
  const attachments = [
    { title: '[FIRING:1] CheckoutErrors', text: 'Errors above 5 %', fallback: 'CheckoutErrors' },
  ];
  const alert = await slack.say('U0KIM', 'C0GENERAL', '', {
    attachments,
    bot_id: 'B0ALERTS',
    username: 'alerts',
  });
  const picture = await slack.say('U0KIM', 'C0GENERAL', '', { files: [{ name: 'graph.png', title: '' }] });

  await slack.react('U0KIM', alert, 'pushpin');
  await slack.react('U0KIM', picture, 'pushpin');
  await slack.until(() => requests.length === 2);

  assert.partialDeepStrictEqual(requests, [
    { author: 'alerts', text: '[FIRING:1] CheckoutErrors\nErrors above 5 %' },
    { author: 'kim', text: '(file: graph.png)' },
  ]);
});

test('edits of people are followed; those of apps and links that unfold are not', async (t) => {
  const { slack, adapter, requests, answer } = await startHarness(t);
  answer(KEPT);
  const message = await slack.say('U0KIM', 'C0GENERAL', 'Rolling back 1.41');
  await adapter.post(ROOM, KEPT, 'card');
  const [, card] = slack.messagesIn('C0GENERAL');
  assert.ok(card);

  await slack.editMessage(message, 'Rolling back 1.41');
  await slack.editMessage(card, 'Of our own');
  await slack.editMessage(message, 'Rolling back 1.42');
  await slack.until(() => requests.length === 1);

  assert.partialDeepStrictEqual(requests[0], {
    kind: 'message',
    event: 'edited',
    text: 'Rolling back 1.42',
    author: 'kim',
    message: { ts: message.ts },
  });
  // Nobody asked for an answer.
  assert.deepEqual(slack.privateTo('U0KIM'), []);
});

test('a message that is deleted is told as such, also when replies keep its place', async (t) => {
  const { slack, requests } = await startHarness(t);
  const message = await slack.say('U0KIM', 'C0GENERAL', 'Wrong channel');
  const parent = await slack.say('U0KIM', 'C0GENERAL', 'Also wrong');
  await slack.say('U0NOOR', 'C0GENERAL', 'Indeed', { threadTs: parent.ts });

  await slack.removeMessage(message);
  await slack.removeMessage(parent);
  await slack.until(() => requests.length === 2);

  assert.partialDeepStrictEqual(requests, [
    { event: 'deleted', message: { ts: message.ts }, text: 'Wrong channel', actor: { displayName: 'kim' } },
    { event: 'deleted', message: { ts: parent.ts }, text: 'Also wrong', author: 'kim' },
  ]);
});

test('of guests and bots no edits are followed, and a guest who pins is told why not', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer({ ...KEPT, tone: 'error', text: 'This account is a guest.' });
  slack.addUser({ id: 'U0GUEST', name: 'guest', isRestricted: true });
  slack.addUser({ id: 'U0BOT', name: 'robot', isBot: true });
  slack.workspace.channels.get('C0GENERAL')?.members.push('U0GUEST', 'U0BOT');
  const message = await slack.say('U0GUEST', 'C0GENERAL', 'Hello');

  await slack.editMessage(message, 'Hello again');
  await slack.react('U0BOT', message, 'pushpin');
  await slack.react('U0GUEST', message, 'pushpin');
  await slack.until(() => slack.privateTo('U0GUEST').some((told) => readable(told).includes('a guest')));

  assert.deepEqual(
    requests.map(({ actor }) => actor.standing),
    ['guest'],
  );
});

test('a message that Slack does not show just now is not recorded, and whoever pinned it knows', async (t) => {
  const { slack, requests } = await startHarness(t);
  const message = await slack.say('U0KIM', 'C0GENERAL', 'The gateway answers 502');
  slack.fail('conversations.replies', { kind: 'http', status: 500 });

  await slack.react('U0KIM', message, 'pushpin');
  await slack.until(() => slack.privateTo('U0KIM').some((told) => readable(told).includes('Not recorded')));
  await slack.react('U0KIM', message, 'pushpin');
  await slack.until(() => requests.length === 1);

  assert.partialDeepStrictEqual(requests[0], { event: 'pinned' });
});

test('a message without a link is kept all the same; one that is gone is not', async (t) => {
  const { slack, adapter, requests } = await startHarness(t);
  const message = await slack.say('U0KIM', 'C0GENERAL', 'The gateway answers 502');
  slack.fail('chat.getPermalink', { kind: 'http', status: 500 });

  await slack.react('U0KIM', message, 'pushpin');
  await slack.until(() => requests.length === 1);
  slack.deleteMessage(message);
  await slack.react('U0KIM', message, 'pushpin');
  await adapter.stop();

  assert.equal(requests.length, 1);
  assert.equal(requests[0]?.kind === 'message' && requests[0].link, undefined);
});

test('an event that Slack sends twice has one key', async (t) => {
  const { slack, requests } = await startHarness(t);
  const message = await slack.say('U0KIM', 'C0GENERAL', 'The gateway answers 502');

  const delivered = await slack.react('U0KIM', message, 'pushpin');
  await delivered.retry();
  await slack.until(() => requests.length === 2);

  assert.equal(new Set(requests.map(({ dedupeKey }) => dedupeKey)).size, 1);
});

test('the message shortcut opens the form with the message, and answers in its thread', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });
  const { ts: threadTs } = await slack.say('U0NOOR', 'C0GENERAL', 'Anything wrong?');
  const message = await slack.say('U0NOOR', 'C0GENERAL', 'Checkout is down\nsince ten', { threadTs });

  await slack.messageShortcut('U0KIM', message, 'incident.declare-from-message');
  await slack.until(() => slack.modalOf('U0KIM'));

  assert.partialDeepStrictEqual(requests[0], {
    kind: 'action',
    actionId: 'incident.declare',
    payload: {
      text: 'Checkout is down\nsince ten',
      author: 'noor',
      at: new Date(Number(message.ts) * 1000).toISOString(),
      link: `https://sample.slack.com/archives/C0GENERAL/p${message.ts.replace('.', '')}`,
    },
    source: { ...ROOM, threadTs },
  });
  assert.deepEqual(slack.problems, []);
});

test('whatever the message is, the form that carries it opens', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer(async (request) => {
    const from = request.kind === 'action' ? JSON.stringify(request.payload) : '';
    return { kind: 'open-form', form: { ...FORM, context: { from, origin: JSON.stringify(ROOM) } } };
  });

  for (const text of ['"'.repeat(4_000), '\\n'.repeat(2_000), '👩‍💻'.repeat(900), '\ud83d'.repeat(900), '']) {
    slack.workspace.modals.clear();
    const message = await slack.say('U0NOOR', 'C0GENERAL', text);
    await slack.messageShortcut('U0KIM', message, 'incident.declare-from-message');
    await slack.until(() => slack.modalOf('U0KIM'));
  }

  const said = requests.map((request) => (request.kind === 'action' ? (request.payload.text ?? '') : ''));
  assert.ok(said.every((text) => text.isWellFormed()));
  assert.match(said[0] ?? '', /^"{200,}$/);
  assert.deepEqual(slack.problems, []);
});
