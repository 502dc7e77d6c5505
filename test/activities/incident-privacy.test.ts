import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IncidentState } from '../../src/domain/incidents.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { incidentScene, lastOf, openIncident, pagedChain } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const CANARY = /canary/i;
const TITLE = 'Canary keys leaked';

test('every message that was public says only that it goes on in private, and whom to ask', async () => {
  const { scene, state } = await publicLife();

  await redact(scene, state);

  const shown = outside(scene).map((message) => lastOf(message, 'notice'));
  assert.equal(shown.length, 6);
  for (const view of shown) {
    assert.equal(view.text, '#142 goes on in private.');
    assert.deepEqual(view.details, ['Ask Lee Sample if you need to know of it.']);
  }
});

test('its people keep what they got directly; whoever is in it no more does not', async () => {
  const { scene, state } = await publicLife();

  await redact(scene, state);

  assert.match(lastOf(scene.chat.in('DU0KIM')[0], 'page').title, CANARY);
  assert.equal(scene.chat.in('DU0RAVI').length, 1);
  assert.equal(lastOf(scene.chat.in('DU0RAVI')[0], 'notice').text, '#142 goes on in private.');
});

test('the former room tells neither what it was about nor where it goes on, and is told once', async () => {
  const { scene, state } = await publicLife();

  await redact(scene, state);
  await redact(scene, state);

  const [room] = scene.chat.rooms;
  assert.equal(room?.spec.name, 'inc-142');
  assert.deepEqual(room?.topics, ['#142 goes on in private.']);
  assert.deepEqual(room?.bookmarks, []);
  const moved = scene.chat.messages.filter(({ key }) => key.includes(':moved:'));
  assert.deepEqual(
    moved.map(({ channel }) => channel),
    [room?.channel],
  );
});

test('killed after any message: the next attempt takes back the others, and nothing twice', async () => {
  const { scene, state } = await publicLife();
  scene.chat.fail({ method: 'update', channel: 'C0SALES', reason: 'unavailable', times: 1 });
  const channel = scene.chat.rooms[0]?.channel ?? '';
  scene.chat.fail({ method: 'post', channel, reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(redact(scene, state));
  await redact(scene, state);

  assert.doesNotMatch(JSON.stringify(outside(scene).map(({ shown }) => shown.at(-1))), CANARY);
  assert.equal(outside(scene).length, 6);
});

test('what comes late from before never shows again over what was taken back', async () => {
  const { scene, state, before: earlier } = await publicLife();
  await redact(scene, state);

  await scene.run(scene.activities.announceIncident, {
    state: { ...earlier, revision: earlier.revision + 5 },
  });
  await tell(scene, earlier);

  assert.doesNotMatch(JSON.stringify(outside(scene).map(({ shown }) => shown.at(-1))), CANARY);
});

test('a message whose answer was lost is found and taken back as well', async () => {
  const scene = await incidentScene(stage);
  const earlier = openIncident({ title: TITLE, rooms: [] });
  scene.chat.fail({ method: 'post', channel: 'C0NEWS', reason: 'unavailable', committed: true, times: 1 });
  await assert.rejects(scene.run(scene.activities.announceIncident, { state: earlier }));

  await redact(scene, switched(earlier));

  assert.equal(lastOf(scene.chat.in('C0NEWS')[0], 'notice').text, '#142 goes on in private.');
});

test('the new room is made, told and headed as any other', async () => {
  const { scene, state } = await publicLife();
  await redact(scene, state);

  const room = await scene.run(scene.activities.openRoom, {
    state: { ...state, rooms: [] },
    platform: 'slack',
  });
  const inside = { ...state, rooms: [room] };
  await scene.run(scene.activities.announceIncident, { state: inside });
  await tell(scene, inside);
  await redact(scene, inside);

  assert.equal(scene.chat.rooms.at(-1)?.spec.private, true);
  const channel = scene.chat.rooms.at(-1)?.channel ?? '';
  assert.deepEqual(
    scene.chat.in(channel).map(({ shown }) => shown.at(-1)?.kind),
    ['incident', 'incident-event'],
  );
  assert.match(lastOf(scene.chat.in(channel)[0], 'incident').title, CANARY);
});

test('the file of its review is taken back, however often it was put there, and what cannot be is named', async () => {
  const { scene, before: earlier, state } = await publicLife();
  const resolution = { cause: 'canary', fix: 'seeds', by: 'lee', at: '2026-04-01T09:42:00.000Z' };
  await scene.run(scene.activities.publishReview, { state: { ...earlier, resolution } });
  const [file] = scene.chat.files;
  assert.ok(file);
  scene.chat.files.push(file);
  scene.chat.fail({ method: 'removeFiles', channel: file.channel, reason: 'unavailable', times: 1 });
  scene.chat.fail({ method: 'removeFiles', channel: file.channel, reason: 'forbidden', times: 1 });

  await assert.rejects(redact(scene, state));
  await assert.rejects(
    redact(scene, state),
    /the draft of its review could not be changed \(removeFiles: forbidden\)/,
  );
  assert.equal(scene.chat.files.length, 2);
  await redact(scene, state);

  assert.deepEqual(scene.chat.files, []);
  assert.doesNotMatch(JSON.stringify(outside(scene).map(({ shown }) => shown.at(-1))), CANARY);
});

test('what the platform refuses to change is counted, with what to do by hand', async () => {
  const { scene, state } = await publicLife();
  scene.chat.fail({ method: 'update', channel: 'C0SALES', reason: 'forbidden' });
  scene.chat.fail({ method: 'cover', channel: scene.chat.rooms[0]?.channel ?? '', reason: 'forbidden' });

  await assert.rejects(redact(scene, state), (error: Error & { type?: string; nonRetryable?: boolean }) => {
    assert.deepEqual([error.type, error.nonRetryable], ['Undeliverable', true]);
    assert.match(error.message, /^Name and topic of its former room and one message could not be changed/);
    assert.match(error.message, /Delete by hand what still tells of it, then retry\.$/);
    return true;
  });
});

test('both rooms are archived in the end', async () => {
  const { scene, state } = await publicLife();
  const room = await scene.run(scene.activities.openRoom, {
    state: { ...state, rooms: [] },
    platform: 'slack',
  });

  await scene.run(scene.activities.archiveRoom, { state: { ...state, rooms: [room] }, platform: 'slack' });

  assert.deepEqual(
    scene.chat.rooms.map(({ archived }) => archived),
    [true, true],
  );
});

/** Announced on both platforms, told in its room and to stakeholders, Kim paged, Ravi asked something; then private. */
async function publicLife(): Promise<{ scene: Scene; before: IncidentState; state: IncidentState }> {
  const scene = await incidentScene(stage, { teams: true });
  const link = { title: 'Canary runbook', url: 'https://runbook.test/canary' };
  const rules = {
    ...openIncident().rules,
    service: { id: 'canary', title: 'Canary', runbooks: [link], dashboards: [] },
  };
  const blank = openIncident({ title: TITLE, rules, rooms: [], escalations: [pagedChain()] });
  const room = await scene.run(scene.activities.openRoom, { state: blank, platform: 'slack' as Platform });
  const earlier = { ...blank, rooms: [room] };
  await scene.run(scene.activities.announceIncident, { state: earlier });
  for (const what of ['topic', 'bookmarks'] as const)
    await scene.run(scene.activities.dressRoom, { state: earlier, platform: 'slack' as Platform, what });
  const [chain] = earlier.escalations;
  const record = chain?.pages[0] ?? assert.fail();
  await scene.run(scene.activities.page, { state: earlier, escalation: 'e1', record });
  await scene.run(scene.activities.remind, {
    state: { ...earlier, members: ['ravi'] },
    reminder: { key: 'lead', person: 'ravi', about: { kind: 'claim-lead' as const } },
  });
  await tell(scene, earlier);
  return { scene, before: earlier, state: switched(earlier) };
}

function switched(earlier: IncidentState): IncidentState {
  return {
    ...earlier,
    private: true,
    rooms: [],
    madePrivate: { by: 'lee', at: '2026-04-01T09:45:00.000Z', ask: 'lee', formerRooms: earlier.rooms },
    revision: earlier.revision + 1,
  };
}

async function tell(scene: Scene, state: IncidentState): Promise<void> {
  const message = {
    key: 'update-1',
    glyph: '📣',
    headline: 'Update',
    at: '2026-04-01T09:41:00.000Z',
    quotes: [{ label: 'What', text: 'The canary flew off' }],
    stakeholders: true,
  };
  await scene.run(scene.activities.tellRooms, { state, message });
}

async function redact(scene: Scene, state: IncidentState): Promise<void> {
  for (const platform of ['slack', 'teams'] as const)
    await scene.run(scene.activities.redactIncident, { state, platform }, `redact-${platform}`);
}

/** Everything but direct messages and private rooms. */
function outside({ chat }: Scene) {
  const inPrivate = chat.rooms.filter(({ spec }) => spec.private).map(({ channel }) => channel);
  return chat.messages.filter(({ channel }) => !/^D/.test(channel) && !inPrivate.includes(channel));
}
