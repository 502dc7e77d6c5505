import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Reminder } from '../../activities/incidents/contract.ts';
import { incidentScene, lastOf, openIncident, pagedChain, shape } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

test('a page goes to every platform the person has, once', async () => {
  const scene = await incidentScene(stage, { teams: true });

  assert.deepEqual(await page(scene), { reached: true });
  assert.deepEqual(await page(scene), { reached: true });

  assert.deepEqual(shape(scene), ['DU0KIM page', 'Dkim page']);
  const view = lastOf(scene.chat.in('DU0KIM')[0], 'page');
  assert.deepEqual([view.message, view.actions[0]?.label], ['Please help', 'Acknowledge']);
});

for (const [down, up, name] of [
  ['Dkim', 'DU0KIM', 'Teams'],
  ['DU0KIM', 'Dkim', 'Slack'],
] as const) {
  test(`while ${name} is down the page goes by the other, at once, and says so`, async () => {
    const scene = await incidentScene(stage, { teams: true });
    scene.chat.fail({ method: 'openDirect', channel: down, reason: 'unavailable' });

    const answer = await page(scene);

    assert.deepEqual(answer, { reached: true, reason: `${name} did not take it (unavailable)` });
    assert.deepEqual(shape(scene), [`${up} page`]);
  });
}

test('while both are down it is tried again, no sooner than they ask, and sent once', async () => {
  const scene = await incidentScene(stage, { teams: true });
  scene.chat.fail({ method: 'post', channel: 'Dkim', reason: 'unavailable', times: 1 });
  scene.chat.fail({
    method: 'post',
    channel: 'DU0KIM',
    reason: 'rate-limited',
    retryAfterMs: 20_000,
    times: 1,
  });

  await assert.rejects(page(scene), { type: 'ChatRateLimited', nextRetryDelay: 20_000 });
  await page(scene);

  assert.deepEqual(shape(scene), ['DU0KIM page', 'Dkim page']);
});

test('a page whose answer was lost is not sent again', async () => {
  const scene = await incidentScene(stage);
  scene.chat.fail({ method: 'post', channel: 'DU0KIM', reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(page(scene), { reason: 'unavailable' });
  await page(scene);

  assert.deepEqual(shape(scene), ['DU0KIM page']);
});

test('who cannot be reached for good is not tried again: the next one is asked', async () => {
  const scene = await incidentScene(stage);
  scene.chat.fail({ method: 'post', channel: 'DU0KIM', reason: 'forbidden' });

  const blocked = await page(scene);
  const unlinked = await page(scene, 'sam');
  const left = await page(scene, 'old');

  assert.deepEqual(blocked, { reached: false, reason: 'Slack did not take it (forbidden)' });
  assert.equal(unlinked.reached, false);
  assert.equal(left.reached, false);
  assert.deepEqual(scene.chat.messages, []);
});

test('the same person paged again gets another message, with the state of then', async () => {
  const scene = await incidentScene(stage);
  await page(scene);
  const chain = pagedChain();
  const again = {
    ...chain.pages[0],
    key: 'e1:2:kim',
    person: 'kim',
    level: 0,
    round: 2,
    reached: true,
    at: chain.startedAt,
  };
  const state = openIncident({
    status: 'mitigating',
    revision: 44,
    escalations: [{ ...chain, pages: [...chain.pages, again] }],
  });

  await scene.run(scene.activities.page, { state, escalation: 'e1', record: again });

  const [, second] = scene.chat.in('DU0KIM');
  assert.deepEqual([lastOf(second, 'page').status, lastOf(second, 'page').round], ['mitigating', 2]);
});

test('a page of an escalation that is not there is a failure for good', async () => {
  const scene = await incidentScene(stage);
  const [record] = pagedChain().pages;
  assert.ok(record);

  const paging = scene.run(scene.activities.page, { state: openIncident(), escalation: 'gone', record });

  await assert.rejects(paging, { type: 'WrongState', nonRetryable: true });
});

test('a reminder is sent once by its key, whatever has changed meanwhile', async () => {
  const scene = await incidentScene(stage);
  const reminder: Reminder = { key: 'update:1', person: 'kim', about: { kind: 'update-due' } };
  const remind = (revision: number, key = reminder.key) =>
    scene.run(scene.activities.remind, { state: openIncident({ revision }), reminder: { ...reminder, key } });

  assert.deepEqual(await remind(41), { reached: true });
  await remind(42);
  await remind(43, 'update:2');

  const messages = scene.chat.in('DU0KIM');
  assert.equal(messages.length, 2);
  assert.equal(messages[0]?.shown.length, 1);
  assert.deepEqual(
    await scene.run(scene.activities.remind, {
      state: openIncident(),
      reminder: { ...reminder, person: 'sam' },
    }),
    { reached: false },
  );
});

function page(scene: Scene, person = 'kim') {
  const chain = pagedChain({}, [person]);
  const [record] = chain.pages;
  assert.ok(record);
  return scene.run(scene.activities.page, {
    state: openIncident({ escalations: [chain] }),
    escalation: 'e1',
    record,
  });
}
