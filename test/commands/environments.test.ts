import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENVIRONMENT_COMMANDS } from '../../src/commands/environments-spec.ts';
import { action, actorOf, command, createTestContext } from '../support/commands-context.ts';
import { sampleDirectory, sampleState } from '../support/environment-samples.ts';
import { asNotice, said } from '../support/replies.ts';

test('help shows every command with its examples', async () => {
  const { dispatch } = createTestContext();

  const reply = await dispatch(command(actorOf('kim'), ''));

  assert.deepEqual(
    reply?.kind === 'help' && reply.commands,
    ENVIRONMENT_COMMANDS.map(({ usage, summary, examples }) => ({ usage, summary, examples })),
  );
});

test('templates say what they take, how long they live and what is broken', async () => {
  const { dispatch } = createTestContext();

  const reply = await dispatch(command(actorOf('kim'), 'templates'));

  assert.ok(reply?.kind === 'template-list');
  assert.equal(reply.templates[0]?.livesFor, '7 days');
  assert.deepEqual(reply.templates[0]?.parameters[2], {
    name: 'size',
    summary: 'one of s, m, l; s unless you say otherwise',
    required: false,
  });
  assert.deepEqual(reply.problems, [{ template: 'broken', problem: 'a placeholder names nothing' }]);
});

test('a list can be of a team, of the person, and says how many more there are', async () => {
  const { dispatch, environments } = createTestContext();
  for (let at = 0; at < 22; at++) environments.set(`e${at}`, sampleState({ name: `e${at}` }));
  environments.set('x1', sampleState({ name: 'x1', requester: 'noor', team: 'finops' }));

  const all = await dispatch(command(actorOf('kim'), 'list'));
  const team = await dispatch(command(actorOf('kim'), 'list team=finops'));
  const mine = await dispatch(command(actorOf('noor'), 'list mine'));

  assert.equal(all?.kind === 'environment-list' && all.more, 3);
  for (const reply of [team, mine]) {
    assert.deepEqual(reply?.kind === 'environment-list' && reply.items.map(({ name }) => name), ['x1']);
  }
});

test('a team nobody knows suggests the nearest', async () => {
  const { dispatch } = createTestContext();

  const reply = said(await dispatch(command(actorOf('kim'), 'list team=shpo')));

  assert.equal(reply, 'There is no team “shpo”.\nDid you mean /env list team=shop?');
});

test('an environment is shown as its card shows it', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState());

  const reply = await dispatch(command(actorOf('noor'), 'show pr-42'));

  assert.ok(reply?.kind === 'environment');
  assert.equal(reply.requester.name, 'Kim Sample');
  assert.deepEqual(reply.urls, [{ key: 'APP_URL', url: 'https://pr-42.env.localhost' }]);
});

test('a mistyped name suggests the nearest, with a button', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState());

  const reply = asNotice(await dispatch(command(actorOf('kim'), 'show pr-24')));

  assert.deepEqual(reply.details, ['Did you mean “pr-42”?']);
  assert.deepEqual(reply.actions?.[0]?.payload, { name: 'pr-42' });
});

test('deleting asks first, and only the answer deletes', async () => {
  const { dispatch, environments, done } = createTestContext();
  environments.set('pr-42', sampleState());

  const question = asNotice(await dispatch(command(actorOf('kim'), 'delete pr-42')));
  const asked = [...done];
  const button = question.actions?.[0];
  const answer = await dispatch(action(actorOf('kim'), button?.actionId ?? '', button?.payload));

  assert.match(question.details?.[0] ?? '', /cannot be undone/);
  assert.deepEqual(asked, []);
  assert.match(said(answer), /“pr-42” is being taken down/);
  assert.deepEqual(done, [
    { call: 'delete', input: { name: 'pr-42', requestId: 'request-1', person: 'kim' } },
  ]);
});

test('a request that waits for approval is withdrawn, not deleted', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState({ phase: 'awaiting-approval' }));

  const question = said(await dispatch(command(actorOf('kim'), 'delete pr-42')));

  assert.match(question, /^Withdraw the request for “pr-42”\?\nNothing has been created yet/);
});

test('what is gone needs no deleting', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState({ phase: 'gone' }));

  const reply = said(await dispatch(command(actorOf('kim'), 'delete pr-42')));

  assert.match(reply, /is gone already/);
});

test('a refusal of the workflow is told in its own words', async () => {
  const { context, dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState());
  context.launchers.retryEnvironment = async () => ({
    ok: false,
    type: 'WrongState',
    message: 'it is ready, and only a failed one is retried',
  });

  const reply = said(
    await dispatch(action(actorOf('kim'), 'environment.retry', { name: 'pr-42', requestId: 'request-1' })),
  );

  assert.equal(reply, '“pr-42” cannot be retried now.\nit is ready, and only a failed one is retried');
});

test('an outage of Temporal is something to try again, for every lookup', async () => {
  const { context, dispatch } = createTestContext();
  context.launchers.getEnvironment = () => Promise.reject(new Error('unavailable'));
  context.launchers.listEnvironments = () => Promise.reject(new Error('unavailable'));

  for (const text of ['list', 'show pr-42', 'delete pr-42', 'explain pr-42']) {
    const reply = said(await dispatch(command(actorOf('kim'), text)));

    assert.match(reply, /Please try again/);
  }
});

test('explain names the rule for each thing one might do with an environment', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState());

  const [lee, noor] = await Promise.all(
    ['lee', 'noor'].map((person) => dispatch(command(actorOf(person), 'explain pr-42'))),
  );

  const answers = (reply: typeof lee) =>
    reply?.kind === 'explanation' && reply.lines.map(({ answer, rule }) => `${answer}: ${rule}`);
  assert.deepEqual(answers(lee), [
    'yes: everybody-looks',
    'yes: teams-use',
    'yes: leads-look-after',
    'yes: leads-look-after',
    'yes: leads-look-after',
    'no: size l is approved by team FinOps',
  ]);
  assert.deepEqual(answers(noor), [
    'yes: everybody-looks',
    'no: default-deny',
    'no: default-deny',
    'no: default-deny',
    'no: default-deny',
    'yes: size l is approved by team FinOps',
  ]);
});

test('explain names the rule of creating, and of each choice that needs approval', async () => {
  const { dispatch } = createTestContext({}, sampleDirectory());

  const reply = await dispatch(command(actorOf('kim'), 'explain dev'));

  assert.deepEqual(reply?.kind === 'explanation' && reply.lines, [
    {
      question: 'Create one for Shop',
      answer: 'yes',
      rule: 'teams-create',
      detail: 'developers create environments for their own teams',
    },
    { question: 'With the usual choices', answer: 'yes', rule: 'sizes s and m need no approval' },
    {
      question: 'With size=l',
      answer: 'needs approval',
      rule: 'size l is approved by team FinOps',
      detail: 'asked: Noor Sample',
    },
  ]);
});
