import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approvalView, environmentView, expiryWarningView } from '../../src/domain/environment-views.ts';
import type { EnvironmentPhase } from '../../src/domain/environments.ts';
import { SAMPLE_DIGEST, sampleDirectory, sampleState } from '../support/environment-samples.ts';

const BUTTONS: Record<EnvironmentPhase, string[]> = {
  requested: [],
  'awaiting-approval': ['environment.delete'],
  provisioning: [],
  ready: ['environment.reveal', 'environment.delete'],
  failed: ['environment.retry', 'environment.roll-back'],
  'rolling-back': [],
  deleting: [],
  gone: [],
};

for (const [phase, expected] of Object.entries(BUTTONS)) {
  test(`a card in phase ${phase} offers ${expected.join(', ') || 'nothing'}`, () => {
    const state = sampleState({ phase: phase as EnvironmentPhase });

    const view = environmentView(state, sampleDirectory());

    assert.deepEqual(
      view.actions.map((action) => action.actionId),
      expected,
    );
    for (const action of view.actions) {
      assert.deepEqual(action.payload, { name: 'pr-42', requestId: 'request-1' });
    }
  });
}

test('where a bigger size has more room, that is offered first', () => {
  const trouble = { type: 'QuotaExceeded' as const, reason: 'no room', events: [], next: '', bigger: 'm' };

  const view = environmentView(sampleState({ phase: 'failed', trouble }), sampleDirectory());

  assert.deepEqual(view.actions.map(({ actionId, label }) => [actionId, label])[0], [
    'environment.bigger',
    'Make it bigger: size m…',
  ]);
  assert.equal(view.actions.length, 3);
});

test('an environment without secrets has nothing to reveal', () => {
  const view = environmentView(sampleState({ secretKeys: [] }), sampleDirectory());

  assert.deepEqual(
    view.actions.map((action) => action.actionId),
    ['environment.delete'],
  );
});

test('people are resolved, and somebody who is no longer in the directory is shown by id', () => {
  const view = environmentView(sampleState({ requester: 'gone', deletedBy: 'kim' }), sampleDirectory());

  assert.deepEqual(view.requester, { id: 'gone', name: 'gone', accounts: [] });
  assert.equal(view.deletedBy?.name, 'Kim Sample');
});

test('a card without approval has no approval on it', () => {
  const state = sampleState({ approval: { because: 'size s', needed: 0, votes: [], approvers: [] } });

  const view = environmentView(state, sampleDirectory());

  assert.equal(view.approval, undefined);
});

test('an approver reads what is asked for, for how long, and what the decision binds to', () => {
  const view = approvalView(sampleState({ phase: 'awaiting-approval' }), sampleDirectory());

  assert.deepEqual(view.facts, [
    { label: 'Environment', value: 'pr-42' },
    { label: 'Template', value: 'Developer environment (dev@1)' },
    { label: 'Team', value: 'Shop' },
    { label: 'Size', value: 'l' },
    { label: 'Postgres', value: 'yes' },
    { label: 'Lives for', value: '7 days' },
    { label: 'Digest', value: SAMPLE_DIGEST.slice(0, 12) },
  ]);
  assert.deepEqual(
    view.actions.map((action) => action.payload),
    Array(2).fill({ name: 'pr-42', requestId: 'request-1', digest: SAMPLE_DIGEST }),
  );
});

test('a decided request has no buttons, and says who decided, when and why', () => {
  const state = sampleState({
    phase: 'gone',
    end: 'denied',
    approval: {
      because: 'size l is approved by team FinOps',
      needed: 1,
      votes: [],
      approvers: ['noor'],
      decision: { outcome: 'denied', by: ['noor'], at: '2026-04-01T10:00:00.000Z', reason: 'use size m' },
    },
  });

  const view = approvalView(state, sampleDirectory());

  assert.deepEqual(view.actions, []);
  assert.equal(view.summary.decision?.by[0]?.name, 'Noor Sample');
  assert.equal(view.summary.decision?.reason, 'use size m');
  assert.equal(view.summary.decision?.at, '2026-04-01T10:00:00.000Z');
});

test('a warning of expiry can be acted on only while the environment is there', () => {
  const expiresAt = '2026-04-08T09:05:00.000Z';

  const inTime = expiryWarningView({ ...sampleState(), expiresAt }, sampleDirectory());
  const late = expiryWarningView({ ...sampleState({ phase: 'gone' }), expiresAt }, sampleDirectory());

  assert.deepEqual(
    inTime.actions.map((action) => action.actionId),
    ['environment.show', 'environment.delete'],
  );
  assert.deepEqual(late.actions, []);
});
