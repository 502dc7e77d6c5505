import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { FormView } from '../../../src/domain/forms.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { buttonsOf, readable } from '../../support/fake-teams.ts';
import { sampleViews } from '../sample-views.ts';
import { KIM, NOOR, SHOP, startHarness } from './harness.ts';

/** Where no dialog opens, as in the Playground: forms and questions stand in the chat. */

const GROUP = '19:group@thread.v2';
const DONE: NoticeView = { kind: 'notice', tone: 'success', text: 'Done, for you alone.' };
const QUESTION: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Delete “pr-42”?',
  actions: [
    {
      actionId: 'environment.delete-confirmed',
      label: 'Delete it',
      style: 'danger',
      payload: { name: 'pr-42', requestId: 'request-1' },
    },
  ],
};
const DENIAL: FormView = sampleViews['form-deny'];

async function withoutDialogs(t: TestContext) {
  const harness = await startHarness(t, ({ tenantIds }) => ({ tenantIds }));
  const { teams } = harness;
  teams.takeAnyToken();
  teams.addChannel({ id: GROUP, name: 'Group', members: [KIM, NOOR] });
  const placeOf = (conversationId: string) => ({
    platform: 'teams' as const,
    tenantId: teams.world.tenantId,
    conversationId,
    serviceUrl: teams.config.apiUrl,
  });
  return { ...harness, placeOf };
}

for (const [where, place] of Object.entries({ 'a group chat': GROUP, 'a channel': SHOP })) {
  test(`in ${where} a form goes to the personal chat, and is taken from there`, async (t) => {
    const { teams, requests, answer } = await withoutDialogs(t);
    answer({ kind: 'open-form', form: sampleViews.form });
    await teams.command(KIM, place, 'create dev');
    const form = await teams.until(() => teams.directMessages(KIM)[0]);
    answer(DONE);

    await teams.click(KIM, form, 'Request', { name: 'pr-42' });

    assert.partialDeepStrictEqual(requests[0], {
      kind: 'command',
      text: 'create dev',
      source: { conversationId: place },
    });
    assert.partialDeepStrictEqual(requests[1], { kind: 'form', phase: 'submit', values: { name: 'pr-42' } });
    await teams.until(() => readable(form.card).includes('Done, for you alone.'));
    assert.deepEqual(teams.messagesIn(place), []);
    assert.deepEqual(buttonsOf(form.card), []);
    assert.deepEqual(teams.problems, []);
  });
}

test('a question before a deletion stands in the personal chat, and its answer takes its place', async (t) => {
  const { teams, adapter, requests, answer, placeOf } = await withoutDialogs(t);
  await adapter.post(placeOf(GROUP), sampleViews['environment-ready'], 'key-1');
  const [card] = teams.messagesIn(GROUP);
  assert.ok(card);
  answer(QUESTION);
  await teams.click(KIM, card, 'Delete…');
  const question = await teams.until(() => teams.directMessages(KIM)[0]);
  answer(DONE);

  await teams.click(KIM, question, 'Delete it');

  assert.deepEqual(
    requests.map((request) => request.kind === 'action' && request.actionId),
    ['environment.delete', 'environment.delete-confirmed'],
  );
  await teams.until(() => readable(question.card).includes('Done, for you alone.'));
  assert.deepEqual(buttonsOf(question.card), []);
  assert.equal(teams.directMessages(KIM).length, 1);
  assert.equal(teams.messagesIn(GROUP).length, 1);
});

test('a denial asks for its reason in the personal chat, says what is wrong with it, and ends there', async (t) => {
  const { teams, adapter, requests, answer, placeOf } = await withoutDialogs(t);
  await teams.say(NOOR, 'me', 'hello');
  const direct = await adapter.openDirect({
    platform: 'teams',
    tenantId: teams.world.tenantId,
    aadObjectId: NOOR,
  });
  await adapter.post(direct, sampleViews['approval-open'], 'key-1');
  await adapter.post(placeOf(GROUP), sampleViews['approval-open'], 'key-2');
  const [card] = teams.directMessages(NOOR);
  assert.ok(card);
  answer({ kind: 'open-form', form: DENIAL });
  await teams.click(NOOR, card, 'Deny…');
  const form = await teams.until(() => teams.directMessages(NOOR)[1]);
  answer({ kind: 'form-errors', errors: { reason: 'Please say why, in a few words.' } });
  await teams.click(NOOR, form, DENIAL.submitLabel, { reason: 'x' });
  await teams.until(() => readable(form.card).includes('Please say why, in a few words.'));
  answer(DONE);

  await teams.click(NOOR, form, DENIAL.submitLabel, { reason: 'Size m is enough.' });

  assert.partialDeepStrictEqual(requests.at(-1), {
    kind: 'form',
    formId: 'environment.deny',
    values: { reason: 'Size m is enough.' },
  });
  await teams.until(() => readable(form.card).includes('Done, for you alone.'));
  assert.equal(teams.directMessages(NOOR).length, 2);
  assert.deepEqual(teams.problems, []);
});
