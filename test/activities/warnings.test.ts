import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EnvironmentState } from '../../src/domain/environments.ts';
import { sampleState } from '../support/environment-samples.ts';
import { createStage, type Scene, SHOP_CHANNEL } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

test('the owner is warned directly, else where they asked, else the leads, else where approvals are posted', async () => {
  const scene = await stage.scene();
  const input = { state: sampleState(), origin: SHOP_CHANNEL, leftMs: 1_800_000 };

  await scene.run(scene.activities.warnOfExpiry, input);
  scene.chat.fail({ method: 'openDirect', channel: 'DU0KIM', reason: 'forbidden' });
  await scene.run(scene.activities.warnOfExpiry, { ...input, leftMs: 60_000 });
  scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'forbidden' });
  await scene.run(scene.activities.warnOfExpiry, { ...input, leftMs: 50_000 });
  scene.chat.fail({ method: 'openDirect', channel: 'DU0LEE', reason: 'forbidden' });
  await scene.run(scene.activities.warnOfExpiry, { ...input, leftMs: 40_000 });
  scene.chat.fail({ method: 'post', channel: 'C0APPROVAL', reason: 'forbidden' });
  const last = scene.run(scene.activities.warnOfExpiry, { ...input, leftMs: 1_000 });

  await assert.rejects(last, { type: 'Undeliverable', nonRetryable: true });
  assert.deepEqual(
    scene.chat.messages.map(({ channel }) => channel),
    ['DU0KIM', 'C0SHOP', 'DU0LEE', 'C0APPROVAL'],
  );
});

test('the leads are warned when the owner has left', async () => {
  const scene = await stage.scene();
  const kim = scene.directory.people.find(({ id }) => id === 'kim');
  assert.ok(kim);
  kim.active = false;

  await scene.run(scene.activities.warnOfExpiry, {
    state: sampleState(),
    origin: SHOP_CHANNEL,
    leftMs: 1_800_000,
  });

  assert.deepEqual(
    scene.chat.messages.map(({ channel }) => channel),
    ['DU0LEE'],
  );
});

test('what keeps an environment is told once, then where approvals are posted, and taken back once it is gone', async () => {
  const scene = await stage.scene();
  const since = '2026-04-08T09:05:00.000Z';
  const stuck = sampleState({ phase: 'deleting', revision: 9, leftovers: ['Secret data: finalizer keep'] });
  const texts = (channel: string) => {
    const [message] = scene.chat.in(channel);
    return message?.shown.map((view) => (view.kind === 'notice' ? view.text : view.kind));
  };

  await announce(scene, stuck);
  assert.deepEqual(scene.chat.in('DU0KIM'), []);
  await announce(scene, { ...stuck, revision: 10, removal: { since, told: 'requester' } });
  assert.deepEqual(scene.chat.in('C0APPROVAL'), []);
  await announce(scene, { ...stuck, revision: 11, removal: { since, told: 'approval-channels' } });
  await announce(scene, {
    ...stuck,
    phase: 'gone',
    end: 'deleted',
    leftovers: [],
    revision: 12,
    removal: { since, told: 'approval-channels' },
  });

  const both = [
    '“pr-42” is not gone yet: something keeps it.',
    '“pr-42” is gone now: nothing keeps it any more.',
  ];
  assert.deepEqual(texts('DU0KIM'), both);
  assert.deepEqual(texts('C0APPROVAL'), both);
  const [note] = scene.chat.in('DU0KIM')[0]?.shown ?? [];
  assert.match((note?.kind === 'notice' && note.details?.join()) || '', /Secret data: finalizer keep/);
});

function announce(scene: Scene, state: EnvironmentState) {
  return scene.run(scene.activities.announce, { state, origin: SHOP_CHANNEL });
}
