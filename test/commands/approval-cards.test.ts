import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { ApprovalView } from '../../src/domain/views.ts';
import { action, actorOf, createTestContext } from '../support/commands-context.ts';
import { sampleState } from '../support/environment-samples.ts';
import { said } from '../support/replies.ts';

/** The card as one person may see it, which Teams' clients ask for by themselves. */

const SHOW = { name: 'pr-42', requestId: 'request-1' };
const ACCOUNT = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NEW' } as const;

test('an approver gets the card with the buttons, whoever else may see it gets it without', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState({ phase: 'awaiting-approval' }));

  const [noor, kim] = await Promise.all(
    ['noor', 'kim'].map((person) => dispatch(action(actorOf(person), 'environment.approval', SHOW))),
  );

  assert.deepEqual(actionsOf(noor), ['environment.approve', 'environment.deny']);
  assert.deepEqual(actionsOf(kim), []);
  assert.equal(asApproval(kim).title, asApproval(noor).title);
});

test('nobody gets buttons once it is decided, nor for an older request of the same name', async () => {
  const { dispatch, environments } = createTestContext();
  const decision = { outcome: 'approved' as const, by: ['noor'], at: '2026-04-01T09:15:00.000Z' };
  const { approval } = sampleState();
  environments.set('pr-42', sampleState({ phase: 'ready', approval: { ...approval, decision } }));

  const decided = await dispatch(action(actorOf('noor'), 'environment.approval', SHOW));
  const older = await dispatch(
    action(actorOf('noor'), 'environment.approval', { ...SHOW, requestId: 'older' }),
  );

  assert.deepEqual(actionsOf(decided), []);
  assert.match(said(older), /belongs to an earlier environment/);
});

test('the card of a link request is for administrators alone', async () => {
  const { dispatch, context } = createTestContext();
  context.launchers.getLink = async () => ({
    link: {
      account: ACCOUNT,
      requestId: 'request-1',
      displayName: 'Sam',
      origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0NEW' },
    },
  });

  const [ravi, kim] = await Promise.all(
    ['ravi', 'kim'].map((person) => dispatch(action(actorOf(person), 'link.approval', { ...ACCOUNT }))),
  );

  assert.deepEqual(actionsOf(ravi), ['link.decide', 'link.deny']);
  assert.match(said(kim), /^You may not link/);
});

function asApproval(reply: ChatReply): ApprovalView {
  assert.equal(reply?.kind, 'approval');
  return reply as ApprovalView;
}

function actionsOf(reply: ChatReply): string[] {
  return asApproval(reply).actions.map(({ actionId }) => actionId);
}
