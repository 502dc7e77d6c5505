import assert from 'node:assert/strict';
import test from 'node:test';
import type { NoticeView } from '../../../src/domain/views.ts';
import type { Fault } from '../../support/fake-faults.ts';
import { buttonsOf, readable } from '../../support/fake-teams.ts';
import { sampleViews } from '../sample-views.ts';
import { createTestClock, KIM, postInShop, SHOP, startHarness } from './harness.ts';

const LIST = sampleViews['environment-list'];
const NOTICE: NoticeView = { kind: 'notice', tone: 'success', text: 'Done, for you alone.' };

const FAULTS: { title: string; fault: Fault; atLeastMs: number }[] = [
  { title: '429', fault: { kind: 'rate-limited', retryAfter: 9 }, atLeastMs: 18_000 },
  { title: '412', fault: { kind: 'http', status: 412, code: 'PreconditionFailed' }, atLeastMs: 2_000 },
  { title: '502', fault: { kind: 'http', status: 502, code: 'BadGateway' }, atLeastMs: 3_000 },
  { title: 'nothing', fault: { kind: 'drop-before' }, atLeastMs: 3_000 },
];

for (const { title, fault, atLeastMs } of FAULTS) {
  test(`the answer to env list gets through though Teams answers ${title} twice`, async (t) => {
    const clock = createTestClock();
    const { teams, answer } = await startHarness(t, undefined, clock);
    answer(LIST);
    teams.fail('post', fault, 2);
    const began = clock.now();

    await teams.command(KIM, SHOP, 'list');

    const told = await teams.until(() => teams.directMessages(KIM)[0]);
    assert.match(readable(told.card), new RegExp(LIST.title));
    assert.ok(clock.now() - began >= atLeastMs, `waited ${clock.now() - began} ms`);
    assert.equal(teams.callsOf('post').length, 3);
  });
}

test('a personal chat that cannot be opened at once is opened later', async (t) => {
  const { teams, answer } = await startHarness(t, undefined, createTestClock());
  answer(LIST);
  teams.fail('create', { kind: 'http', status: 502, code: 'BadGateway' });

  await teams.command(KIM, SHOP, 'list');

  await teams.until(() => teams.directMessages(KIM)[0]);
});

test('Teams that stays down is not asked for ever', async (t) => {
  const { teams, adapter, answer } = await startHarness(t, undefined, createTestClock());
  answer(LIST);
  teams.fail('post', { kind: 'http', status: 502, code: 'BadGateway' }, 100);

  await teams.command(KIM, SHOP, 'list');
  await adapter.stop();

  assert.equal(teams.callsOf('post').length, 4);
});

const LARGE: NoticeView = {
  ...NOTICE,
  actions: Array.from({ length: 6 }, (_, index) => ({
    actionId: 'environment.show',
    label: `Show ${index}`,
    payload: { name: 'x'.repeat(9_000) },
  })),
};

test('an answer that cannot be drawn is said to be there all the same', async (t) => {
  const { teams, answer } = await startHarness(t);
  answer(LARGE);

  await teams.command(KIM, SHOP, 'list');

  const told = await teams.until(() => teams.directMessages(KIM)[0]);
  assert.match(readable(told.card), /could not be shown\. env list tells/);
});

test('an answer that Teams finds too large is said to be there all the same', async (t) => {
  const { teams, answer } = await startHarness(t);
  answer(LIST);
  teams.fail('post', { kind: 'http', status: 413, code: 'MessageSizeTooBig' });

  await teams.command(KIM, SHOP, 'list');

  const told = await teams.until(() => teams.directMessages(KIM)[0]);
  assert.match(readable(told.card), /could not be shown/);
});

test('a message that Teams delivers again is not answered again', async (t) => {
  const { teams, adapter, answer } = await startHarness(t);
  const seen = new Set<string>();
  answer(async ({ dedupeKey }) => {
    if (seen.has(dedupeKey)) return undefined;
    seen.add(dedupeKey);
    return NOTICE;
  });
  const delivered = await teams.command(KIM, 'me', 'list');

  await teams.redeliver(delivered);
  await adapter.stop();

  assert.equal(teams.directMessages(KIM).length, 1);
});

test('words beside a card hold no link, mention, function or hidden character, and spell commands as Teams does', async (t) => {
  const harness = await startHarness(t);
  const { teams, answer } = harness;
  const card = await postInShop(harness, { ...sampleViews['approval-open'], audience: undefined });
  answer({
    ...NOTICE,
    text: 'Denied: [free](https://evil.test) <at>all</at> {{DATE(2026-01-01T00:00:00Z,SHORT)}} \u202egnp',
    details: ['[a]: https://evil.test', 'Type /env list.'],
  });

  await teams.click(KIM, card, 'Approve');

  const [said = ''] = teams.spokenTo(KIM);
  assert.match(said, /^Denied: \[free\]/);
  assert.doesNotMatch(said, /\]\(|\]:|<at|\{\{|\u202e/);
  assert.match(said, /Type env list\./);
});

test('the launcher in a channel ends as a note that the form was sent, and says nothing of the answer', async (t) => {
  const { teams, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: sampleViews.form });
  await teams.command(KIM, SHOP, 'create');
  const launcher = await teams.until(() => teams.messagesIn(SHOP)[0]);
  await teams.click(KIM, launcher, 'Fill in the form…');
  answer({ kind: 'update-form', form: sampleViews.form });
  await teams.submit(KIM, { name: 'pr-42' }, 'Update the preview');
  answer({ kind: 'form-errors', errors: { name: 'That name is taken.' } });
  await teams.submit(KIM, { name: 'pr-42' });
  const open = buttonsOf(launcher.card).length;
  answer(NOTICE);

  await teams.submit(KIM, { name: 'pr-43' });

  await teams.until(() => readable(launcher.card).includes('The form has been sent.'));
  assert.equal(open, 1);
  assert.deepEqual(buttonsOf(launcher.card), []);
  assert.doesNotMatch(readable(launcher.card), /for you alone/);
});

test('the launcher in the personal chat becomes the answer', async (t) => {
  const { teams, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: sampleViews.form });
  await teams.command(KIM, 'me', 'create');
  const launcher = await teams.until(() => teams.directMessages(KIM)[0]);
  await teams.click(KIM, launcher, 'Fill in the form…');
  answer(NOTICE);

  await teams.submit(KIM, { name: 'pr-42' });

  await teams.until(() => readable(launcher.card).includes('Done, for you alone.'));
  assert.deepEqual(buttonsOf(launcher.card), []);
});
