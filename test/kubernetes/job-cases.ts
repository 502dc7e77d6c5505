import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { around, condition, event, live, podOf, QUOTA, type ReadinessCase } from './readiness-cases.ts';

function ended(owner: string, message: string, finishedAt: string): LiveObject {
  const containerStatuses = [
    { name: 'main', state: { terminated: { message: `${message}\n`, finishedAt } } },
  ];
  return live('Pod', {}, { containerStatuses }, { uid: message, ownerReferences: [{ uid: owner }] });
}

export const JOB_CASES: ReadinessCase[] = [
  { title: 'a Job that is complete', object: live('Job', {}, condition('Complete')), state: 'ready' },
  {
    title: 'a Job with succeeded pods and no condition',
    object: live('Job', {}, { succeeded: 1 }),
    state: 'waiting',
  },
  {
    title: 'a Job with a failed pod and retries left',
    object: live('Job', {}, { failed: 1, active: 1 }),
    state: 'waiting',
  },
  {
    title: 'a Job that failed',
    object: live('Job', {}, condition('Failed', 'BackoffLimitExceeded', 'gave up')),
    state: 'failed',
    reason: /gave up/,
  },
  {
    title: 'a Job that failed, and why its last container says it did',
    object: live('Job', {}, condition('Failed', 'BackoffLimitExceeded', 'gave up')),
    surroundings: around({
      pods: [
        ended('uid-Job', 'no such bucket', '2026-01-01T00:00:02Z'),
        ended('uid-Job', 'not up yet', '2026-01-01T00:00:01Z'),
        ended('uid-other', 'another Job', '2026-01-01T00:00:03Z'),
      ],
    }),
    state: 'failed',
    reason: /^gave up: no such bucket$/,
  },
  {
    title: 'a Job that crashes with retries left',
    object: live('Job', {}, { active: 1 }),
    surroundings: around({ pods: [podOf('uid-Job', { reason: 'CrashLoopBackOff' }, 5)] }),
    state: 'waiting',
  },
  {
    title: 'a Job whose image is not there',
    object: live('Job', {}, { active: 1 }),
    surroundings: around({
      pods: [podOf('uid-Job', { reason: 'ImagePullBackOff', message: 'no such image' })],
    }),
    state: 'failed',
    reason: /ImagePullBackOff: no such image/,
  },
  {
    title: 'a Job over quota',
    object: live('Job', {}, {}),
    surroundings: around({ events: [event('uid-Job', 'FailedCreate', QUOTA)] }),
    state: 'failed',
    type: 'QuotaExceeded',
  },
];
