import assert from 'node:assert/strict';
import test from 'node:test';
import type { AccountRef } from '../../../src/domain/refs.ts';
import { KIM, NOOR } from './harness.ts';
import { account, announcement, LEE, MARKER, refusal, SPEC, startTeam, threadOf } from './rooms-harness.ts';

test('a private channel takes those of the team in, once, and names who is left out', async (t) => {
  const harness = await startTeam(t);
  const { rooms } = harness;
  const [kim, noor, lee] = [KIM, NOOR, LEE].map((id) => account(harness, id)) as [
    AccountRef,
    AccountRef,
    AccountRef,
  ];
  const { conversation } = await rooms.open({ ...SPEC, private: true, owner: kim });

  const { left } = await rooms.invite(conversation, [kim, lee, noor]);
  const again = await rooms.invite(conversation, [kim, noor]);

  assert.deepEqual(left, [lee]);
  assert.deepEqual(again.left, []);
  assert.deepEqual(harness.channels[0]?.members, [KIM, NOOR]);
  assert.deepEqual(harness.teams.problems, []);
});

test('while Graph is down nobody counts as left out', async (t) => {
  const harness = await startTeam(t);
  const { conversation } = await harness.rooms.open({
    ...SPEC,
    private: true,
    owner: account(harness, KIM),
  });
  harness.teams.failGraph('add-member', { kind: 'drop-before' });

  const down = await refusal(harness.rooms.invite(conversation, [account(harness, NOOR)]));

  assert.equal(down.reason, 'unavailable');
});

test('a standard channel and a thread are open to whoever is there already', async (t) => {
  const harness = await startTeam(t);
  const { conversation } = await harness.rooms.open(SPEC);
  const thread = threadOf(harness);

  for (const room of [conversation, thread])
    assert.deepEqual(await harness.rooms.invite(room, [account(harness, LEE)]), { left: [] });

  assert.ok(!harness.teams.graphCalls.includes('add-member'));
});

test('the topic becomes the description, keeps our mark, and is not set twice', async (t) => {
  const harness = await startTeam(t);
  const { conversation } = await harness.rooms.open(SPEC);

  await harness.rooms.setTopic(conversation, 'SEV2 · triaging (soon) · lead Kim');
  await harness.rooms.setTopic(conversation, 'SEV2 · triaging (soon) · lead Kim');
  const again = await harness.rooms.open(SPEC);

  assert.equal(harness.channels[0]?.description, `SEV2 · triaging (soon) · lead Kim (${MARKER})`);
  assert.equal(harness.teams.graphCalls.filter((call) => call === 'change-channel').length, 1);
  assert.deepEqual(again.conversation, conversation);
});

test('a channel is archived once, and a thread is simply left', async (t) => {
  const harness = await startTeam(t);
  const { conversation } = await harness.rooms.open(SPEC);

  await harness.rooms.archive(conversation);
  await harness.rooms.archive(conversation);
  await harness.rooms.archive(threadOf(harness));

  assert.equal(harness.channels[0]?.isArchived, true);
  assert.deepEqual(harness.teams.problems, []);
});

test('what Teams has nothing like is said to be missing there', async (t) => {
  const harness = await startTeam(t);
  const thread = threadOf(harness);

  const reasons = [
    await refusal(harness.rooms.setTopic(thread, 'topic')),
    await refusal(harness.rooms.pin(announcement(harness))),
    await refusal(harness.rooms.bookmark(thread, [])),
  ].map(({ reason }) => reason);

  assert.deepEqual(reasons, ['invalid', 'invalid', 'invalid']);
  assert.equal(harness.adapter.upload, undefined);
});
