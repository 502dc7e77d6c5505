import type { Manifest } from '../domain/plans.ts';
import { CONTAINER_DEFAULTS } from './guardrails.ts';
import { containersOf, count, field, list, podTemplate, record } from './objects.ts';
import { parseQuantity } from './quantities.ts';

/** What objects take of a quota at their worst moment: cores, bytes, bytes, pods, claims. */
export interface Footprint {
  cpu: number;
  memory: number;
  storage: number;
  pods: number;
  claims: number;
}

const NOTHING: Footprint = { cpu: 0, memory: 0, storage: 0, pods: 0, claims: 0 };

/** The sum over all objects, each with the pods a rolling update adds. Limits count: the quota holds them too. */
export function footprintOf(objects: Manifest[]): Footprint {
  return objects.map(footprintOfObject).reduce(
    (sum, one) => ({
      cpu: sum.cpu + one.cpu,
      memory: sum.memory + one.memory,
      storage: sum.storage + one.storage,
      pods: sum.pods + one.pods,
      claims: sum.claims + one.claims,
    }),
    NOTHING,
  );
}

function footprintOfObject(object: Manifest): Footprint {
  if (object.kind === 'PersistentVolumeClaim') return { ...NOTHING, storage: storageOf(object), claims: 1 };
  const template = podTemplate(object);
  if (template === undefined) return NOTHING;
  const pods = podsAtWorst(object);
  const claims = list(field(object, 'spec', 'volumeClaimTemplates'));
  const replicas = replicasOf(object);
  return {
    cpu: pods * podLimit(field(template, 'spec'), 'cpu'),
    memory: pods * podLimit(field(template, 'spec'), 'memory'),
    storage: replicas * claims.map(storageOf).reduce((sum, bytes) => sum + bytes, 0),
    pods,
    claims: replicas * claims.length,
  };
}

function storageOf(claim: unknown): number {
  return parseQuantity(field(claim, 'spec', 'resources', 'requests', 'storage')) ?? 0;
}

function replicasOf(object: Manifest): number {
  if (object.kind === 'Job') return count(field(object, 'spec', 'parallelism') ?? 1);
  if (object.kind === 'CronJob')
    return count(field(object, 'spec', 'jobTemplate', 'spec', 'parallelism') ?? 1);
  return count(field(object, 'spec', 'replicas') ?? 1);
}

function podsAtWorst(object: Manifest): number {
  const replicas = replicasOf(object);
  if (object.kind !== 'Deployment' || field(object, 'spec', 'strategy', 'type') === 'Recreate')
    return replicas;
  const surge = field(object, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%';
  const percent = /^([0-9]+)%$/.exec(String(surge))?.[1];
  return replicas + (percent === undefined ? Number(surge) : Math.ceil((replicas * Number(percent)) / 100));
}

/** As the scheduler counts: the containers together, or the largest init container if that is more. */
function podLimit(pod: unknown, resource: 'cpu' | 'memory'): number {
  const together = list(field(pod, 'containers'))
    .map((container) => limitOf(record(container), resource))
    .reduce((sum, limit) => sum + limit, 0);
  const alone = list(field(pod, 'initContainers')).map((container) => limitOf(record(container), resource));
  return Math.max(together, ...alone);
}

function limitOf(container: Record<string, unknown>, resource: 'cpu' | 'memory'): number {
  const limit = field(container, 'resources', 'limits', resource) ?? CONTAINER_DEFAULTS.limits[resource];
  return parseQuantity(limit) ?? Number.POSITIVE_INFINITY;
}

/** Containers whose request, their own or the default, is above their limit: the API server refuses them. */
export function contradictoryResources(pod: unknown): string[] {
  return containersOf(pod).flatMap((container) =>
    (['cpu', 'memory'] as const).flatMap((resource) => {
      const own = field(container, 'resources', 'requests', resource);
      const limit = limitOf(container, resource);
      const request =
        own ?? field(container, 'resources', 'limits', resource) ?? CONTAINER_DEFAULTS.requests[resource];
      return (parseQuantity(request) ?? 0) > limit
        ? [`container ${String(container.name)} requests more ${resource} than its limit`]
        : [];
    }),
  );
}
