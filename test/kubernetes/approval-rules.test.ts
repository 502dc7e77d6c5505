import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireApproval } from '../../src/kubernetes/approval-rules.ts';
import type { ApprovalRule } from '../../src/kubernetes/template-schema.ts';
import { samplePlan, samplePlatform } from './samples.ts';

const platform = samplePlatform();
const HOUR = 3_600_000;
const ask = (parameters: Record<string, string | boolean>, roles: string[] = []) => ({
  parameters,
  requester: { roles },
  team: 'shop',
});

test('the first rule that matches holds', () => {
  const rules: ApprovalRule[] = [
    {
      when: { size: ['m', 'l'], postgres: true },
      by: { team: 'finops' },
      count: 1,
      timeout: HOUR,
      remind: [],
    },
    { when: { size: 'l' }, by: { people: ['lee'] }, count: 1, timeout: HOUR, remind: [] },
    { auto: true },
  ];

  assert.equal(
    requireApproval(rules, ask({ size: 'l', postgres: true }), platform).because,
    'size m or l and with postgres is approved by team FinOps',
  );
  assert.equal(
    requireApproval(rules, ask({ size: 'l', postgres: false }), platform).because,
    'size l is approved by Lee Sample (team lead)',
  );
  assert.deepEqual(requireApproval(rules, ask({ size: 's', postgres: true }), platform), {
    auto: true,
    because: 'this request needs no approval',
  });
});

test('a rule can look at the requester', () => {
  const rules: ApprovalRule[] = [
    { when: { 'requester.role': 'admin' }, auto: true },
    { by: { role: 'admin' }, count: 2, timeout: HOUR, remind: [HOUR / 2] },
  ];

  assert.equal(requireApproval(rules, ask({}, ['developer', 'admin']), platform).auto, true);
  assert.deepEqual(requireApproval(rules, ask({}, ['developer']), platform), {
    auto: false,
    by: { role: 'admin' },
    count: 2,
    timeoutMs: HOUR,
    remindMs: [HOUR / 2],
    because: 'this request is approved by 2 people: anybody with the role admin',
  });
});

test('the dev template: s at once, m by a lead of the team, l by FinOps', () => {
  const of = (size: string) => samplePlan('dev', { name: 'abc', size }).approval;

  assert.equal(of('s').auto, true);
  assert.deepEqual(of('m'), {
    auto: false,
    by: { leadsOf: 'shop' },
    count: 1,
    timeoutMs: 8 * HOUR,
    remindMs: [2 * HOUR],
    because: 'size m is approved by a lead of team Shop',
  });
  assert.deepEqual(of('l'), {
    auto: false,
    by: { team: 'finops' },
    count: 1,
    timeoutMs: 4 * HOUR,
    remindMs: [HOUR, 3 * HOUR],
    because: 'size l is approved by team FinOps',
  });
});
