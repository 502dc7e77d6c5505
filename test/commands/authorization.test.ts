import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action, actorOf, command, createTestContext } from '../support/commands-context.ts';
import { sampleState } from '../support/environment-samples.ts';
import { said } from '../support/replies.ts';

/** Who may do what to Kim's environment of team Shop; Lee leads it, Noor is of another team, Ravi administrates. */
const TABLE: Record<string, string[]> = {
  'environment.delete-confirmed': ['kim', 'lee', 'ravi'],
  'environment.retry': ['kim', 'lee', 'ravi'],
  'environment.roll-back': ['kim', 'lee', 'ravi'],
  'environment.reveal': ['kim', 'lee', 'ravi'],
};
const CALLS: Record<string, string> = {
  'environment.delete-confirmed': 'delete',
  'environment.retry': 'retry',
  'environment.roll-back': 'rollBack',
};

for (const [actionId, allowed] of Object.entries(TABLE)) {
  for (const person of ['kim', 'lee', 'noor', 'ravi']) {
    const may = allowed.includes(person);
    test(`${person} ${may ? 'may' : 'may not'} ${actionId}`, async () => {
      const { dispatch, environments, done, audit, plans } = await withEnvironment();
      const payload = { name: 'pr-42', requestId: environments.get('pr-42')?.requestId ?? '' };
      const before = audit.length;

      const reply = await dispatch(action(actorOf(person), actionId, payload));

      assert.equal(plans.size, 1);
      const effect = done.slice(1).map(({ call }) => call);
      if (!may) {
        assert.match(
          said(reply),
          /^You may not .*pr-42.*\nWhy: .* \(rule default-deny\)\.\nWho can: Kim Sample, Lee Sample/,
        );
        assert.deepEqual(effect, []);
        assert.equal(audit[before]?.outcome, 'refused');
        assert.equal(audit[before]?.subject, 'environment/local/pr-42');
        return;
      }
      if (actionId === 'environment.reveal') assert.equal(reply?.kind, 'open-form');
      else assert.deepEqual(effect, [CALLS[actionId]]);
    });
  }
}

test('somebody without a role may do nothing at all', async () => {
  const { dispatch, directory, done, audit } = createTestContext();
  const kim = directory.people.find(({ id }) => id === 'kim');
  if (kim !== undefined) kim.roles = [];
  const commands = ['', 'create dev pr-1', 'templates', 'list', 'show pr-42', 'delete pr-42', 'explain dev'];

  const replies = await Promise.all(commands.map((text) => dispatch(command(actorOf('kim'), text))));

  for (const reply of replies)
    assert.match(said(reply), /^You may not .*\nWhy: no rule lets somebody without a role/);
  assert.deepEqual(done, []);
  assert.equal(audit.filter(({ outcome }) => outcome === 'refused').length, commands.length);
});

test('a button of an earlier environment of the same name does nothing', async () => {
  const { dispatch, done } = await withEnvironment();

  for (const actionId of Object.keys(TABLE)) {
    const reply = await dispatch(action(actorOf('kim'), actionId, { name: 'pr-42', requestId: 'earlier' }));

    assert.match(said(reply), /belongs to an earlier environment/);
  }
  assert.equal(done.length, 1);
});

async function withEnvironment() {
  const testContext = createTestContext();
  await testContext.dispatch(command(actorOf('kim'), 'create dev pr-42'));
  const state = testContext.environments.get('pr-42');
  testContext.environments.set('pr-42', sampleState({ ...state, phase: 'ready' }));
  return testContext;
}
