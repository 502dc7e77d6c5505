import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApproverSelector } from '../../src/domain/approvals.ts';
import { eligibleApprovers } from '../../src/domain/approvers.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

for (const [selector, requester, expected] of [
  [{ team: 'finops' }, 'kim', ['noor']],
  [{ team: 'finops' }, 'noor', []],
  [{ team: 'shop' }, 'kim', ['lee', 'sam']],
  [{ leadsOf: 'shop' }, 'kim', ['lee']],
  [{ leadsOf: 'shop' }, 'lee', []],
  [{ role: 'admin' }, 'kim', ['ravi']],
  [{ people: ['kim', 'old', 'nobody', 'noor'] }, 'kim', ['noor']],
  [{ role: 'admin', team: 'finops' }, 'kim', ['noor', 'ravi']],
  [{ team: 'nowhere' }, 'kim', []],
  [{}, 'kim', []],
] as const satisfies [ApproverSelector, string, string[]][]) {
  test(`${JSON.stringify(selector)} asked by ${requester}: ${expected.join(', ') || 'nobody'}`, () => {
    const people = eligibleApprovers(sampleDirectory(), selector, requester);

    assert.deepEqual(
      people.map(({ id }) => id),
      expected,
    );
  });
}
