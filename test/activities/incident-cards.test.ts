import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/activity';
import type { RoomMessage } from '../../activities/incidents/contract.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { slackRoom } from '../support/incident-records.ts';
import { incidentScene, lastOf, openIncident, pagedChain, shape, TEAMS_ROOM } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const CANARY = 'canary title';
const ROOMS = [slackRoom('C0ROOM'), TEAMS_ROOM];
const UPDATE: RoomMessage = {
  key: 'update-1',
  glyph: '📣',
  headline: 'Update',
  by: 'lee',
  at: '2026-04-01T09:41:00.000Z',
  quotes: [{ label: 'What', text: 'Rolled back' }],
  stakeholders: true,
};

test('an incident has a header in each of its rooms and a card in each announcement channel, once', async () => {
  const scene = await incidentScene(stage, { teams: true });
  const state = openIncident({ rooms: ROOMS });

  assert.deepEqual(await announce(scene, state), { undelivered: [] });
  await announce(scene, state);
  await announce(scene, { ...state, status: 'mitigating', revision: 41 });

  assert.deepEqual(shape(scene), [
    '19:news incident-announcement',
    '19:room incident',
    'C0NEWS incident-announcement',
    'C0ROOM incident',
  ]);
  for (const message of scene.chat.messages) assert.equal(message.shown.length, 2);
  assert.equal(lastOf(scene.chat.in('19:room')[0], 'incident').status, 'mitigating');
});

test('before there is a room it is announced all the same', async () => {
  const scene = await incidentScene(stage);

  await announce(scene, openIncident({ rooms: [] }));

  assert.deepEqual(shape(scene), ['C0NEWS incident-announcement']);
});

test('an older state never overwrites a newer one', async () => {
  const scene = await incidentScene(stage);
  await announce(scene, openIncident({ status: 'monitoring', revision: 50 }));

  await announce(scene, openIncident({ revision: 49 }));

  assert.equal(lastOf(scene.chat.in('C0ROOM')[0], 'incident').status, 'monitoring');
});

test('killed after any post: the next attempt finds it, and posts only what is missing', async () => {
  for (const channel of ['C0ROOM', 'C0NEWS']) {
    const scene = await incidentScene(stage);
    scene.chat.fail({ method: 'post', channel, reason: 'unavailable', committed: true, times: 1 });

    await assert.rejects(announce(scene, openIncident()), { reason: 'unavailable' });
    await announce(scene, openIncident());

    assert.deepEqual(shape(scene), ['C0NEWS incident-announcement', 'C0ROOM incident']);
  }
});

test('while one platform is down the other one is up to date, and the first catches up', async () => {
  const scene = await incidentScene(stage, { teams: true });
  const state = openIncident({ rooms: ROOMS });
  await announce(scene, state);
  for (const channel of ['19:room', '19:news'])
    scene.chat.fail({ method: 'update', channel, reason: 'unavailable' });

  await assert.rejects(announce(scene, { ...state, status: 'mitigating', revision: 41 }));
  await assert.rejects(announce(scene, { ...state, status: 'monitoring', revision: 42 }));
  assert.equal(lastOf(scene.chat.in('C0ROOM')[0], 'incident').status, 'monitoring');
  assert.equal(lastOf(scene.chat.in('19:room')[0], 'incident').status, 'triaging');
  scene.chat.heal();
  await announce(scene, { ...state, status: 'monitoring', revision: 42 });

  assert.equal(lastOf(scene.chat.in('19:room')[0], 'incident').status, 'monitoring');
  assert.equal(scene.chat.messages.length, 4);
});

test('a 429 waits as long as it asks, and everything else is shown meanwhile', async () => {
  const scene = await incidentScene(stage);
  scene.chat.fail({
    method: 'post',
    channel: 'C0NEWS',
    reason: 'rate-limited',
    retryAfterMs: 30_000,
    times: 1,
  });

  await assert.rejects(announce(scene, openIncident()), { type: 'ChatRateLimited', nextRetryDelay: 30_000 });
  assert.deepEqual(shape(scene), ['C0ROOM incident']);
  await announce(scene, openIncident());

  assert.deepEqual(shape(scene), ['C0NEWS incident-announcement', 'C0ROOM incident']);
});

test('what is refused for good is reported, and holds nothing up', async () => {
  const scene = await incidentScene(stage);
  scene.chat.fail({ method: 'post', channel: 'C0NEWS', reason: 'not-found' });

  const { undelivered } = await announce(scene, openIncident());

  assert.deepEqual(
    undelivered.map(({ person }) => person),
    ['announcement'],
  );
  assert.deepEqual(shape(scene), ['C0ROOM incident']);
});

test('a header that somebody deleted is posted anew while it goes on, and no more once it is closed', async () => {
  const scene = await incidentScene(stage);
  await announce(scene, openIncident());
  remove(scene, 'C0ROOM');

  await announce(scene, openIncident({ status: 'mitigating', revision: 41 }));
  assert.equal(scene.chat.in('C0ROOM').length, 1);
  remove(scene, 'C0ROOM');
  await announce(scene, openIncident({ status: 'closed', revision: 42 }));

  assert.equal(scene.chat.in('C0ROOM').length, 0);
});

test('every page that went out ends with who answered, and none is sent by announcing', async () => {
  const scene = await incidentScene(stage);
  const chain = pagedChain({}, ['kim', 'lee']);
  const paged = openIncident({ escalations: [chain] });
  const [first] = chain.pages;
  assert.ok(first);
  await scene.run(scene.activities.page, { state: paged, escalation: 'e1', record: first });

  const acknowledged = { by: 'lee', at: '2026-04-01T09:05:00.000Z' };
  await announce(scene, { ...paged, escalations: [{ ...chain, acknowledged }], revision: 41 });

  assert.deepEqual(shape(scene), ['C0NEWS incident-announcement', 'C0ROOM incident', 'DU0KIM page']);
  const page = lastOf(scene.chat.in('DU0KIM')[0], 'page');
  assert.equal(page.acknowledged?.by.name, 'Lee Sample');
  assert.deepEqual(
    page.actions.map(({ label }) => label),
    ['Show'],
  );
});

test('a night of pages to one person opens one direct conversation', async () => {
  const scene = await incidentScene(stage);
  const [page] = pagedChain().pages;
  assert.ok(page);
  const pages = Array.from({ length: 5 }, (_, round) => ({ ...page, key: `e1:${round}:kim`, round }));

  await announce(scene, openIncident({ escalations: [pagedChain({ pages })] }));

  assert.equal(scene.chat.calls.filter(({ method }) => method === 'openDirect').length, 1);
});

test('an event is told once in each room, and once to stakeholders', async () => {
  const scene = await incidentScene(stage, { teams: true });
  const state = openIncident({ rooms: ROOMS });
  scene.chat.fail({ method: 'post', channel: '19:room', reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(tell(scene, state), { reason: 'unavailable' });
  await tell(scene, state);
  await tell(scene, { ...state, revision: 41 });

  assert.deepEqual(shape(scene), [
    '19:room incident-event',
    'C0ROOM incident-event',
    'C0SALES incident-event',
  ]);
  assert.equal(lastOf(scene.chat.in('C0ROOM')[0], 'incident-event').title, undefined);
  assert.equal(lastOf(scene.chat.in('C0SALES')[0], 'incident-event').title, 'Checkout is down');
});

const quiet: { why: string; changes: Partial<IncidentState>; message?: Partial<RoomMessage> }[] = [
  { why: 'a private one', changes: { private: true } },
  { why: 'a drill', changes: { drill: true } },
  { why: 'another severity', changes: { severity: 'sev2' } },
  { why: 'what is not for them', changes: {}, message: { stakeholders: false } },
];
for (const { why, changes, message } of quiet) {
  test(`stakeholders hear nothing of ${why}`, async () => {
    const scene = await incidentScene(stage);

    await tell(scene, openIncident(changes), message);

    assert.deepEqual(shape(scene), ['C0ROOM incident-event']);
  });
}

test('the title of a private incident is in nothing that is posted outside of its room and to its people', async () => {
  const scene = await incidentScene(stage, { teams: true });
  const state = privateIncident();

  await announce(scene, state);
  await announce(scene, { ...state, status: 'closed', revision: 41 });
  await tell(scene, state, { quotes: [{ label: 'What', text: CANARY }] });
  await scene.run(scene.activities.publishReview, { state });
  for (const person of ['ravi', 'kim'])
    await scene.run(scene.activities.remind, {
      state,
      reminder: { key: `ask:${person}`, person, about: { kind: 'claim-lead' } },
    });

  const inside = ['C0ROOM', '19:room', 'DU0KIM', 'Dkim'];
  const outside = scene.chat.messages.filter(({ channel }) => !inside.includes(channel));
  assert.deepEqual([...new Set(outside.map(({ channel }) => channel))], ['DU0RAVI']);
  assert.doesNotMatch(JSON.stringify(outside), /canary/i);
  assert.ok(scene.chat.files.every(({ channel }) => inside.includes(channel)));
  assert.match(JSON.stringify(scene.chat.messages), /canary title/);
});

test('nor is it in what is reported and audited of it, whatever fails', async () => {
  const scene = await incidentScene(stage, { teams: true });
  const state = privateIncident();
  for (const channel of ['C0ROOM', '19:room'])
    scene.chat.fail({ method: 'post', channel, reason: 'forbidden' });
  scene.chat.fail({ method: 'open', channel: 'slack', reason: 'forbidden' });
  const act = { kind: 'rename' as const, title: CANARY };

  const report = [
    await announce(scene, state),
    await scene.run(scene.activities.openRoom, { state, platform: 'slack' }).catch(failureOf),
    await scene
      .run(scene.activities.authorizeIncidentAct, { state, key: 'k', person: 'lee', act })
      .catch(failureOf),
    await scene.audit(),
  ];

  assert.doesNotMatch(JSON.stringify(report), /canary/i);
  assert.match(JSON.stringify(report), /room:slack.*Undeliverable.*incident\.rename/);
});

test('the review is a card and a file in each room; publishing it again changes neither', async () => {
  const scene = await incidentScene(stage);
  const state = openIncident({ status: 'resolved' });

  await scene.run(scene.activities.publishReview, { state });
  await scene.run(scene.activities.publishReview, { state });

  assert.deepEqual(shape(scene), ['C0ROOM incident-review']);
  assert.deepEqual(
    scene.chat.files.map(({ file }) => file.name),
    ['incident-142-review.md'],
  );
  await scene.run(scene.activities.publishReview, { state: { ...state, title: 'Another', revision: 41 } });
  assert.equal(scene.chat.in('C0ROOM').length, 1);
  assert.equal(scene.chat.files.length, 2);
});

test('where bots may put up no files, all of the review is in cards', async () => {
  const scene = await incidentScene(stage);
  scene.chat.takeFiles(false);
  const tasks = Array.from({ length: 60 }, (_, at) => ({
    id: `t${at}`,
    text: `follow-up t${at} of many`,
    followUp: true,
    createdBy: 'kim',
    createdAt: '2026-04-01T10:20:00.000Z',
  }));

  await scene.run(scene.activities.publishReview, { state: openIncident({ tasks }) });
  await scene.run(scene.activities.publishReview, { state: openIncident({ tasks }) });

  const cards = scene.chat.in('C0ROOM').map((message) => lastOf(message, 'incident-review'));
  const lines = cards.flatMap(({ sections }) => sections.flatMap((section) => section.lines));
  assert.ok(cards.length >= 3);
  for (const { id } of tasks)
    assert.ok(
      lines.some((line) => line.includes(`follow-up ${id} `)),
      id,
    );
  assert.ok(cards.slice(1).every(({ actions }) => actions.length === 0));
});

function privateIncident(): IncidentState {
  return openIncident({
    title: CANARY,
    summary: `${CANARY} summary`,
    private: true,
    rooms: ROOMS.map((room) => ({ ...room, name: 'priv-inc-142-canary-title' })),
    escalations: [pagedChain()],
  });
}

function failureOf(error: ApplicationFailure) {
  return { type: error.type, message: error.message, details: error.details };
}

function announce(scene: Scene, state: IncidentState) {
  return scene.run(scene.activities.announceIncident, { state });
}

function tell(scene: Scene, state: IncidentState, changes: Partial<RoomMessage> = {}) {
  return scene.run(scene.activities.tellRooms, { state, message: { ...UPDATE, ...changes } });
}

function remove(scene: Scene, channel: string): void {
  const [message] = scene.chat.in(channel);
  assert.ok(message);
  scene.chat.remove(message);
}
