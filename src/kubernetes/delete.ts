import { setTimeout as delay } from 'node:timers/promises';
import type { InventoryItem } from '../domain/environments.ts';
import type { KubeClient } from './client.ts';
import { toClusterError } from './errors.ts';
import {
  describeRef,
  field,
  isOurs,
  type LiveObject,
  list,
  type ObjectRef,
  record,
  text,
} from './objects.ts';

export interface TeardownOptions {
  client: KubeClient;
  namespace: string;
  requestId: string;
  inventory: InventoryItem[];
  waitMs: number;
  progress(note: string): void;
  signal: AbortSignal;
}

const FIRST_POLL_MS = 50;
const MAX_POLL_MS = 500;
const STOPPED_FIRST = ['Ingress', 'Deployment', 'StatefulSet', 'Job', 'CronJob'];

/**
 * Deletes the namespace if it is the one of this request, with everything in it, and whatever else is in the
 * inventory. By uid: a successor of the same name stays. Finalizers are left to whoever put them there.
 */
export async function teardown(options: TeardownOptions): Promise<{ gone: boolean; blockers: string[] }> {
  const { client, signal, inventory } = options;
  const elsewhere = inventory.filter(
    (item) => item.kind !== 'Namespace' && item.namespace !== options.namespace,
  );
  for (const item of elsewhere.reverse()) await removeItem(client, item, signal);
  const ref: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: options.namespace };
  const known = inventory.find((item) => item.kind === 'Namespace' && item.name === options.namespace)?.uid;
  const current = await read(options, ref);
  const uid =
    known ?? (current !== undefined && isOurs(current, options.requestId) ? current.metadata.uid : undefined);
  if (current === undefined || uid === undefined || current.metadata.uid !== uid)
    return { gone: true, blockers: [] };
  // The namespace controller starts only after some seconds: routes and workloads are gone by then.
  const first = inventory.filter(({ kind }) => STOPPED_FIRST.includes(kind));
  for (const item of first.reverse()) await removeItem(client, item, signal);
  await removeItem(client, { ...ref, uid }, signal);
  return await waitUntilGone(options, ref, uid);
}

async function waitUntilGone(
  options: TeardownOptions,
  ref: ObjectRef,
  uid: string,
): Promise<{ gone: boolean; blockers: string[] }> {
  const giveUpAt = Date.now() + options.waitMs;
  let pollMs = FIRST_POLL_MS;
  for (;;) {
    const current = await read(options, ref);
    if (current === undefined || current.metadata.uid !== uid) return { gone: true, blockers: [] };
    const blockers = blockersOf(current);
    if (Date.now() >= giveUpAt) return { gone: false, blockers };
    options.progress(blockers[0] ?? `${describeRef(ref)} is being deleted`);
    await delay(pollMs, undefined, { signal: options.signal });
    pollMs = Math.min(MAX_POLL_MS, Math.ceil(pollMs * 1.3));
  }
}

async function read({ client, signal }: TeardownOptions, ref: ObjectRef): Promise<LiveObject | undefined> {
  try {
    return await client.get(ref, { signal });
  } catch (error) {
    throw toClusterError(error, ref);
  }
}

async function removeItem(client: KubeClient, item: InventoryItem, signal: AbortSignal): Promise<void> {
  try {
    await client.remove(item, item.uid, { signal });
  } catch (error) {
    throw toClusterError(error, item);
  }
}

const BLOCKING = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
];

/** What the namespace itself says keeps it, most telling first. */
export function blockersOf(namespace: LiveObject): string[] {
  const conditions = list(field(namespace, 'status', 'conditions')).map(record);
  const told = BLOCKING.flatMap((type) =>
    conditions
      .filter((condition) => condition.type === type && condition.status === 'True')
      .map((condition) => text(condition.message)),
  );
  const own = namespace.metadata.finalizers ?? [];
  return [...told, ...own.map((finalizer) => `the namespace itself has the finalizer ${finalizer}`)];
}
