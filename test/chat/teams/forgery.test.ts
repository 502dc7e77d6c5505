import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { conversationRefSchema } from '../../../src/domain/refs.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { buttonsOf, readable } from '../../support/fake-teams.ts';
import type { Card } from '../../support/fake-teams-world.ts';
import { sampleViews } from '../sample-views.ts';
import { type Harness, KIM, NOOR, SHOP, startHarness } from './harness.ts';

/** A client may send whatever it likes as a card's data; Teams vouches only for who sent it, and from where. */

const OTHER = '19:approvals@thread.tacv2';
const NOTICE: NoticeView = {
  kind: 'notice',
  tone: 'success',
  text: 'Requested, its card is where you asked.',
};
const REFUSED = /was not made for you in this chat/;

/** Kim has a form open that belongs to the shop channel, and has not sent it. */
async function openForm(t: TestContext): Promise<Harness & { data: Card; send: Send }> {
  const harness = await startHarness(t);
  const { teams, answer } = harness;
  teams.addChannel({ id: OTHER, name: 'Approvals', members: [KIM, NOOR] });
  const origin = { platform: 'teams', tenantId: teams.world.tenantId, conversationId: SHOP, serviceUrl: '-' };
  const context = { origin: JSON.stringify(origin) };
  answer({ kind: 'open-form', form: { ...sampleViews.form, context } });
  await teams.extension(KIM, SHOP, 'environment.request');
  answer(NOTICE);
  const [submit] = buttonsOf(teams.dialogOf(KIM)?.card);
  const send: Send = async (data, { user = KIM, place = SHOP } = {}) => {
    const activity = teams.activityOf(user, place, {
      type: 'invoke',
      name: 'task/submit',
      value: { data: { ...data, name: 'pr-42' } },
    });
    const { status, body } = await teams.sendRaw(activity, `Bearer ${await teams.tokens.token()}`);
    assert.equal(status, 200);
    return JSON.stringify(body);
  };
  return { ...harness, data: structuredClone(submit.data), send };
}

type Send = (data: Card, from?: { user?: string; place?: string }) => Promise<string>;

test('a form that comes back as it was drawn is taken', async (t) => {
  const { requests, data, send } = await openForm(t);

  assert.match(await send(data), /Requested/);
  assert.equal(requests.at(-1)?.kind, 'form');
});

test('a form that names another conversation for its card is refused, and nothing is requested', async (t) => {
  const { requests, data, send } = await openForm(t);
  const origin = { ...JSON.parse(data.purser.form.context.origin), conversationId: OTHER };
  data.purser.form.context.origin = JSON.stringify(origin);

  assert.match(await send(data), REFUSED);
  assert.ok(requests.every(({ kind }) => kind !== 'form'));
});

test('a form that was moved to another conversation or to another person is refused', async (t) => {
  const { requests, data, send } = await openForm(t);

  assert.match(await send(data, { place: OTHER }), REFUSED);
  assert.match(await send(data, { user: NOOR }), REFUSED);
  assert.match(await send(data, { place: 'me' }), REFUSED);
  assert.ok(requests.every(({ kind }) => kind !== 'form'));
});

test('a form without a seal is none of ours', async (t) => {
  const { requests, data, send } = await openForm(t);
  delete data.purser.seal;

  assert.match(await send(data), /older version/);
  assert.ok(requests.every(({ kind }) => kind !== 'form'));
});

test('a forged form from a client that knows no Action.Execute is refused in private', async (t) => {
  const { teams, requests, data } = await openForm(t);
  data.purser.form.context.origin = '{}';
  const activity = teams.activityOf(KIM, SHOP, { type: 'message', value: data });

  await teams.sendRaw(activity, `Bearer ${await teams.tokens.token()}`);

  const told = await teams.until(() => teams.directMessages(KIM)[0]);
  assert.match(readable(told.card), REFUSED);
  assert.ok(requests.every(({ kind }) => kind !== 'form'));
});

test('what was typed is asked where the button is pressed, whatever the button says', async (t) => {
  const { requests, send } = await openForm(t);
  const source = {
    platform: 'teams',
    tenantId: 'tenant',
    conversationId: OTHER,
    serviceUrl: 'https://x.test/',
  };

  await send({ purser: { kind: 'command', text: 'create dev', source } });

  const request = requests.at(-1);
  assert.equal(request?.kind, 'command');
  const asked = conversationRefSchema.parse(request?.kind === 'command' ? request.source : undefined);
  assert.equal(asked.platform === 'teams' && asked.conversationId, SHOP);
});
