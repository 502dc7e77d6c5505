import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChatReply } from '../../../src/chat/adapter.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { type DeliveredActivity, inputsOf, readable, seenCard } from '../../support/fake-teams.ts';
import { sampleViews } from '../sample-views.ts';
import { type Harness, KIM, NOOR, postInShop, SHOP, startHarness } from './harness.ts';

const OUTCOME: NoticeView = { kind: 'notice', tone: 'success', text: 'It is recorded.' };
const APPROVAL = { ...sampleViews['approval-open'], audience: undefined };
const FORM = sampleViews.form;

/** From now on the answer comes only when it is given. */
function hang({ answer }: Harness): (reply: ChatReply) => void {
  const { promise, resolve } = Promise.withResolvers<ChatReply>();
  answer(() => promise);
  return resolve;
}

function assertInTime({ status, tookMs }: DeliveredActivity): void {
  assert.equal(status, 200);
  assert.ok(tookMs < 3_000, `${tookMs} ms`);
}

/** Everything anybody was told, with what was edited since. */
function everythingSaid({ teams }: Harness): string {
  return JSON.stringify([teams.world.messages, teams.world.spoken, [...teams.world.dialogs.values()]]);
}

test('a button whose work hangs is answered in time, and a card in the personal chat is edited into the outcome', async (t) => {
  const harness = await startHarness(t);
  const { teams } = harness;
  const card = await postInShop(harness, APPROVAL);
  const before = readable(card.card);
  const come = hang(harness);

  assertInTime(await teams.click(NOOR, card, 'Approve'));
  const told = await teams.until(() => teams.directMessages(NOOR)[0]);
  assert.match(teams.spokenTo(NOOR).join(), /Working on it/);
  assert.match(readable(told.card), /Working on it/);
  come(OUTCOME);

  await teams.until(() => readable(told.card).includes('It is recorded.'));
  assert.equal(teams.directMessages(NOOR).length, 1);
  assert.equal(readable(card.card), before);
  assert.doesNotMatch(everythingSaid(harness), /Not recorded/);
});

test('a dialog whose form hangs says so in time, and the personal chat and the launcher come to tell the rest', async (t) => {
  const harness = await startHarness(t);
  const { teams, answer } = harness;
  answer({ kind: 'open-form', form: FORM });
  await teams.command(KIM, SHOP, 'create');
  const launcher = await teams.until(() => teams.messagesIn(SHOP)[0]);
  await teams.click(KIM, launcher, 'Fill in the form…');
  const come = hang(harness);

  assertInTime(await teams.submit(KIM, { name: 'pr-42' }));
  assert.match(readable(teams.dialogOf(KIM)?.card), /Working on it/);
  const told = await teams.until(() => teams.directMessages(KIM)[0]);
  come(OUTCOME);

  await teams.until(() => readable(told.card).includes('It is recorded.'));
  await teams.until(() => readable(launcher.card).includes('has been sent'));
  assert.equal(teams.directMessages(KIM).length, 1);
  assert.doesNotMatch(everythingSaid(harness), /Not recorded/);
});

test('a form in a message is replaced at once for who sent it, and the message is edited into the outcome', async (t) => {
  const harness = await startHarness(t, ({ tenantIds }) => ({ tenantIds }));
  const { teams, answer } = harness;
  teams.takeAnyToken();
  answer({ kind: 'open-form', form: FORM });
  await teams.command(KIM, 'me', 'create');
  const form = await teams.until(() => teams.directMessages(KIM)[0]);
  const come = hang(harness);

  assertInTime(await teams.click(KIM, form, 'Request', { name: 'pr-42' }));
  assert.match(readable(seenCard(teams.world, KIM, form)), /Working on it/);
  come(OUTCOME);

  await teams.until(() => readable(seenCard(teams.world, KIM, form)).includes('It is recorded.'));
  assert.equal(teams.directMessages(KIM).length, 1);
  assert.doesNotMatch(everythingSaid(harness), /Not recorded/);
});

test('what is wrong with a form is told late with the form as it was filled in, to be sent again', async (t) => {
  const harness = await startHarness(t);
  const { teams, answer, requests } = harness;
  answer({ kind: 'open-form', form: FORM });
  await teams.extension(KIM, SHOP, 'environment.request');
  const come = hang(harness);
  await teams.submit(KIM, { name: 'pr-42' });
  const told = await teams.until(() => teams.directMessages(KIM)[0]);

  come({ kind: 'form-errors', errors: { name: 'That name is taken.' } });
  await teams.until(() => readable(told.card).includes('That name is taken.'));
  assert.equal(inputsOf(told.card).find(({ id }) => id === 'name')?.value, 'pr-42');
  answer(OUTCOME);
  await teams.click(KIM, told, 'Request', { name: 'pr-43' });

  assert.partialDeepStrictEqual(requests.at(-1), { kind: 'form', values: { name: 'pr-43' } });
  await teams.until(() => readable(told.card).includes('It is recorded.'));
});

test('something typed whose work hangs is answered in words, without signs of typing', async (t) => {
  const harness = await startHarness(t);
  const { teams } = harness;
  const come = hang(harness);
  const sent = teams.command(NOOR, SHOP, 'list');

  const told = await teams.until(() => teams.directMessages(NOOR)[0]);
  come(OUTCOME);
  await sent;

  assert.match(readable(told.card), /Working on it/);
  await teams.until(() => readable(told.card).includes('It is recorded.'));
  assert.deepEqual(teams.problems, []);
});
