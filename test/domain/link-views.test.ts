import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkApprovalView } from '../../src/domain/link-views.ts';
import type { LinkInput } from '../../src/domain/links.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const link: LinkInput = {
  account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NEW' },
  requestId: 'request-9',
  displayName: 'Sam',
  profileEmail: 'sam@example.test',
  suggestion: 'sam',
  origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0NEW' },
};

test('an administrator reads the immutable account, and that the profile proves nothing', () => {
  const view = linkApprovalView(link, { approvers: ['ravi'] }, sampleDirectory());

  assert.deepEqual(view.facts, [
    { label: 'Account', value: 'slack:T0SAMPLE:U0NEW' },
    { label: 'Calls itself', value: 'Sam' },
    { label: 'E-mail in its profile (not proof)', value: 'sam@example.test' },
    { label: 'Could be', value: 'Sam Sample (sam)' },
  ]);
  assert.deepEqual(
    view.actions.map((action) => action.actionId),
    ['link.decide', 'link.deny'],
  );
});

test('a decided link request says who was linked, by whom, and has no buttons', () => {
  const decision = {
    by: 'ravi',
    byAccount: link.account,
    person: 'sam',
    at: '2026-04-01T10:00:00.000Z',
  };

  const view = linkApprovalView(link, { approvers: ['ravi'], decision }, sampleDirectory());

  assert.deepEqual(view.actions, []);
  assert.deepEqual(view.facts.at(-1), { label: 'Linked to', value: 'Sam Sample' });
  assert.equal(view.summary.decision?.outcome, 'approved');
  assert.equal(view.summary.decision?.by[0]?.name, 'Ravi Sample');
});

test('a link request past its time is closed', () => {
  const view = linkApprovalView(
    link,
    { approvers: [], timedOutAt: '2026-04-08T10:00:00.000Z' },
    sampleDirectory(),
  );

  assert.deepEqual(view.actions, []);
  assert.equal(view.summary.decision?.outcome, 'timed-out');
});
