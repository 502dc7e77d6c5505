import type { Trouble } from '../domain/environments.ts';
import { count, describeRef, field, type LiveObject, list, record, text } from './objects.ts';
import { eventsAbout, podsOf, type Surroundings, workloadTrouble } from './surroundings.ts';

export type Verdict =
  | { state: 'ready' }
  /** Not yet; `because` is what it waits for, in words. */
  | { state: 'waiting'; because: string }
  /** Will not become ready without a person. */
  | { state: 'failed'; trouble: Trouble };

const READY: Verdict = { state: 'ready' };
const waiting = (because: string): Verdict => ({ state: 'waiting', because });

const RULES: Record<string, (object: LiveObject, surroundings: Surroundings) => Verdict> = {
  Namespace: judgeNamespace,
  ResourceQuota: judgeResourceQuota,
  Deployment: judgeDeployment,
  StatefulSet: judgeStatefulSet,
  DaemonSet: judgeDaemonSet,
  Job: judgeJob,
  PersistentVolumeClaim: judgeClaim,
  Service: judgeService,
};

/** Kinds that are there as soon as they exist: their status, if any, says nothing about use. */
const READY_ON_SIGHT = [
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'LimitRange',
  'NetworkPolicy',
  'Role',
  'RoleBinding',
  // Controllers disagree on what an Ingress reports, and some report nothing: waiting for it would be for ever.
  'Ingress',
  'CronJob',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
];

/** Whether an object is ready, as of this reading and nothing else. Rules after kstatus, then per kind. */
export function judge(object: LiveObject, surroundings: Surroundings): Verdict {
  if (object.metadata.deletionTimestamp !== undefined) return waiting(`${describe(object)} is being deleted`);
  if (READY_ON_SIGHT.includes(object.kind)) return READY;
  const observed = field(object, 'status', 'observedGeneration');
  if (typeof observed === 'number' && observed < count(object.metadata.generation)) {
    return waiting(`${describe(object)} has not been looked at yet`);
  }
  const rule = Object.hasOwn(RULES, object.kind) ? RULES[object.kind] : undefined;
  return (rule ?? judgeByConditions)(object, surroundings);
}

function judgeNamespace(object: LiveObject): Verdict {
  return field(object, 'status', 'phase') === 'Active'
    ? READY
    : waiting(`${describe(object)} is not active yet`);
}

/** Admission reads `status.hard`: until it is filled nothing is enforced, or everything is refused. */
function judgeResourceQuota(object: LiveObject): Verdict {
  const wanted = record(field(object, 'spec', 'hard'));
  const enforced = record(field(object, 'status', 'hard'));
  const used = field(object, 'status', 'used');
  const settled = Object.entries(wanted).every(([name, value]) => enforced[name] === value);
  return settled && used !== undefined ? READY : waiting('the quota is not enforced yet');
}

function judgeDeployment(object: LiveObject, surroundings: Surroundings): Verdict {
  const refused = conditionOf(object, 'ReplicaFailure');
  if (refused?.status === 'True' && !isTransient(text(refused.message))) {
    return failed(object, surroundings, text(refused.message));
  }
  const progress = conditionOf(object, 'Progressing');
  const wanted = wantedReplicas(object);
  const [updated, replicas, available] = ['updatedReplicas', 'replicas', 'availableReplicas'].map((name) =>
    count(field(object, 'status', name)),
  ) as [number, number, number];
  const seen = field(object, 'status', 'observedGeneration') !== undefined;
  if (seen && updated === wanted && replicas === wanted && available === wanted) return READY;
  const sick = sickPods(object, surroundings);
  if (sick !== undefined) return sick;
  if (text(progress?.reason) === 'ProgressDeadlineExceeded') {
    return failed(object, surroundings, text(progress?.message));
  }
  return waiting(`${describe(object)}: ${available} of ${wanted} ready`);
}

/** `currentRevision` must be the new one as well: while old pods run, the counts alone look ready. */
function judgeStatefulSet(object: LiveObject, surroundings: Surroundings): Verdict {
  const wanted = wantedReplicas(object);
  const status = record(object.status);
  const ready = count(status.readyReplicas);
  const settled =
    status.observedGeneration !== undefined &&
    ready === wanted &&
    count(status.replicas) === wanted &&
    (wanted === 0 || count(status.updatedReplicas) === wanted) &&
    status.currentRevision === status.updateRevision;
  if (settled) return READY;
  const because = `${describe(object)}: ${ready} of ${wanted} ready`;
  const missing = count(status.replicas) < wanted;
  return deniedByEvents(object, surroundings, missing) ?? sickPods(object, surroundings) ?? waiting(because);
}

function judgeDaemonSet(object: LiveObject, surroundings: Surroundings): Verdict {
  const status = record(object.status);
  const wanted = count(status.desiredNumberScheduled);
  const ready = count(status.numberAvailable);
  if (
    status.observedGeneration !== undefined &&
    ready === wanted &&
    count(status.updatedNumberScheduled) === wanted
  ) {
    return READY;
  }
  const missing = count(status.currentNumberScheduled) < wanted;
  return (
    deniedByEvents(object, surroundings, missing) ??
    sickPods(object, surroundings) ??
    waiting(`${describe(object)}: ${ready} of ${wanted} ready`)
  );
}

/** By conditions, never by counts: a Job with retries left has failed or crashing pods and no failure. */
function judgeJob(object: LiveObject, surroundings: Surroundings): Verdict {
  if (conditionOf(object, 'Complete')?.status === 'True') return READY;
  if (field(object, 'spec', 'suspend') === true) return READY;
  if (hasFailed(object)) {
    const reasons = [text(conditionOf(object, 'Failed')?.message), ...lastWords(object, surroundings)];
    return failed(object, surroundings, reasons.join(': '));
  }
  const missing = count(field(object, 'status', 'active')) === 0;
  return (
    deniedByEvents(object, surroundings, missing) ??
    sickPods(object, surroundings, Number.POSITIVE_INFINITY) ??
    waiting(`${describe(object)} is running`)
  );
}

/** A Job that is given up: it never runs again by itself. */
export function hasFailed(object: LiveObject): boolean {
  return object.kind === 'Job' && conditionOf(object, 'Failed')?.status === 'True';
}

/** What the container that failed last left as its message, on one line. Only what was written to be read. */
function lastWords(object: LiveObject, surroundings: Surroundings): string[] {
  const ends = podsOf(object, surroundings)
    .flatMap((pod) => list(field(pod, 'status', 'containerStatuses')))
    .map((status) => record(field(status, 'state', 'terminated')))
    .filter((end) => text(end.message) !== '')
    .sort((one, other) => text(other.finishedAt).localeCompare(text(one.finishedAt)));
  return ends.slice(0, 1).map((end) => text(end.message).trim().replace(/\s+/g, ' ').slice(0, 300));
}

/** Pending is fine while nobody uses it: some storage binds with the first pod, whose readiness then tells. */
function judgeClaim(object: LiveObject, surroundings: Surroundings): Verdict {
  const phase = field(object, 'status', 'phase');
  if (phase === 'Bound') return READY;
  if (phase === 'Lost') return failed(object, surroundings, 'its volume is lost');
  const own = eventsAbout(surroundings, [object.metadata.uid]);
  const [latest] = own;
  if (latest !== undefined && text(latest.reason) === 'WaitForFirstConsumer') return READY;
  if (latest !== undefined && text(latest.reason) === 'ProvisioningFailed' && count(latest.count) >= 3) {
    return failed(object, surroundings, text(latest.message));
  }
  return waiting(`${describe(object)} has no volume yet`);
}

/** Whether pods stand behind it shows in its endpoints alone. */
function judgeService(object: LiveObject, { endpointSlices }: Surroundings): Verdict {
  if (!hasEndpoints(object)) return READY;
  const { name } = object.metadata;
  const answers = endpointSlices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => list(slice.endpoints))
    .some((endpoint) => isReady(endpoint) && list(field(endpoint, 'addresses')).length > 0);
  return answers ? READY : waiting(`${describe(object)} has nothing ready behind it`);
}

/** By the API's own words a condition that is not told counts as true. */
function isReady(endpoint: unknown): boolean {
  return field(endpoint, 'conditions', 'ready') !== false;
}

/** Whether it is a Service that finds its pods itself: without a selector, somebody else says where it leads. */
export function hasEndpoints(object: LiveObject): boolean {
  if (object.kind !== 'Service' || field(object, 'spec', 'type') === 'ExternalName') return false;
  return Object.keys(record(field(object, 'spec', 'selector'))).length > 0;
}

/** Custom resources: a `Ready` condition if there is one; one without any status is not known to be ready. */
function judgeByConditions(object: LiveObject, surroundings: Surroundings): Verdict {
  const stalled = conditionOf(object, 'Stalled');
  if (stalled?.status === 'True') return failed(object, surroundings, text(stalled.message));
  if (conditionOf(object, 'Reconciling')?.status === 'True')
    return waiting(`${describe(object)} is being worked on`);
  return conditionOf(object, 'Ready')?.status === 'True'
    ? READY
    : waiting(`${describe(object)} is not ready yet`);
}

interface Condition {
  status?: unknown;
  reason?: unknown;
  message?: unknown;
}

function conditionOf(object: LiveObject, type: string): Condition | undefined {
  return list(field(object, 'status', 'conditions'))
    .map(record)
    .find((condition) => condition.type === type);
}

function wantedReplicas(object: LiveObject): number {
  const replicas = field(object, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

/** Pods that were never made: the refusal is an event of whatever should have made them. */
function deniedByEvents(
  object: LiveObject,
  surroundings: Surroundings,
  missing: boolean,
): Verdict | undefined {
  if (!missing) return undefined;
  const refusal = eventsAbout(surroundings, [object.metadata.uid]).find(
    (event) => text(event.reason) === 'FailedCreate' && !isTransient(text(event.message)),
  );
  return refusal === undefined ? undefined : failed(object, surroundings, text(refusal.message));
}

/** Refusals that pass by themselves in the first seconds of a namespace. */
function isTransient(message: string): boolean {
  return /status unknown for quota|error looking up service account|object has been modified|timed? ?out/i.test(
    message,
  );
}

const HOPELESS = [
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'RunContainerError',
];
const CRASHES_BEFORE_GIVING_UP = 3;

/** The first container that will not run without a person. */
function sickPods(
  object: LiveObject,
  surroundings: Surroundings,
  crashes = CRASHES_BEFORE_GIVING_UP,
): Verdict | undefined {
  for (const pod of podsOf(object, surroundings)) {
    const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((name) =>
      list(field(pod, 'status', name)),
    );
    for (const status of statuses) {
      const reason = text(field(status, 'state', 'waiting', 'reason'));
      const message = text(field(status, 'state', 'waiting', 'message'));
      const crashing = reason === 'CrashLoopBackOff' && count(field(status, 'restartCount')) >= crashes;
      if (!crashing && !HOPELESS.includes(reason)) continue;
      const container = text(field(status, 'name'));
      return failed(
        object,
        surroundings,
        `container ${container}: ${reason}${message === '' ? '' : `: ${message}`}`,
      );
    }
  }
  return undefined;
}

const describe = (object: LiveObject): string =>
  describeRef({ kind: object.kind, name: object.metadata.name });

function failed(object: LiveObject, surroundings: Surroundings, reason: string): Verdict {
  return { state: 'failed', trouble: workloadTrouble(object, surroundings, reason) };
}
