import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Manifest } from '../domain/plans.ts';

/** Which object, whatever it looks like now. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** An object as the API server returns it. */
export interface LiveObject extends Manifest {
  metadata: Manifest['metadata'] & {
    uid: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    finalizers?: string[];
    ownerReferences?: { kind: string; name: string; uid: string }[];
  };
}

export const OWNERSHIP = {
  managedByLabel: 'app.kubernetes.io/managed-by',
  managedBy: 'purser',
  environmentLabel: 'purser/environment',
  requestAnnotation: 'purser/request-id',
} as const;

export function refOf(object: Manifest): ObjectRef {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    name: object.metadata.name,
  };
}

/** `Deployment runner` */
export function describeRef(ref: { kind: string; name: string }): string {
  return `${ref.kind} ${ref.name}`;
}

/** Whether the object was made for this request, and for no other. */
export function isOurs(object: LiveObject, requestId: string): boolean {
  return (
    object.metadata.labels?.[OWNERSHIP.managedByLabel] === OWNERSHIP.managedBy &&
    object.metadata.annotations?.[OWNERSHIP.requestAnnotation] === requestId
  );
}

/** The value at a path of field names; `undefined` wherever something on the way is missing or no object. */
export function field(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The pod template of a workload; `undefined` when the kind runs no pods. */
export function podTemplate(object: Manifest): JsonObject | undefined {
  const path = object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const runsPods = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'];
  if (object.kind === 'Pod') return { spec: (object.spec ?? {}) as JsonValue, metadata: {} };
  if (!runsPods.includes(object.kind)) return undefined;
  return record(field(object, ...path)) as JsonObject;
}

/** Every container of a pod spec, init containers included. */
export function containersOf(podSpec: unknown): Record<string, unknown>[] {
  return [...list(field(podSpec, 'initContainers')), ...list(field(podSpec, 'containers'))].map(record);
}
