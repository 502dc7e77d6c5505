import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { sampleRow } from '../support/incident-records.ts';
import { incidentScene, openIncident } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const RUNBOOK = 'https://runbook.test';
let channels = 0;

test('the channel it was declared in becomes its room, with the name it has', async () => {
  const { scene, channel, state } = await inChannel();

  const room = await open(scene, state, channel);

  assert.deepEqual(room, {
    platform: 'slack',
    kind: 'channel',
    conversation: channel,
    name: 'shop-talk',
    adopted: true,
  });
  assert.equal(scene.chat.rooms.length, 1, 'no channel was created');
});

test('killed between taking it and the header, it is the same room, and its topic is the first one', async () => {
  const { scene, channel, state } = await inChannel();
  const first = await open(scene, state, channel);
  await dress(scene, state, first, 'topic');

  const again = await open(scene, state, channel);
  await finish(scene, state, again);

  assert.deepEqual(again, first);
  assert.deepEqual(roomOf(scene).topics.slice(-1), ['Shop talk']);
});

test('of two that want one channel the second gets one of its own', async () => {
  const { scene, channel, state } = await inChannel();
  const other = openIncident({ ...state, number: state.number + 1, requestId: 'request-other' });

  const rooms = await Promise.all([open(scene, state, channel), open(scene, other, channel)]);

  assert.equal(rooms.filter(({ adopted }) => adopted).length, 1);
  const own = rooms.find(({ adopted }) => !adopted);
  assert.match(own?.name ?? '', /^inc-\d+-checkout-is-down$/);
});

test('a channel we are in no more gives way to one of its own', async () => {
  const { scene, state } = await inChannel();
  const elsewhere: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0ELSEWHERE' };

  const room = await open(scene, state, elsewhere);

  assert.equal(room.adopted, undefined);
  assert.equal(room.name, `inc-${state.number}-checkout-is-down`);
});

test('while Slack does not answer nothing else is opened instead', async () => {
  const { scene, channel, state } = await inChannel();
  const { channelId } = channel;
  scene.chat.fail({ method: 'adopt', channel: channelId, reason: 'unavailable', times: 1 });

  await assert.rejects(open(scene, state, channel), { reason: 'unavailable' });
  const room = await open(scene, state, channel);

  assert.equal(room.adopted, true);
});

test('at the end it gets its topic back and loses our links, once, and is not archived', async () => {
  const { scene, channel, state } = await inChannel();
  const room = await open(scene, state, channel);
  for (const what of ['topic', 'bookmarks'] as const) await dress(scene, state, room, what);
  scene.chat.fail({
    method: 'giveBack',
    channel: channel.channelId,
    reason: 'unavailable',
    committed: true,
    times: 1,
  });

  await assert.rejects(finish(scene, state, room), { reason: 'unavailable' });
  await finish(scene, state, room);
  await finish(scene, state, room);

  const { topics, bookmarks, archived } = roomOf(scene);
  assert.deepEqual(topics, [
    `SEV1 · triaging · lead Lee Sample · #${state.number} Checkout is down`,
    'Shop talk',
    'Shop talk',
  ]);
  assert.deepEqual(bookmarks, []);
  assert.equal(archived, false);
});

test('at the end its header is pinned no more, also where it had moved on in private', async () => {
  const { scene, channel, state } = await inChannel();
  const room = await open(scene, state, channel);
  await dress(scene, state, room, 'pin');
  const pinned = roomOf(scene).pinned.length;
  await finish(scene, state, room);
  const after = roomOf(scene).pinned.length;
  await finish(scene, state, room);

  const { scene: other, channel: place, state: moving } = await inChannel();
  const former = await open(other, moving, place);
  await dress(other, moving, former, 'pin');
  const madePrivate = { by: 'kim', at: '2026-04-01T09:30:00.000Z', ask: 'kim', formerRooms: [former] };
  const moved = { ...moving, private: true, status: 'closed' as const, rooms: [], madePrivate };
  await other.run(other.activities.archiveRoom, { state: moved, platform: 'slack' });

  assert.deepEqual([pinned, after, roomOf(other).pinned.length], [1, 0, 0]);
});

test('a channel that another incident has taken over is left alone', async () => {
  const { scene, channel, state } = await inChannel();
  const first = await open(scene, state, channel);
  const row = sampleRow({ number: state.number, status: 'closed' });
  await scene.deps.incidents.record({ ...row, revision: 9, rooms: [first] }, []);
  const next = openIncident({ ...state, number: state.number + 1, requestId: 'request-next' });
  const second = await open(scene, next, channel);
  await dress(scene, next, second, 'topic');

  await finish(scene, state, first);

  assert.equal(second.adopted, true);
  assert.match(roomOf(scene).topics.at(-1) ?? '', new RegExp(`#${next.number}`));
  await finish(scene, next, second);
  assert.equal(roomOf(scene).topics.at(-1), 'Shop talk');
});

test('made private, it leaves the channel with its name and its former topic', async () => {
  const { scene, channel, state } = await inChannel();
  const room = await open(scene, state, channel);
  await dress(scene, state, room, 'topic');
  const madePrivate = { by: 'kim', at: '2026-04-01T09:30:00.000Z', ask: 'kim', formerRooms: [room] };
  const moved = { ...state, private: true, rooms: [], madePrivate };

  await scene.run(scene.activities.redactIncident, { state: moved, platform: 'slack' });
  await dress(scene, state, room, 'topic');
  await scene.run(scene.activities.redactIncident, { state: moved, platform: 'slack' });

  assert.equal(roomOf(scene).spec.name, 'shop-talk');
  assert.equal(roomOf(scene).topics.at(-1), 'Shop talk', 'also after a topic that was on its way');
});

/** A channel with a topic of its own, and an incident of its own number. */
async function inChannel() {
  const scene = await incidentScene(stage);
  const number = 9_000 + 10 * ++channels;
  const channelId = `C0SHOP${number}`;
  const channel = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId };
  scene.chat.rooms.push({
    channel: channelId,
    platform: 'slack',
    kind: 'channel',
    spec: { name: 'shop-talk', topic: '', purpose: '', private: false, marker: '' },
    former: 'Shop talk',
    topics: [],
    pinned: [],
    bookmarks: [],
    members: [],
    archived: false,
  });
  const state = openIncident({ number, requestId: `request-${number}`, rooms: [] });
  const service = {
    id: 'checkout',
    title: 'Checkout',
    runbooks: [{ title: 'Runbook', url: RUNBOOK }],
    dashboards: [],
  };
  state.rules = { ...state.rules, service };
  return { scene, channel, state };
}

function roomOf(scene: Scene) {
  return scene.chat.rooms[0] ?? assert.fail('there is no channel');
}

function open(scene: Scene, state: IncidentState, adopt: ConversationRef): Promise<IncidentRoom> {
  return scene.run(scene.activities.openRoom, { state, platform: 'slack', adopt });
}

function dress(scene: Scene, state: IncidentState, room: IncidentRoom, what: 'topic' | 'bookmarks' | 'pin') {
  const dressed = { ...state, rooms: [room] };
  return scene.run(scene.activities.dressRoom, { state: dressed, platform: 'slack', what });
}

function finish(scene: Scene, state: IncidentState, room: IncidentRoom) {
  const closed = { ...state, status: 'closed' as const, rooms: [room] };
  return scene.run(scene.activities.archiveRoom, { state: closed, platform: 'slack' });
}
