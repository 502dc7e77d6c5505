import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HomeView } from '../../src/domain/views.ts';
import { activeGrant, sampleGrant, sampleStage, sampleVote } from '../support/access-samples.ts';
import { actorOf, command, createTestContext } from '../support/commands-context.ts';

async function homeOf(scene: ReturnType<typeof createTestContext>, person: string): Promise<HomeView> {
  const reply = await scene.dispatch({ ...command(actorOf(person), ''), kind: 'home' });
  assert.equal(reply?.kind, 'home');
  return reply as HomeView;
}

test('home shows what one has for a while, what ends first first, and nothing of others', async () => {
  const scene = createTestContext();
  scene.grants.add(sampleGrant({ id: 'aaaaaaaaaa' }));
  scene.grants.add(activeGrant({ id: 'bbbbbbbbbb', endsAt: '2026-04-02T10:00:00.000Z' }));
  scene.grants.add(activeGrant({ id: 'cccccccccc', endsAt: '2026-04-01T11:00:00.000Z' }));

  const [kim, noor] = [await homeOf(scene, 'kim'), await homeOf(scene, 'noor')];

  assert.deepEqual(
    kim.access.map(({ text }) => text),
    ['cccccccccc', 'bbbbbbbbbb', 'aaaaaaaaaa'].map((id) => `Edit in the cluster (${id})`),
  );
  assert.deepEqual(noor.access, []);
  assert.ok(kim.actions.some(({ actionId }) => actionId === 'access.request'));
});

test('a request waits for whoever is asked now and has not voted, with the buttons', async () => {
  const two = { needed: 2, approvers: ['lee', 'ravi'] };
  const scene = createTestContext();
  scene.grants.add(sampleGrant({ stages: [sampleStage({ ...two, votes: [sampleVote('lee')] })] }));

  const waiting = await Promise.all(
    ['ravi', 'lee', 'noor', 'kim'].map(async (who) => (await homeOf(scene, who)).awaitingMe),
  );

  assert.deepEqual(
    waiting.map((items) => items.map(({ title }) => title)),
    [['Edit in the cluster for Kim Sample'], [], [], []],
  );
  assert.deepEqual(
    waiting[0]?.[0]?.actions.map(({ actionId }) => actionId),
    ['access.approve', 'access.deny'],
  );
});

test('where there is nothing to ask for, nobody is offered to', async () => {
  const home = await homeOf(createTestContext({ access: { entitlements: async () => [] } }), 'kim');

  assert.ok(home.actions.every(({ actionId }) => actionId !== 'access.request'));
});
