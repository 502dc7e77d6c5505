import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountRef } from '../../src/domain/refs.ts';
import { action, actorOf, createTestContext, NOW, peopleCommand } from '../support/commands-context.ts';
import { asNotice, said } from '../support/replies.ts';

const SECOND: AccountRef = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIMTOO' };

/** Kim has a second account, which an administrator has linked. */
function linked() {
  const scene = createTestContext();
  scene.links.push({ account: SECOND, person: 'kim', decidedAt: NOW });
  const kim = scene.directory.people.find(({ id }) => id === 'kim');
  assert.ok(kim);
  kim.accounts = [...kim.accounts, SECOND];
  return scene;
}

/** Whoever reads the answer needs no note besides. */
const isTold = (calls: { call: string }[]) => calls.some(({ call }) => call === 'lookAtLinks');

const press = { ...SECOND, person: 'kim' };

for (const [asker, who] of [
  ['kim', ''],
  ['ravi', 'kim'],
] as const) {
  test(`${asker} unlinks an account with “/user unlink ${who}”, after being asked`, async () => {
    const { dispatch, directory, audit, done: calls } = linked();

    const question = asNotice(await dispatch(peopleCommand(actorOf(asker), 'user', `unlink ${who}`)));
    const [button, ...others] = question.actions ?? [];
    assert.equal(button?.label, 'Unlink slack:T0SAMPLE:U0KIMTOO');
    assert.deepEqual(others, []);
    assert.match(said(question), /stand in manifests\/platform\.yaml are not shown/);
    const done = await dispatch(action(actorOf(asker), button.actionId, button.payload));
    const again = await dispatch(action(actorOf(asker), button.actionId, button.payload));

    assert.match(said(done), /U0KIMTOO is Kim Sample no more/);
    assert.match(said(again), /not linked to kim any more/);
    const kim = directory.people.find(({ id }) => id === 'kim');
    assert.deepEqual(kim?.accounts.length, 1);
    assert.deepEqual(
      audit.map(({ action, actor, subject }) => [action, actor, subject]),
      [['link.end', asker, 'account/slack:T0SAMPLE:U0KIMTOO']],
    );
    assert.equal(isTold(calls), asker !== 'kim');
  });
}

test('nobody unlinks accounts of others, not even with a button they were never shown', async () => {
  const { dispatch, done, audit } = linked();

  const asked = await dispatch(peopleCommand(actorOf('noor'), 'user', 'unlink kim'));
  const pressed = await dispatch(action(actorOf('noor'), 'link.end', press));

  for (const reply of [asked, pressed]) assert.match(said(reply), /You may not unlink accounts of Kim/);
  assert.deepEqual(done, []);
  assert.deepEqual(
    audit.map(({ action }) => action),
    ['access.refused', 'access.refused'],
  );
});

test('what the organisation’s file says stays, and is said', async () => {
  const { dispatch, links, directory, done } = linked();
  const [own] = directory.people.find(({ id }) => id === 'noor')?.accounts ?? [];
  assert.ok(own);

  const none = await dispatch(peopleCommand(actorOf('noor'), 'user', 'unlink'));
  const pressed = await dispatch(action(actorOf('noor'), 'link.end', { ...own, person: 'noor' }));

  for (const reply of [none, pressed]) {
    assert.match(said(reply), /No account was linked to Noor Sample from chat/);
    assert.match(said(reply), /by a pull request/);
  }
  assert.deepEqual(done, []);
  assert.equal(links.length, 1);
});
