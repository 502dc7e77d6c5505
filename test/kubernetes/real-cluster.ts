import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import type { InventoryItem } from '../../src/domain/environments.ts';
import { environmentWorkflowId } from '../../src/domain/ids.ts';
import type { Plan } from '../../src/domain/plans.ts';
import { ClusterError } from '../../src/domain/ports.ts';
import { createKubeClient } from '../../src/kubernetes/client.ts';
import { createCluster } from '../../src/kubernetes/cluster.ts';
import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { kubeconfigPath } from '../support/stack.ts';

/** The shared cluster, through the code under test and beside it. */
const kubeConfig = new KubeConfig();
kubeConfig.loadFromFile(kubeconfigPath());
export const cluster = createCluster(kubeConfig);
export const client = createKubeClient(kubeConfig);
const send = createTransport(kubeConfig);
export const never = new AbortController().signal;
const names: string[] = [];

export function freshName(): string {
  const name = `k${randomBytes(4).toString('hex')}`;
  names.push(name);
  return name;
}

export async function applyStep(
  plan: Plan,
  stepId: string,
  requestId = 'request-1',
): Promise<InventoryItem[]> {
  return await cluster.applyStep({ plan, stepId, requestId, progress: () => {}, signal: never });
}

export async function applySteps(plan: Plan, stepIds: string[]): Promise<InventoryItem[]> {
  const inventory: InventoryItem[] = [];
  for (const stepId of stepIds) inventory.push(...(await applyStep(plan, stepId)));
  return inventory;
}

export const everyStep = (plan: Plan): string[] => plan.steps.map(({ id }) => id);

export async function refusal(running: Promise<unknown>): Promise<ClusterError['trouble']> {
  const thrown = await running.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof ClusterError)) throw thrown;
  return thrown.trouble;
}

export function namespaceRef(plan: Plan) {
  return { apiVersion: 'v1', kind: 'Namespace', name: plan.environment.namespace };
}

export function inside(plan: Plan, kind: string, name: string, apiVersion = 'v1') {
  return { apiVersion, kind, namespace: plan.environment.namespace, name };
}

export async function existing(ref: Parameters<typeof client.get>[0]): Promise<LiveObject> {
  const found = await client.get(ref);
  assert.ok(found, `${ref.kind} ${ref.name} is not there`);
  return found;
}

/** As another field manager, the way `kubectl edit` does. */
export async function editAs(manager: string, path: string, patch: unknown): Promise<void> {
  const response = await send({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}`,
    body: JSON.stringify(patch),
    contentType: 'application/merge-patch+json',
  });
  assert.equal(response.code, 200, response.body);
}

export async function teardown(plan: Plan, inventory: InventoryItem[], waitMs: number) {
  const { cluster: of, name, namespace } = plan.environment;
  return await cluster.teardown({
    environment: environmentWorkflowId(of, name),
    namespace,
    requestId: 'request-1',
    inventory,
    waitMs,
    progress: () => {},
    signal: never,
  });
}

/** Asks for every namespace of this file to be deleted, and waits for none. */
export async function cleanUp(): Promise<void> {
  for (const name of names) {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: `env-${name}` };
    const found = await client.get(ref);
    if (found !== undefined) await client.remove(ref, found.metadata.uid);
  }
}
