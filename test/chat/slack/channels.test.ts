import assert from 'node:assert/strict';
import test from 'node:test';
import type { RoomSpec } from '../../../src/chat/adapter.ts';
import { sameTopic, topicText } from '../../../src/chat/slack/topic.ts';
import type { AccountRef, ConversationRef } from '../../../src/domain/refs.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import type { FakeChannel, FakeSlack } from '../../support/fake-slack.ts';
import { hurriedClock, startHarness } from './harness.ts';

const SPEC: RoomSpec = {
  name: 'inc-142-checkout-is-down',
  topic: 'SEV1 · triaging · no lead yet · #142 Checkout is down',
  purpose: 'Work on incident #142. /incident help says what can be done here.',
  private: false,
  marker: 'purser:incident:142:request-1',
};
const NOTICE: NoticeView = { kind: 'notice', tone: 'info', text: 'Hello there' };
const GENERAL: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' };

function account(userId: string): AccountRef {
  return { platform: 'slack', teamId: 'T0SAMPLE', userId };
}

function named(slack: FakeSlack, name: string): FakeChannel[] {
  return [...slack.workspace.channels.values()].filter((channel) => channel.name.startsWith(name));
}

function onlyRoom(slack: FakeSlack): FakeChannel {
  const [room, ...others] = named(slack, 'inc-142');
  assert.ok(room);
  assert.deepEqual(others, []);
  return room;
}

test('a room is a channel with our mark in its purpose, and opened twice it is one', async (t) => {
  const { slack, adapter } = await startHarness(t);

  const first = await adapter.rooms.open(SPEC);
  const second = await adapter.rooms.open(SPEC);

  const room = onlyRoom(slack);
  assert.equal(first.kind, 'channel');
  assert.equal(first.name, SPEC.name);
  assert.deepEqual(first.conversation, { platform: 'slack', teamId: 'T0SAMPLE', channelId: room.id });
  assert.deepEqual(second, first);
  assert.equal(room.isPrivate, false);
  assert.equal(room.purpose, `${SPEC.purpose} (${SPEC.marker})`);
});

test('two attempts at once open one channel', async (t) => {
  const { slack, adapter } = await startHarness(t);

  const [first, second] = await Promise.all([adapter.rooms.open(SPEC), adapter.rooms.open(SPEC)]);

  assert.deepEqual(second, first);
  onlyRoom(slack);
});

test('the answer to creating it is lost: the next attempt finds it', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.fail('conversations.create', { kind: 'drop-after' });

  await assert.rejects(adapter.rooms.open(SPEC), { reason: 'unavailable' });
  const { conversation } = await adapter.rooms.open(SPEC);

  const room = onlyRoom(slack);
  assert.partialDeepStrictEqual(conversation, { channelId: room.id });
  assert.ok(room.purpose?.includes(SPEC.marker));
});

test('killed before it could be marked: the next attempt takes it, and marks it', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.fail('conversations.setPurpose', { kind: 'http', status: 500 });

  await assert.rejects(adapter.rooms.open(SPEC), { reason: 'unavailable' });
  assert.equal(onlyRoom(slack).purpose, undefined);
  await adapter.rooms.open(SPEC);

  assert.ok(onlyRoom(slack).purpose?.includes(SPEC.marker));
});

test('killed behind a suffix: the next attempt finds that channel by its mark', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.addChannel({ id: 'C0OLD', name: SPEC.name, members: [], creator: 'U0KIM' });
  slack.fail('conversations.setPurpose', { kind: 'drop-after' });

  await assert.rejects(adapter.rooms.open(SPEC), { reason: 'unavailable' });
  slack.workspace.channels.delete('C0OLD');
  slack.addChannel({ id: 'C0NEW', name: SPEC.name, members: ['U0PURSER'], creator: 'U0KIM' });
  const { name } = await adapter.rooms.open(SPEC);

  assert.equal(name, `${SPEC.name}-2`);
  assert.equal(named(slack, 'inc-142').length, 2);
});

test('a name that a stranger’s channel has gets a suffix, be it archived or invisible', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.addChannel({
    id: 'C0OLD',
    name: SPEC.name,
    members: ['U0PURSER'],
    creator: 'U0KIM',
    isArchived: true,
  });
  slack.addChannel({ id: 'C0SECRET', name: `${SPEC.name}-2`, members: ['U0KIM'], isPrivate: true });
  slack.addChannel({ id: 'C0OPEN', name: `${SPEC.name}-3`, members: ['U0PURSER'], creator: 'U0KIM' });

  const { name } = await adapter.rooms.open(SPEC);

  assert.equal(name, `${SPEC.name}-4`);
  assert.equal(slack.workspace.channels.get('C0OPEN')?.purpose, undefined);
});

test('a channel of ours that is open to all never becomes the room of a private incident', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.fail('conversations.setPurpose', { kind: 'http', status: 500 });
  await assert.rejects(adapter.rooms.open(SPEC));

  const { name } = await adapter.rooms.open({
    ...SPEC,
    private: true,
    marker: 'purser:incident:143:request-2',
  });

  assert.equal(name, `${SPEC.name}-2`);
  assert.deepEqual(
    named(slack, 'inc-142').map(({ isPrivate }) => isPrivate),
    [false, true],
  );
});

test('a room among more channels than fit on a page is found', async (t) => {
  const { slack, adapter } = await startHarness(t);
  for (let at = 0; at < 250; at += 1) {
    slack.addChannel({ id: `C0MANY${at}`, name: `many-${at}`, members: ['U0PURSER'], creator: 'U0PURSER' });
  }
  const first = await adapter.rooms.open(SPEC);

  const second = await adapter.rooms.open(SPEC);

  assert.deepEqual(second, first);
  assert.equal(slack.callsOf('users.conversations').length, 3);
});

test('where the app may not create channels, the room is a thread under the announcement', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.workspace.mayCreateChannels = false;
  const under = await adapter.post(GENERAL, NOTICE, 'announcement');
  assert.equal(under.platform, 'slack');

  await assert.rejects(adapter.rooms.open(SPEC), { reason: 'forbidden' });
  const room = await adapter.rooms.open({ ...SPEC, under });

  assert.equal(room.kind, 'thread');
  assert.deepEqual(room.conversation, { ...GENERAL, threadTs: under.ts });
  assert.deepEqual(await adapter.rooms.invite(room.conversation, [account('U0KIM')]), { left: [] });
  await adapter.rooms.archive(room.conversation);
  await assert.rejects(adapter.rooms.setTopic(room.conversation, 'x'), { reason: 'invalid' });
  await assert.rejects(adapter.rooms.bookmark(room.conversation, []), { reason: 'invalid' });
});

test('what passes is waited for: no thread is started because Slack is slow', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const under = await adapter.post(GENERAL, NOTICE, 'announcement');
  slack.fail('conversations.create', { kind: 'rate-limited', retryAfter: 7 });

  await assert.rejects(adapter.rooms.open({ ...SPEC, under }), {
    reason: 'rate-limited',
    retryAfterMs: 7_000,
  });
});

test('a Slack without some methods still has rooms, and says of the rest that there is nothing like it', async (t) => {
  const { slack, adapter } = await startHarness(t);
  for (const method of ['setPurpose', 'setTopic', 'invite', 'archive']) {
    slack.workspace.unknownMethods.add(`conversations.${method}`);
  }
  slack.workspace.unknownMethods.add('pins.add').add('bookmarks.list');

  const { conversation } = await adapter.rooms.open(SPEC);
  const again = await adapter.rooms.open(SPEC);
  const message = await adapter.post(conversation, NOTICE, 'header');

  assert.deepEqual(again.conversation, conversation);
  const invalid = { name: 'ChatError', reason: 'invalid' };
  await assert.rejects(adapter.rooms.invite(conversation, [account('U0KIM'), account('U0NOOR')]), invalid);
  await assert.rejects(adapter.rooms.setTopic(conversation, 'x'), invalid);
  await assert.rejects(adapter.rooms.pin(message), invalid);
  await assert.rejects(
    adapter.rooms.bookmark(conversation, [{ title: 'x', url: 'https://x.test' }]),
    invalid,
  );
  await assert.rejects(adapter.rooms.archive(conversation), invalid);
});

for (const tells of ['success', 'failure', 'nobody'] as const) {
  test(`of 250 people the guests are left, and all others are in (Slack tells: ${tells})`, async (t) => {
    const { slack, adapter } = await startHarness(t, { clock: hurriedClock() });
    slack.workspace.invitesTell = tells;
    const crowd = Array.from({ length: 250 }, (_, at) => `U0CROWD${at}`);
    for (const id of crowd) slack.addUser({ id, name: id.toLowerCase() });
    slack.addUser({ id: 'U0CROWD120', name: 'guest', isRestricted: true });
    slack.addUser({ id: 'U0CROWD121', name: 'gone', deleted: true });
    const { conversation } = await adapter.rooms.open(SPEC);
    const wanted = ['U0PURSER', ...crowd].map(account);

    const first = await adapter.rooms.invite(conversation, wanted);
    const again = await adapter.rooms.invite(conversation, wanted);

    const left = ['U0CROWD120', 'U0CROWD121'].map(account);
    assert.deepEqual(first, { left });
    assert.deepEqual(again, { left });
    assert.equal(new Set(onlyRoom(slack).members).size, 249);
  });
}

test('a channel that is gone is no fault of those who are invited', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const { conversation } = await adapter.rooms.open(SPEC);
  onlyRoom(slack).isArchived = true;

  await assert.rejects(adapter.rooms.invite(conversation, [account('U0KIM')]), { reason: 'forbidden' });
});

test('a topic is set once, however often and in whichever spelling Slack gives it back', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const { conversation } = await adapter.rooms.open(SPEC);
  const topic = 'SEV1 · triaging · lead Kim <b>&co · #142 🔥 see https://status.test *now* <!channel>';

  await adapter.rooms.setTopic(conversation, topic);
  const room = onlyRoom(slack);
  const set = room.topic ?? '';
  room.topic = set.replace('🔥', ':fire:').replace('https://status.test', '<https://status.test>');
  await adapter.rooms.setTopic(conversation, topic);
  await adapter.rooms.setTopic(conversation, topic.replace('triaging', 'mitigating'));

  assert.doesNotMatch(set, /[<>]/);
  const said = slack.messagesIn(room.id).map(({ text }) => /· (\w+ing) ·/.exec(text)?.[1]);
  assert.deepEqual(said, ['triaging', 'mitigating']);
});

test('a topic is cut between characters to what Slack takes', () => {
  assert.equal(topicText('&'.repeat(300)), '&amp;'.repeat(50));
  assert.equal(topicText('👩‍💻'.repeat(100)).isWellFormed(), true);
  assert.ok(topicText('👩‍💻'.repeat(100)).length <= 250);
  assert.equal(sameTopic('SEV1 · lead Kim', 'SEV2 · lead Kim'), false);
});

test('pins, bookmarks and archiving are done once', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const { conversation } = await adapter.rooms.open(SPEC);
  const message = await adapter.post(conversation, NOTICE, 'header');
  const links = [
    { title: 'Runbook', url: 'https://runbooks.example.test' },
    { title: 'Dashboard', url: 'https://grafana.example.test/d?a=1&b=2' },
  ];

  for (const _ of [1, 2]) {
    await adapter.rooms.pin(message);
    await adapter.rooms.bookmark(conversation, links);
  }
  await adapter.rooms.archive(conversation);
  await adapter.rooms.archive(conversation);

  const room = onlyRoom(slack);
  assert.equal(room.pins?.length, 1);
  assert.deepEqual(
    room.bookmarks?.map(({ title }) => title),
    ['Runbook', 'Dashboard'],
  );
  assert.equal(room.isArchived, true);
});

test('half of the bookmarks were set when it was killed: the others follow', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const { conversation } = await adapter.rooms.open(SPEC);
  const links = ['a', 'b', 'c'].map((title) => ({ title, url: `https://${title}.example.test` }));
  slack.fail('bookmarks.add', { kind: 'drop-after' });

  await assert.rejects(adapter.rooms.bookmark(conversation, links), { reason: 'unavailable' });
  await adapter.rooms.bookmark(conversation, links);

  assert.deepEqual(
    onlyRoom(slack).bookmarks?.map(({ title }) => title),
    ['a', 'b', 'c'],
  );
});
