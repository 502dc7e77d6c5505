import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge } from '../../src/kubernetes/readiness.ts';
import { NO_SURROUNDINGS } from '../../src/kubernetes/surroundings.ts';
import { JOB_CASES } from './job-cases.ts';
import { around, event, live, podOf, READINESS_CASES, replicaSet, two } from './readiness-cases.ts';
import { SERVICE_CASES } from './service-cases.ts';

describe('readiness', () => {
  for (const { title, object, surroundings, state, reason, type } of [
    ...READINESS_CASES,
    ...SERVICE_CASES,
    ...JOB_CASES,
  ]) {
    test(`${title}: ${state}`, () => {
      const verdict = judge(object, surroundings ?? NO_SURROUNDINGS);

      assert.equal(verdict.state, state);
      const told =
        verdict.state === 'failed'
          ? verdict.trouble.reason
          : verdict.state === 'waiting'
            ? verdict.because
            : '';
      if (reason !== undefined) assert.match(told, reason);
      if (type !== undefined) assert.equal(verdict.state === 'failed' && verdict.trouble.type, type);
    });
  }

  test('tells the last three warnings about the object and its pods, newest first, and what to do', () => {
    const events = [
      event('uid-pod', 'BackOff', 'second', '2026-01-01T00:00:02Z'),
      event('uid-rs', 'FailedCreate', 'first', '2026-01-01T00:00:01Z'),
      event('uid-Deployment', 'Other', 'fourth', '2026-01-01T00:00:04Z'),
      event('uid-pod', 'Failed', 'third', '2026-01-01T00:00:03Z'),
      event('uid-elsewhere', 'Failed', 'not about us', '2026-01-01T00:00:05Z'),
    ];
    const object = live('Deployment', two, { observedGeneration: 2 });

    const verdict = judge(
      object,
      around({ replicaSets: [replicaSet], pods: [podOf('uid-rs', { reason: 'ImagePullBackOff' })], events }),
    );

    assert.equal(verdict.state, 'failed');
    assert.deepEqual(verdict.state === 'failed' && verdict.trouble, {
      type: 'WorkloadFailed',
      object: 'Deployment it',
      reason: 'container main: ImagePullBackOff',
      events: ['Other: fourth', 'Failed: third', 'BackOff: second'],
      next: 'Check that the image exists and may be pulled, then retry.',
    });
  });
});
