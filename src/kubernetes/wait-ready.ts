import { setTimeout as delay } from 'node:timers/promises';
import { ClusterError } from '../domain/ports.ts';
import type { ApplyContext } from './apply.ts';
import { KubeError, TRY_AGAIN, toClusterError } from './errors.ts';
import { describeRef, type LiveObject, refOf } from './objects.ts';
import { hasEndpoints, judge, type Verdict } from './readiness.ts';
import { NO_SURROUNDINGS, type Surroundings, workloadTrouble } from './surroundings.ts';

/** A wait is lengthened by at most a twentieth, and never asks more often than this. */
const MIN_POLL_MS = 40;
const MAX_POLL_MS = 500;
/** Pods and events are read only of what takes longer than this, and no more often. */
const LOOK_AROUND_MS = 700;
const STEP_DEADLINE_MS = 10 * 60_000;

type Pending = { object: LiveObject; because: string };

/**
 * Returns when every object was ready at two readings in a row: one alone may be of a moment that passes. Rejects with
 * `ClusterError` when one was hopeless at two looks in a row, or after ten minutes.
 */
export async function waitUntilReady(objects: LiveObject[], context: ApplyContext): Promise<void> {
  const startedAt = Date.now();
  let nextLook = startedAt + LOOK_AROUND_MS;
  let suspects = new Set<string>();
  let current = objects;
  /** Set while all of them are read once more, with a look around if the first reading had one. */
  let confirming: { looking: boolean } | undefined;
  for (;;) {
    const now = Date.now();
    const looking = confirming?.looking ?? now >= nextLook;
    if (looking) nextLook = now + LOOK_AROUND_MS;
    const around = await surroundingsOf(current, looking, context);
    const verdicts = current.map((object) => ({ object, verdict: judge(object, around) }));
    const pending = verdicts.flatMap(({ object, verdict }) => stillPending(object, verdict));
    if (pending.length === 0 && confirming !== undefined) return;
    confirming = pending.length === 0 ? { looking } : undefined;
    if (looking) suspects = refuseHopeless(verdicts, suspects);
    const elapsed = now - startedAt;
    if (elapsed > STEP_DEADLINE_MS && pending.length > 0)
      throw tooLate(pending, await lookAround(current, context));
    if (pending.length > 0) await pause(pending, elapsed, context);
    const next = confirming === undefined ? pending.map(({ object }) => object) : objects;
    current = await Promise.all(next.map((object) => readAgain(object, context)));
  }
}

async function pause(pending: Pending[], elapsed: number, { progress, signal }: ApplyContext): Promise<void> {
  progress(pending.map(({ because }) => because).join('; '));
  const pollMs = Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, elapsed / 20));
  await delay(pollMs, undefined, { signal });
}

function stillPending(object: LiveObject, verdict: Verdict): Pending[] {
  if (verdict.state === 'ready') return [];
  return [{ object, because: verdict.state === 'waiting' ? verdict.because : verdict.trouble.reason }];
}

function refuseHopeless(
  verdicts: { object: LiveObject; verdict: Verdict }[],
  suspects: Set<string>,
): Set<string> {
  const now = new Set<string>();
  for (const { object, verdict } of verdicts) {
    if (verdict.state !== 'failed') continue;
    if (suspects.has(object.metadata.uid)) throw new ClusterError(verdict.trouble);
    now.add(object.metadata.uid);
  }
  return now;
}

async function readAgain(object: LiveObject, { client, signal }: ApplyContext): Promise<LiveObject> {
  try {
    const found = await client.get(refOf(object), { signal });
    if (found !== undefined && found.metadata.uid === object.metadata.uid) return found;
  } catch (error) {
    throw toClusterError(error, refOf(object));
  }
  throw new ClusterError({
    type: 'Unknown',
    object: describeRef(refOf(object)),
    reason: 'it was deleted while we waited for it',
    events: [],
    next: TRY_AGAIN,
  });
}

async function surroundingsOf(
  objects: LiveObject[],
  looking: boolean,
  context: ApplyContext,
): Promise<Surroundings> {
  const [around, endpointSlices] = await Promise.all([
    looking ? lookAround(objects, context) : NO_SURROUNDINGS,
    objects.some(hasEndpoints) ? readEndpoints(objects, context) : [],
  ]);
  return { ...around, endpointSlices };
}

async function readEndpoints(objects: LiveObject[], { client, signal }: ApplyContext): Promise<LiveObject[]> {
  const kind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: namespaceOf(objects) };
  try {
    return await client.list(kind, { signal });
  } catch (error) {
    throw toClusterError(error, { ...kind, name: '' });
  }
}

function namespaceOf(objects: LiveObject[]): string {
  return objects.find((object) => object.metadata.namespace !== undefined)?.metadata.namespace ?? '';
}

/** A failed look is no failure: the objects themselves say whether they are ready. */
async function lookAround(objects: LiveObject[], { client, signal }: ApplyContext): Promise<Surroundings> {
  const namespace = namespaceOf(objects);
  if (namespace === '') return NO_SURROUNDINGS;
  try {
    const [pods, replicaSets, events] = await Promise.all([
      client.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { signal }),
      client.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }, { signal }),
      client.list({ apiVersion: 'v1', kind: 'Event', namespace }, { signal }),
    ]);
    return { ...NO_SURROUNDINGS, pods, replicaSets, events };
  } catch (error) {
    if (error instanceof KubeError) return NO_SURROUNDINGS;
    throw error;
  }
}

function tooLate(pending: Pending[], around: Surroundings): ClusterError {
  const [first] = pending;
  if (first === undefined) throw new Error('too late for nothing');
  const reason = `not ready after ${STEP_DEADLINE_MS / 60_000} min: ${first.because}`;
  return new ClusterError(workloadTrouble(first.object, around, reason));
}
