import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { InventoryItem } from '../domain/environments.ts';
import { FAILURE } from '../domain/errors.ts';
import type { Manifest, PlanStep } from '../domain/plans.ts';
import { ClusterError } from '../domain/ports.ts';
import type { KubeClient } from './client.ts';
import { KubeError, toClusterError } from './errors.ts';
import { describeRef, isOurs, type LiveObject, OWNERSHIP, podTemplate, refOf } from './objects.ts';
import { fillGenerated, mentionsGenerate } from './placeholders.ts';
import { hasFailed } from './readiness.ts';

export interface ApplyContext {
  client: KubeClient;
  requestId: string;
  /** Told now and then while something takes its time. */
  progress(note: string): void;
  signal: AbortSignal;
}

const POLL_MS = 250;
/** How long the namespace of an earlier life may take to go. */
const TERMINATING_MS = 120_000;

/**
 * Applies objects that do not depend on each other's order, those that pods need before the pods. Rejects with
 * `ClusterError`: `ForeignObject` before anything of that name is touched.
 */
export async function applyObjects(objects: Manifest[], context: ApplyContext): Promise<LiveObject[]> {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const needed = objects.filter((object) => object.kind !== 'Namespace' && podTemplate(object) === undefined);
  const pods = objects.filter((object) => podTemplate(object) !== undefined);
  const applied: LiveObject[] = [];
  for (const group of [namespaces, needed, pods]) {
    applied.push(...(await settleAll(group.map((object) => applyOne(object, context)))));
  }
  return applied;
}

/** Waits for all before it rejects with the first failure: nothing is left running behind an error. */
async function settleAll<T>(running: Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(running);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

/** Asks the API server whether it would take the objects, and changes nothing. */
export async function dryRunSteps(steps: PlanStep[], context: ApplyContext): Promise<void> {
  const objects = steps.flatMap((step) => step.objects);
  await settleAll(objects.map((object) => dryRunOne(object, context)));
}

async function dryRunOne(object: Manifest, context: ApplyContext): Promise<void> {
  const { client, signal } = context;
  const stamped = stamp(object, context.requestId);
  try {
    // In this order: that an object is somebody else's says more than what it would conflict in.
    await settleAll<unknown>([
      ownOrNothing(object, context),
      object.kind === 'Secret'
        ? client.create(blank(stamped), { dryRun: true, signal })
        : client.apply(stamped, { dryRun: true, signal }),
    ]);
  } catch (error) {
    if (object.kind === 'Secret' && error instanceof KubeError && error.reason === 'AlreadyExists') return;
    throw toClusterError(error, refOf(object));
  }
}

async function applyOne(object: Manifest, context: ApplyContext): Promise<LiveObject> {
  const { client, requestId, signal } = context;
  const stamped = stamp(object, requestId);
  try {
    const existing =
      object.kind === 'Namespace'
        ? await clearedNamespace(object, context)
        : await ownOrNothing(object, context);
    if (existing !== undefined && object.kind === 'Secret') return existing;
    if (existing !== undefined && hasFailed(existing)) return await runAnew(existing, stamped, context);
    if (existing !== undefined) return await client.apply(stamped, { uid: existing.metadata.uid, signal });
    if (object.kind === 'Secret') return await createOnce(generateSecret(stamped), context);
    // A namespace is the border of what is ours: whoever creates it first has it.
    if (object.kind === 'Namespace') return await createOnce(stamped, context);
    return await client.apply(stamped, { signal });
  } catch (error) {
    throw toClusterError(error, refOf(object));
  }
}

/** A Job that failed stays so whatever is applied to it: only another one can do its work. */
async function runAnew(failed: LiveObject, object: Manifest, context: ApplyContext): Promise<LiveObject> {
  const { client, signal } = context;
  await client.remove(refOf(failed), failed.metadata.uid, { signal });
  return await createOnce(object, context);
}

/** Creates; what appeared in the meantime is kept if it is ours, and refused if it is not. */
async function createOnce(object: Manifest, context: ApplyContext): Promise<LiveObject> {
  try {
    return await context.client.create(object, { signal: context.signal });
  } catch (error) {
    if (!(error instanceof KubeError) || error.reason !== 'AlreadyExists') throw error;
    const existing = await ownOrNothing(object, context);
    if (existing !== undefined) return existing;
    throw error;
  }
}

async function ownOrNothing(object: Manifest, context: ApplyContext): Promise<LiveObject | undefined> {
  const existing = await context.client.get(refOf(object), { signal: context.signal });
  if (existing !== undefined && !isOurs(existing, context.requestId)) throw foreign(object);
  return existing;
}

/** Waits for a namespace of an earlier life of this environment to be gone. */
async function clearedNamespace(object: Manifest, context: ApplyContext): Promise<LiveObject | undefined> {
  const giveUpAt = Date.now() + TERMINATING_MS;
  for (;;) {
    const existing = await context.client.get(refOf(object), { signal: context.signal });
    if (existing === undefined) return undefined;
    const earlier =
      existing.metadata.deletionTimestamp !== undefined &&
      existing.metadata.labels?.[OWNERSHIP.managedByLabel] === OWNERSHIP.managedBy &&
      existing.metadata.labels?.[OWNERSHIP.environmentLabel] ===
        object.metadata.labels?.[OWNERSHIP.environmentLabel];
    if (!earlier && !isOurs(existing, context.requestId)) throw foreign(object);
    if (!earlier) return existing;
    if (Date.now() > giveUpAt) throw stillTerminating(object);
    context.progress('an earlier environment of this name is still being deleted');
    await delay(POLL_MS, undefined, { signal: context.signal });
  }
}

function foreign(object: Manifest): ClusterError {
  const name = describeRef(refOf(object));
  return new ClusterError({
    type: FAILURE.foreignObject,
    object: name,
    reason: `${name} exists already and does not belong to this request; it was not touched`,
    events: [],
    next: 'Choose another name, or have its owner remove it, then retry.',
  });
}

function stillTerminating(object: Manifest): ClusterError {
  return new ClusterError({
    type: FAILURE.stuckDeletion,
    object: describeRef(refOf(object)),
    reason: 'an earlier environment of this name is still being deleted',
    events: [],
    next: 'Choose another name, or retry when the old one is gone.',
  });
}

/** Marks an object as made for this request. */
function stamp(object: Manifest, requestId: string): Manifest {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [OWNERSHIP.requestAnnotation]: requestId },
    },
  };
}

/** 192 random bits in letters that need no escaping in a URL, a shell or a configuration file. */
function generateSecret(secret: Manifest): Manifest {
  const data = secret.stringData as Record<string, string>;
  return { ...secret, stringData: fillGenerated(data, () => randomBytes(24).toString('hex')) };
}

/** A Secret for a dry run: no value is made for nothing. */
function blank(secret: Manifest): Manifest {
  if (!mentionsGenerate(secret)) return secret;
  return { ...secret, stringData: fillGenerated(secret.stringData as Record<string, string>, () => 'x') };
}

export function inventoryOf(object: LiveObject): InventoryItem {
  return { ...refOf(object), uid: object.metadata.uid };
}
