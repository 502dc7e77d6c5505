import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import { createDeliveries } from '../../src/chat/deliveries.ts';
import type { Standing } from '../../src/domain/requests.ts';
import { action, actorOf, CHANNEL, command, createTestContext, form } from '../support/commands-context.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const STRANGER = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NEW' } as const;
const REFUSED: [Exclude<Standing, 'member'>, RegExp][] = [
  ['guest', /this account is a guest/],
  ['stranger', /belongs to another one/],
  ['bot', /no orders from bots/],
  ['deactivated', /deactivated/],
  ['unverified', /could not check your account/],
];

for (const [standing, reason] of REFUSED) {
  test(`${standing}: refused with a reason and what to do, in the audit, with no effect`, async () => {
    const { dispatch, done, audit } = createTestContext();
    const actor = actorOf('ravi', { standing });

    const replies = await Promise.all([
      dispatch(command(actor, 'create dev pr-42')),
      dispatch(action(actor, 'environment.delete-confirmed', { name: 'pr-42', requestId: 'request-1' })),
      dispatch(form(actor, 'link.decide', { person: 'ravi' }, { context: { ...STRANGER } })),
    ]);

    for (const reply of replies) {
      assert.match(textOf(reply), reason);
      assert.equal(detailsOf(reply).length, 1);
    }
    assert.deepEqual(done, []);
    assert.deepEqual(
      audit.map(({ action: what, outcome, detail }) => [what, outcome, detail.why]),
      Array(3).fill(['access.refused', 'refused', standing]),
    );
  });
}

test('an account nobody is linked to is offered one thing, whatever it tries', async () => {
  const { dispatch, done } = createTestContext();
  const actor = actorOf('kim', { account: STRANGER });

  const replies = await Promise.all([
    dispatch(command(actor, 'list')),
    dispatch(action(actor, 'environment.approve', { name: 'a', requestId: 'b', digest: 'c' })),
    dispatch(form(actor, 'environment.create', { template: 'dev', name: 'pr-42', team: 'shop' })),
  ]);

  for (const reply of replies) {
    assert.match(textOf(reply), /not linked to anybody/);
    assert.deepEqual(actionsOf(reply), ['link.request']);
  }
  assert.deepEqual(done, []);
});

test('a profile that carries an administrator’s e-mail address and name changes nothing', async () => {
  const { dispatch, done } = createTestContext();
  const actor = actorOf('kim', { displayName: 'Ravi Sample', profileEmail: 'ravi@example.test' });

  const reply = await dispatch(action(actor, 'link.decide', { ...STRANGER, displayName: 'x' }));
  const unlinked = await dispatch(command({ ...actor, account: STRANGER }, 'list'));

  assert.match(textOf(reply), /You may not link chat accounts/);
  assert.match(textOf(unlinked), /not linked to anybody/);
  assert.deepEqual(done, []);
});

test('somebody the directory says has left is refused, not asked to be linked', async () => {
  const { dispatch, audit } = createTestContext();
  const account = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0OLD' } as const;

  const reply = await dispatch(command(actorOf('kim', { account }), 'list'));

  assert.match(textOf(reply), /no longer here/);
  assert.deepEqual(actionsOf(reply), []);
  assert.equal(audit[0]?.detail.why, 'left');
});

test('home says why it is empty', async () => {
  const { dispatch } = createTestContext();

  const guest = await dispatch({ ...command(actorOf('kim', { standing: 'guest' }), ''), kind: 'home' });
  const unlinked = await dispatch({ ...command(actorOf('kim', { account: STRANGER }), ''), kind: 'home' });

  assert.equal(guest?.kind === 'home' && guest.notice?.includes('guest'), true);
  assert.deepEqual(guest?.kind === 'home' && guest.actions, []);
  assert.deepEqual(unlinked?.kind === 'home' && unlinked.actions.map(({ actionId }) => actionId), [
    'link.request',
  ]);
});

test('the same delivery twice has one effect and one answer', async () => {
  const { dispatch, done } = createTestContext();
  const request = command(actorOf('kim'), 'create dev pr-42');

  const replies = await Promise.all([dispatch(request), dispatch(request)]);
  const later = await dispatch(request);

  assert.equal(replies.filter((reply) => reply !== undefined).length, 1);
  assert.equal(later, undefined);
  assert.equal(done.length, 1);
});

test('a press that comes again under another delivery has one effect, and after a refusal it is a new one', async () => {
  const { context, dispatch, done } = createTestContext();
  const press = () => ({ ...command(actorOf('kim'), 'create dev pr-42'), pressKey: 'the same button' });
  const start = context.launchers.startEnvironment;
  context.launchers.startEnvironment = async () => ({ ok: false, type: 'Unavailable', message: 'down' });

  const refused = await dispatch(press());
  context.launchers.startEnvironment = start;
  const anew = await dispatch(press());
  const repeated = await dispatch(press());

  assert.match(textOf(refused), /^Not recorded\. Please try again/);
  assert.match(textOf(anew), /^Requested “pr-42”/);
  assert.equal(repeated, undefined);
  assert.equal(done.length, 1);
});

test('the same request by two deliveries at once is one environment, and the second reads so', async () => {
  const { dispatch, done } = createTestContext();

  const replies = await Promise.all([
    dispatch(command(actorOf('kim'), 'create dev pr-42')),
    dispatch(command(actorOf('kim'), 'create dev pr-42')),
  ]);

  assert.equal(done.length, 1);
  assert.deepEqual(replies.map(textOf).sort(), [
    'Requested “pr-42”. Its card is in this channel.',
    'You have asked for exactly this already, so “pr-42” was not requested again.',
  ]);
});

test('what Temporal did not take is not recorded, and the same delivery may come again', async () => {
  const { context, dispatch } = createTestContext();
  const start = context.launchers.startEnvironment;
  context.launchers.startEnvironment = async () => ({ ok: false, type: 'Unavailable', message: 'down' });
  const request = command(actorOf('kim'), 'create dev pr-42');

  const refused = await dispatch(request);
  context.launchers.startEnvironment = start;
  const again = await dispatch(request);

  assert.match(textOf(refused), /^Not recorded\. Please try again/);
  assert.match(textOf(again), /^Requested “pr-42”/);
});

test('whoever waits too long is told the outcome when it comes, and the same delivery has no second effect', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { context, dispatch, done } = createTestContext();
  const deliveries = createDeliveries(dispatch, context.logger);
  const start = context.launchers.startEnvironment;
  const reached = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<void>();
  context.launchers.startEnvironment = async (input) => {
    reached.resolve();
    await slow.promise;
    return start(input);
  };
  const asked = command(actorOf('kim'), 'create dev pr-42');
  const told: ChatReply[] = [];
  const delivery = {
    key: asked.dedupeKey,
    request: async () => asked,
    tell: async (outcome: ChatReply | Promise<ChatReply>) => void told.push(await outcome),
  };

  const answer = deliveries.handle(delivery, async (reply) => reply);
  await reached.promise;
  t.mock.timers.tick(2_900);
  const inTime = await answer;
  assert.deepEqual([done.length, told.length], [0, 0]);
  slow.resolve();
  await deliveries.settled();
  const again = await deliveries.handle(delivery, async (reply) => reply);

  assert.doesNotMatch(textOf(inTime), /^Requested/);
  assert.deepEqual(told.map(textOf), ['Requested “pr-42”. Its card is in this channel.']);
  assert.equal(done.length, 1);
  assert.equal(again, undefined);
});

test('what was filled in is not lost with a form that is not recorded', async () => {
  const { context, dispatch } = createTestContext();
  context.launchers.startEnvironment = async () => ({ ok: false, type: 'Unavailable', message: 'down' });

  const reply = await dispatch(
    form(actorOf('kim'), 'environment.create', { template: 'dev', name: 'pr-42', team: 'shop' }),
  );

  assert.match((reply?.kind === 'form-errors' && reply.errors['']) || '', /^Not recorded\. Please try again/);
});

test('a fault of ours is an answer with the request id, never a rejection', async () => {
  const faults = [
    { directory: { snapshot: () => Promise.reject(new Error('manifests/platform.yaml: broken')) } },
    { policy: () => Promise.reject(new Error('policies: broken')) },
  ];

  for (const fault of faults) {
    const { dispatch, done } = createTestContext(fault);
    const request = command(actorOf('kim'), 'create dev pr-42');
    const reply = await dispatch(request);

    assert.match(textOf(reply), /went wrong on our side/);
    assert.match(detailsOf(reply).join(' '), new RegExp(request.requestId));
    assert.deepEqual(done, []);
  }
});

test('nothing is done when the delivery cannot be claimed or the audit cannot be written', async () => {
  const broken = () => Promise.reject(new Error('database is down'));
  const claims = createTestContext();
  claims.context.deliveries.claim = broken;
  const audits = createTestContext();
  audits.context.audit.append = broken;

  const unclaimed = await claims.dispatch(command(actorOf('kim'), 'create dev pr-42'));
  const unaudited = await audits.dispatch(command(actorOf('kim'), 'create dev pr-42'));

  assert.match(textOf(unclaimed), /^Not recorded/);
  assert.match(textOf(unaudited), /went wrong/);
  assert.deepEqual([claims.done, audits.done], [[], []]);
});

test('somebody who leaves or loses a role is refused with the next request', async () => {
  const directory = sampleDirectory();
  const { dispatch } = createTestContext({}, directory);
  const kim = directory.people.find(({ id }) => id === 'kim');
  assert.ok(kim);

  const before = await dispatch(command(actorOf('kim'), 'list'));
  kim.roles = [];
  const without = await dispatch(command(actorOf('kim'), 'list'));
  kim.active = false;
  const left = await dispatch(command(actorOf('kim'), 'list'));

  assert.equal(before?.kind, 'environment-list');
  assert.match(textOf(without), /You may not list environments/);
  assert.match(textOf(left), /no longer here/);
});

test('buttons and forms of another version do nothing', async () => {
  const { dispatch, done } = createTestContext();
  const ravi = actorOf('ravi');

  const replies = await Promise.all([
    dispatch(action(ravi, 'environment.explode', { name: 'pr-42' })),
    dispatch(action(ravi, 'environment.retry', { name: 'pr-42' })),
    dispatch(action(ravi, 'environment.retry', { name: '../x', requestId: 'r' })),
    dispatch(
      form(ravi, 'environment.create', { template: 'dev', name: 'a' }, { context: { origin: '{"x":' } }),
    ),
    dispatch(form(ravi, 'environment.deny', { reason: 'because' }, { context: {} })),
    dispatch(form(ravi, 'link.deny', { reason: 'because' }, { context: { ...STRANGER }, phase: 'change' })),
  ]);

  for (const reply of replies) assert.match(textOf(reply), /from an older version/);
  assert.deepEqual(done, []);
});

test('a form knows where it was asked for', async () => {
  const { dispatch } = createTestContext();

  const reply = await dispatch(action(actorOf('kim'), 'environment.request'));

  assert.equal(reply?.kind, 'open-form');
  const opened = reply?.kind === 'open-form' && reply.form.kind === 'form' ? reply.form : undefined;
  assert.deepEqual(JSON.parse(opened?.context.origin ?? ''), CHANNEL);
});

function textOf(reply: ChatReply): string {
  return reply?.kind === 'notice' ? reply.text : `(${reply?.kind})`;
}

function detailsOf(reply: ChatReply): string[] {
  return reply?.kind === 'notice' ? (reply.details ?? []) : [];
}

function actionsOf(reply: ChatReply): string[] {
  return reply?.kind === 'notice' ? (reply.actions ?? []).map(({ actionId }) => actionId) : [];
}
