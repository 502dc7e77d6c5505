import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import type { IncidentState } from '../../src/domain/incidents.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { incidentScene, openIncident, pagedChain, shape, TEAMS_ROOM } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const fresh = (changes: Partial<IncidentState> = {}) => openIncident({ rooms: [], ...changes });

test('a room is a channel whose name, topic and marker tell which incident it is', async () => {
  const scene = await incidentScene(stage);

  const room = await open(scene, 'slack');

  assert.equal(room.kind, 'channel');
  assert.equal(room.name, 'inc-142-checkout-is-down');
  const [made] = scene.chat.rooms;
  assert.equal(made?.spec.topic, 'SEV1 · triaging · lead Lee Sample · #142 Checkout is down');
  assert.equal(made?.spec.marker, 'purser:incident:142:request-142');
  assert.equal(made?.spec.private, false);
  assert.deepEqual(scene.chat.messages, []);
});

test('a room whose answer was lost is found again', async () => {
  const scene = await incidentScene(stage);
  scene.chat.fail({ method: 'open', channel: 'slack', reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(open(scene, 'slack'), { reason: 'unavailable' });
  const room = await open(scene, 'slack');

  assert.equal(scene.chat.rooms.length, 1);
  assert.equal(room.name, 'inc-142-checkout-is-down');
});

test('without a channel to be had, the room is a thread under the announcement, which is made once', async () => {
  const scene = await incidentScene(stage, { teams: true });
  scene.chat.fail({ method: 'open', channel: 'teams', reason: 'forbidden' });
  scene.chat.fail({
    method: 'open',
    channel: 'teams thread',
    reason: 'unavailable',
    committed: true,
    times: 1,
  });

  await assert.rejects(open(scene, 'teams'), { reason: 'unavailable' });
  const room = await open(scene, 'teams');
  await announce(scene, fresh());

  assert.equal(room.kind, 'thread');
  assert.deepEqual(shape(scene), ['19:news incident-announcement', 'C0NEWS incident-announcement']);
  assert.deepEqual(room.conversation, {
    platform: 'teams',
    tenantId: 'tenant',
    conversationId: '19:news;messageid=1',
    serviceUrl: 'https://teams.test',
  });
});

test('a private incident that can have no channel has no room, and is announced nowhere', async () => {
  const scene = await incidentScene(stage, { teams: true });
  scene.chat.fail({ method: 'open', channel: 'teams', reason: 'forbidden' });

  const opening = open(scene, 'teams', fresh({ private: true }));

  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof ApplicationFailure);
    assert.equal(error.type, 'Undeliverable');
    assert.equal(error.nonRetryable, true);
    assert.match(error.message, /by hand/);
    return true;
  });
  assert.deepEqual(scene.chat.messages, []);
});

test('a 429 waits as long as it asks', async () => {
  const scene = await incidentScene(stage);
  scene.chat.fail({
    method: 'open',
    channel: 'slack',
    reason: 'rate-limited',
    retryAfterMs: 30_000,
    times: 1,
  });

  await assert.rejects(open(scene, 'slack'), { type: 'ChatRateLimited', nextRetryDelay: 30_000 });
  await open(scene, 'slack');

  assert.equal(scene.chat.rooms.length, 1);
});

test('a room is dressed with topic, the pinned header, bookmarks and the people who work on it', async () => {
  const scene = await incidentScene(stage);
  const state = await opened(scene, { escalations: [pagedChain({}, ['ravi'])] });
  const link = { title: 'Runbook', url: 'https://runbook.test' };
  state.rules = {
    ...state.rules,
    service: { id: 'checkout', title: 'Checkout', runbooks: [link], dashboards: [] },
  };

  for (const what of ['topic', 'pin', 'bookmarks', 'invite', 'topic', 'pin', 'invite'] as const)
    assert.deepEqual(await dress(scene, state, what), { left: [] });

  const [room] = scene.chat.rooms;
  assert.equal(room?.topics.at(-1), 'SEV1 · triaging · lead Lee Sample · #142 Checkout is down');
  assert.deepEqual(room?.bookmarks, [link]);
  assert.deepEqual(room?.members.map((key) => key.split(':').at(-1)).sort(), [
    'U0KIM',
    'U0LEE',
    'U0NOOR',
    'U0RAVI',
  ]);
  assert.deepEqual(shape(scene), ['C-slack-inc-142-checkout-is-down incident']);
  assert.deepEqual(room?.pinned, [scene.chat.messages[0]?.ref]);
});

test('who has no account is left out and named; who has left is neither asked nor named', async () => {
  const scene = await incidentScene(stage);
  const state = await opened(scene, { members: ['kim', 'sam', 'old'] });

  assert.deepEqual(await dress(scene, state, 'invite'), { left: ['sam'] });
  assert.equal(scene.chat.rooms[0]?.members.length, 2);
});

test('people are brought into the room of their platform, and not missed in the other', async () => {
  const scene = await incidentScene(stage, { teams: true });
  await open(scene, 'teams');
  const state = openIncident({
    rooms: [{ ...TEAMS_ROOM, conversation: await conversationOf(scene, 'teams') }],
  });

  assert.deepEqual(await dress(scene, state, 'invite', 'teams'), { left: [] });
  assert.deepEqual(scene.chat.rooms[0]?.members, ['teams:tenant:kim']);
});

test('what a platform has nothing like is done; what it refuses says what to do by hand', async () => {
  const scene = await incidentScene(stage);
  const state = await opened(scene);
  const channel = scene.chat.rooms[0]?.channel ?? '';
  scene.chat.fail({ method: 'setTopic', channel, reason: 'invalid' });
  scene.chat.fail({ method: 'invite', channel, reason: 'forbidden' });

  assert.deepEqual(await dress(scene, state, 'topic'), { left: [] });
  await assert.rejects(dress(scene, state, 'invite'), (error: Error & { type?: string }) => {
    assert.equal(error.type, 'Undeliverable');
    assert.match(error.message, /Invite the people who are missing by hand/);
    return true;
  });
});

test('a thread has only its header to pin', async () => {
  const scene = await incidentScene(stage);
  const state = openIncident({
    rooms: [
      {
        platform: 'slack',
        kind: 'thread',
        name: 'a thread in news',
        conversation: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0NEWS', threadTs: '1' },
      },
    ],
  });

  for (const what of ['topic', 'bookmarks', 'invite'] as const)
    assert.deepEqual(await dress(scene, state, what), { left: [] });
  await scene.run(scene.activities.archiveRoom, { state, platform: 'slack' });

  assert.deepEqual(scene.chat.calls, []);
});

test('a room is archived, and archiving it again does nothing', async () => {
  const scene = await incidentScene(stage);
  const state = await opened(scene);

  await scene.run(scene.activities.archiveRoom, { state, platform: 'slack' });
  await scene.run(scene.activities.archiveRoom, { state, platform: 'slack' });

  assert.equal(scene.chat.rooms[0]?.archived, true);
});

function open(scene: Scene, platform: Platform, state = fresh()) {
  return scene.run(scene.activities.openRoom, { state, platform });
}

async function opened(scene: Scene, changes: Partial<IncidentState> = {}): Promise<IncidentState> {
  return openIncident({ ...changes, rooms: [await open(scene, 'slack')] });
}

async function conversationOf(scene: Scene, platform: Platform) {
  return (await open(scene, platform)).conversation;
}

function dress(
  scene: Scene,
  state: IncidentState,
  what: 'topic' | 'pin' | 'bookmarks' | 'invite',
  platform: Platform = 'slack',
) {
  return scene.run(scene.activities.dressRoom, { state, platform, what });
}

function announce(scene: Scene, state: IncidentState) {
  return scene.run(scene.activities.announceIncident, { state });
}
