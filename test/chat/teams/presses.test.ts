import assert from 'node:assert/strict';
import test from 'node:test';
import type { NoticeView } from '../../../src/domain/views.ts';
import { sampleViews } from '../sample-views.ts';
import { KIM, NOOR, postInShop, startHarness } from './harness.ts';

const APPROVAL = { ...sampleViews['approval-open'], audience: undefined };
const RECORDED: NoticeView = { kind: 'notice', tone: 'success', text: 'Your approval is recorded.' };

test('a press that Teams’ client repeats twice under other ids has one effect and one answer', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests, answer } = harness;
  const card = await postInShop(harness, APPROVAL);
  let approvals = 0;
  answer(async () => {
    approvals += 1;
    return { ...RECORDED, text: `Approval ${approvals} is recorded.` };
  });
  const sent = await teams.click(NOOR, card, 'Approve');

  const repeated = await Promise.all([teams.redeliver(sent, 'fresh'), teams.redeliver(sent, 'fresh')]);

  assert.equal(requests.length, 1);
  assert.deepEqual(
    repeated.map(({ body }) => body),
    [sent.body, sent.body],
  );
});

test('after a refusal the same button asks again', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests, answer } = harness;
  const card = await postInShop(harness, APPROVAL);
  answer({ ...RECORDED, tone: 'warning', text: 'Not recorded. Please try again in a moment.' });
  await teams.click(NOOR, card, 'Approve');
  answer(RECORDED);

  await teams.click(NOOR, card, 'Approve');

  assert.equal(new Set(requests.map(({ dedupeKey }) => dedupeKey)).size, 2);
  assert.match(teams.spokenTo(NOOR).at(-1) ?? '', /is recorded/);
});

test('somebody else’s press, and one on the card as it was drawn anew, are presses of their own', async (t) => {
  const harness = await startHarness(t);
  const { teams, requests, adapter, answer } = harness;
  const card = await postInShop(harness, APPROVAL);
  answer(RECORDED);
  await teams.click(NOOR, card, 'Approve');
  await teams.click(KIM, card, 'Approve');
  const place = { tenantId: teams.world.tenantId, serviceUrl: teams.config.apiUrl };

  await adapter.update(
    { platform: 'teams', conversationId: card.conversation, activityId: card.id, ...place },
    APPROVAL,
  );
  await teams.click(NOOR, card, 'Approve');

  assert.equal(requests.length, 3);
});
