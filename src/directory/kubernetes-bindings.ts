import type { Holding } from '../domain/systems.ts';
import type { AccessQuestion } from '../kubernetes/client.ts';
import {
  field,
  type LiveObject,
  list,
  type ObjectRef,
  OWNERSHIP,
  record,
  text,
} from '../kubernetes/objects.ts';

/** What the Kubernetes connector's bindings look like, and what others' say. Nothing in here asks anybody. */

export const RBAC = 'rbac.authorization.k8s.io';
/** The policy in `manifests/deploy` lets the worker change no other bindings outside of environments. */
const PREFIX = 'purser-access-';
const SYSTEM_LABEL = 'purser/system';

/** A cluster role in a namespace, or without `scope` everywhere. */
export type Place = Extract<Holding, { kind: 'group' }>;

export interface Subjects {
  user: string;
  groups: string[];
}

/** Whether there could be such a role and namespace at all: names become parts of paths. */
export function isPlace(holding: Holding): holding is Place {
  if (holding.kind !== 'group') return false;
  const { group, scope } = holding;
  return /^[A-Za-z0-9][\w:.-]{0,250}$/.test(group) && (scope === undefined || isNamespaceName(scope));
}

export function isNamespaceName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}

/** One binding a key, so that requests for the same access do not take it from each other. */
export function bindingRef({ scope }: Place, key: string): ObjectRef {
  const name = `${PREFIX}${key}`;
  const apiVersion = `${RBAC}/v1`;
  return scope === undefined
    ? { apiVersion, kind: 'ClusterRoleBinding', name }
    : { apiVersion, kind: 'RoleBinding', namespace: scope, name };
}

export function bindingObject(place: Place, key: string, { system, user }: { system: string; user: string }) {
  const { apiVersion, kind, namespace, name } = bindingRef(place, key);
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [OWNERSHIP.managedByLabel]: OWNERSHIP.managedBy, [SYSTEM_LABEL]: system },
    },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: place.group },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
  };
}

export function isOurs(system: string, { metadata }: LiveObject): boolean {
  const labels = metadata.labels ?? {};
  return (
    metadata.name.startsWith(PREFIX) &&
    labels[OWNERSHIP.managedByLabel] === OWNERSHIP.managedBy &&
    labels[SYSTEM_LABEL] === system
  );
}

/** Whether the binding gives that role, in the place where it is. */
export function gives(binding: LiveObject, { group, scope }: Place): boolean {
  const role = record(binding.roleRef);
  return role.kind === 'ClusterRole' && role.name === group && binding.metadata.namespace === scope;
}

export function isFor(binding: LiveObject, { user, groups }: Subjects): boolean {
  return list(binding.subjects).some((subject) => {
    const name = text(field(subject, 'name'));
    const kind = field(subject, 'kind');
    return (kind === 'User' && name === user) || (kind === 'Group' && groups.includes(name));
  });
}

/** Something the role allows, to ask the cluster about. `undefined` when it allows nothing. */
export function probeOf(
  clusterRole: LiveObject,
  scope: string | undefined,
): AccessQuestion['attributes'] | undefined {
  const rule = list(clusterRole.rules)
    .map(record)
    .find(({ resources }) => list(resources).length > 0);
  if (rule === undefined) return undefined;
  const [resource = '', subresource] = concrete(rule.resources, 'pods').split('/');
  const name = list(rule.resourceNames).map(text).at(0);
  return {
    namespace: scope ?? '',
    verb: concrete(rule.verbs, 'get'),
    group: concrete(rule.apiGroups, ''),
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
  };
}

function concrete(words: unknown, otherwise: string): string {
  return (
    list(words)
      .map(text)
      .find((word) => !word.includes('*')) ?? otherwise
  );
}

/** Whether the cluster still acts on a binding of ours that is gone: its authorizer lags behind by a moment. */
export function namesOurBinding(reason: string, place: Place): boolean {
  const { kind } = bindingRef(place, '');
  return reason.includes(`by ${kind} "${PREFIX}`) && reason.includes(`ClusterRole "${place.group}"`);
}
