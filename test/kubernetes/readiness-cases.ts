import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { NO_SURROUNDINGS, type Surroundings } from '../../src/kubernetes/surroundings.ts';

export function live(kind: string, spec: unknown, status: unknown, metadata: object = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name: 'it', uid: `uid-${kind}`, generation: 2, ...metadata },
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  };
}

export function condition(type: string, reason = '', message = '', status = 'True') {
  return { conditions: [{ type, status, reason, message }] };
}

export function event(
  about: string,
  reason: string,
  message: string,
  at = '2026-01-01T00:00:00Z',
  count = 1,
): LiveObject {
  return {
    ...live('Event', undefined, undefined, { uid: `${reason}-${at}` }),
    involvedObject: { uid: about },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: at,
    count,
  };
}

export function podOf(
  owner: string,
  waiting: { reason: string; message?: string },
  restartCount = 0,
): LiveObject {
  const containerStatuses = [{ name: 'main', restartCount, state: { waiting } }];
  return live(
    'Pod',
    {},
    { containerStatuses },
    {
      uid: 'uid-pod',
      ownerReferences: [{ kind: 'ReplicaSet', name: 'rs', uid: owner }],
    },
  );
}

export const replicaSet = live(
  'ReplicaSet',
  {},
  {},
  {
    uid: 'uid-rs',
    ownerReferences: [{ kind: 'Deployment', name: 'it', uid: 'uid-Deployment' }],
  },
);
export const around = (found: Partial<Surroundings>): Surroundings => ({ ...NO_SURROUNDINGS, ...found });

const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const settled = { ...done, readyReplicas: 2, currentRevision: 'b', updateRevision: 'b' };
export const two = { replicas: 2 };
export const QUOTA =
  'pods "it-1" is forbidden: exceeded quota: purser-quota, requested: pods=1, used: pods=1, limited: pods=1';
const PSA = 'pods "it-0" is forbidden: violates PodSecurity "baseline:v1.33": privileged';

/** An object as it was read, and the verdict. */
export interface ReadinessCase {
  title: string;
  object: LiveObject;
  surroundings?: Surroundings;
  state: 'ready' | 'waiting' | 'failed';
  reason?: RegExp;
  type?: string;
}

export const READINESS_CASES: ReadinessCase[] = [
  {
    title: 'anything being deleted',
    object: live('ConfigMap', {}, {}, { deletionTimestamp: 'now' }),
    state: 'waiting',
  },
  { title: 'a ConfigMap', object: live('ConfigMap', undefined, undefined), state: 'ready' },
  { title: 'an Ingress without any status', object: live('Ingress', {}, {}), state: 'ready' },
  { title: 'a Namespace that is active', object: live('Namespace', {}, { phase: 'Active' }), state: 'ready' },
  { title: 'a Namespace without a phase', object: live('Namespace', {}, {}), state: 'waiting' },
  {
    title: 'a quota that is enforced',
    object: live('ResourceQuota', { hard: { pods: '5' } }, { hard: { pods: '5' }, used: { pods: '0' } }),
    state: 'ready',
  },
  {
    title: 'a quota without status',
    object: live('ResourceQuota', { hard: { pods: '5' } }, {}),
    state: 'waiting',
  },
  {
    title: 'a quota whose use is not counted yet',
    object: live('ResourceQuota', { hard: { pods: '5' } }, { hard: { pods: '5' } }),
    state: 'waiting',
  },
  {
    title: 'a quota enforced at an older value',
    object: live('ResourceQuota', { hard: { pods: '5' } }, { hard: { pods: '4' }, used: {} }),
    state: 'waiting',
  },
  { title: 'a Deployment that is rolled out', object: live('Deployment', two, done), state: 'ready' },
  { title: 'a Deployment without status', object: live('Deployment', two, undefined), state: 'waiting' },
  {
    title: 'a Deployment with no replicas and no status',
    object: live('Deployment', { replicas: 0 }, {}),
    state: 'waiting',
  },
  {
    title: 'a Deployment whose status is of an older generation',
    object: live('Deployment', two, { ...done, observedGeneration: 1 }),
    state: 'waiting',
  },
  {
    title: 'a Deployment with an old pod left',
    object: live('Deployment', two, { ...done, replicas: 3 }),
    state: 'waiting',
  },
  {
    title: 'a Deployment whose pods are not available',
    object: live('Deployment', two, { ...done, availableReplicas: 1 }),
    state: 'waiting',
    reason: /1 of 2 ready/,
  },
  {
    title: 'a Deployment over quota, before its deadline',
    object: live('Deployment', two, {
      observedGeneration: 2,
      ...condition('ReplicaFailure', 'FailedCreate', QUOTA),
    }),
    state: 'failed',
    reason: /^pods "it-1" is forbidden: exceeded quota/,
    type: 'QuotaExceeded',
  },
  {
    title: 'a Deployment against Pod Security',
    object: live('Deployment', two, {
      observedGeneration: 2,
      ...condition('ReplicaFailure', 'FailedCreate', PSA),
    }),
    state: 'failed',
    type: 'AdmissionDenied',
  },
  {
    title: 'a Deployment refused by a quota that is not counted yet',
    object: live(
      'Deployment',
      two,
      condition('ReplicaFailure', 'FailedCreate', 'status unknown for quota: purser-quota'),
    ),
    state: 'waiting',
  },
  {
    title: 'a Deployment past its deadline',
    object: live(
      'Deployment',
      two,
      condition('Progressing', 'ProgressDeadlineExceeded', 'timed out progressing', 'False'),
    ),
    state: 'failed',
    reason: /timed out progressing/,
    type: 'WorkloadFailed',
  },
  {
    title: 'a Deployment whose image cannot be pulled',
    object: live('Deployment', two, { observedGeneration: 2 }),
    surroundings: around({
      replicaSets: [replicaSet],
      pods: [podOf('uid-rs', { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nope"' })],
    }),
    state: 'failed',
    reason: /container main: ImagePullBackOff: Back-off pulling image "nope"/,
  },
  {
    title: 'a Deployment whose first pull failed',
    object: live('Deployment', two, { observedGeneration: 2 }),
    surroundings: around({ replicaSets: [replicaSet], pods: [podOf('uid-rs', { reason: 'ErrImagePull' })] }),
    state: 'waiting',
  },
  {
    title: 'a Deployment that crashed twice',
    object: live('Deployment', two, { observedGeneration: 2 }),
    surroundings: around({
      replicaSets: [replicaSet],
      pods: [podOf('uid-rs', { reason: 'CrashLoopBackOff' }, 2)],
    }),
    state: 'waiting',
  },
  {
    title: 'a Deployment that crashes and crashes',
    object: live('Deployment', two, { observedGeneration: 2 }),
    surroundings: around({
      replicaSets: [replicaSet],
      pods: [podOf('uid-rs', { reason: 'CrashLoopBackOff' }, 3)],
    }),
    state: 'failed',
    reason: /CrashLoopBackOff/,
  },
  {
    title: 'a Deployment beside the sick pod of another',
    object: live('Deployment', two, { observedGeneration: 2 }),
    surroundings: around({
      replicaSets: [replicaSet],
      pods: [podOf('uid-other', { reason: 'ImagePullBackOff' })],
    }),
    state: 'waiting',
  },
  { title: 'a StatefulSet that is rolled out', object: live('StatefulSet', two, settled), state: 'ready' },
  {
    title: 'a StatefulSet whose old pods still run',
    object: live('StatefulSet', two, { ...settled, currentRevision: 'a' }),
    state: 'waiting',
  },
  { title: 'a StatefulSet without status', object: live('StatefulSet', two, {}), state: 'waiting' },
  {
    title: 'a StatefulSet whose pod is denied',
    object: live('StatefulSet', two, { observedGeneration: 2, replicas: 0 }),
    surroundings: around({ events: [event('uid-StatefulSet', 'FailedCreate', PSA)] }),
    state: 'failed',
    type: 'AdmissionDenied',
  },
  {
    title: 'a StatefulSet that was denied once and has its pods now',
    object: live('StatefulSet', two, { observedGeneration: 2, replicas: 2 }),
    surroundings: around({ events: [event('uid-StatefulSet', 'FailedCreate', PSA)] }),
    state: 'waiting',
  },
  {
    title: 'a DaemonSet on every node',
    object: live(
      'DaemonSet',
      {},
      {
        observedGeneration: 2,
        desiredNumberScheduled: 3,
        currentNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 3,
      },
    ),
    state: 'ready',
  },
  { title: 'a DaemonSet without status', object: live('DaemonSet', {}, {}), state: 'waiting' },
  {
    title: 'a claim that is bound',
    object: live('PersistentVolumeClaim', {}, { phase: 'Bound' }),
    state: 'ready',
  },
  {
    title: 'a claim that lost its volume',
    object: live('PersistentVolumeClaim', {}, { phase: 'Lost' }),
    state: 'failed',
  },
  {
    title: 'a claim that is pending',
    object: live('PersistentVolumeClaim', {}, { phase: 'Pending' }),
    state: 'waiting',
  },
  {
    title: 'a claim that waits for its first pod',
    object: live('PersistentVolumeClaim', {}, { phase: 'Pending' }),
    surroundings: around({
      events: [event('uid-PersistentVolumeClaim', 'WaitForFirstConsumer', 'waiting for first consumer')],
    }),
    state: 'ready',
  },
  {
    title: 'a claim nobody can provision',
    object: live('PersistentVolumeClaim', {}, { phase: 'Pending' }),
    surroundings: around({
      events: [
        event(
          'uid-PersistentVolumeClaim',
          'ProvisioningFailed',
          'storageclass "x" not found',
          '2026-01-01T00:00:09Z',
          3,
        ),
        event('uid-PersistentVolumeClaim', 'WaitForFirstConsumer', 'waiting for first consumer'),
      ],
    }),
    state: 'failed',
    reason: /storageclass "x" not found/,
  },
  {
    title: 'a custom resource that is ready',
    object: live('Widget', {}, condition('Ready')),
    state: 'ready',
  },
  {
    title: 'a custom resource that is not',
    object: live('Widget', {}, condition('Ready', '', '', 'False')),
    state: 'waiting',
  },
  { title: 'a custom resource without status', object: live('Widget', {}, undefined), state: 'waiting' },
  {
    title: 'a custom resource that stalled',
    object: live('Widget', {}, condition('Stalled', '', 'no more room')),
    state: 'failed',
    reason: /no more room/,
  },
  {
    title: 'a custom resource still being worked on, though Ready',
    object: live(
      'Widget',
      {},
      {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Reconciling', status: 'True' },
        ],
      },
    ),
    state: 'waiting',
  },
];
