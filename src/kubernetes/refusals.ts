import type { Manifest } from '../domain/plans.ts';
import { containersOf, field, list, podTemplate, text } from './objects.ts';
import { mentionsGenerate } from './placeholders.ts';

/** A thing a template may not do. `image` when it is about one. */
export interface Refusal {
  object: Manifest;
  problem: string;
  image?: string;
}

/** All that may be in a template. Cluster-scoped kinds are not among them, nor what the guardrails are made of. */
const ALLOWED_KINDS: Record<string, readonly string[]> = {
  v1: ['ConfigMap', 'Secret', 'Service', 'ServiceAccount', 'PersistentVolumeClaim'],
  'apps/v1': ['Deployment', 'StatefulSet'],
  'batch/v1': ['Job', 'CronJob'],
  'networking.k8s.io/v1': ['Ingress'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
  'policy/v1': ['PodDisruptionBudget'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
};

/** What a template's own service accounts may never be given: the guardrails and everybody's secrets. */
const GUARDED_RESOURCES = [
  '*',
  'secrets',
  'resourcequotas',
  'limitranges',
  'networkpolicies',
  'roles',
  'rolebindings',
  'serviceaccounts/token',
];
const GUARDED_VERBS = ['*', 'escalate', 'bind', 'impersonate'];

/** Everything in the rendered objects that the guardrails do not let pass. */
export function refusalsOf(
  objects: Manifest[],
  bounds: { namespace: string; registries: string[] },
): Refusal[] {
  const { namespace, registries } = bounds;
  const seen = new Set<string>();
  return objects.flatMap((object) => {
    const refuse = (problem: string): Refusal => ({ object, problem });
    const key = `${object.apiVersion} ${object.kind} ${object.metadata.name}`;
    const twice = seen.has(key) ? [refuse('is there twice')] : [];
    seen.add(key);
    return [
      ...twice,
      ...identityProblems(object).map(refuse),
      ...secretProblems(object).map(refuse),
      ...serviceProblems(object).map(refuse),
      ...accessProblems(object, namespace).map(refuse),
      ...imagesOf(object).flatMap((image) =>
        fromRegistry(image, registries)
          ? []
          : [
              {
                object,
                image,
                problem: `uses the image ${image}; images come from ${describeRegistries(registries)}`,
              },
            ],
      ),
    ];
  });
}

function identityProblems(object: Manifest): string[] {
  const { name, namespace } = object.metadata;
  const problems: string[] = [];
  if (!(ALLOWED_KINDS[object.apiVersion] ?? []).includes(object.kind)) {
    problems.push(`is a ${object.kind} of ${object.apiVersion}, which templates may not contain`);
  }
  if (namespace !== undefined) problems.push('sets a namespace; an environment has only its own');
  if (name.startsWith('purser-') || (object.kind === 'ConfigMap' && name === 'connection-info')) {
    problems.push('has a name that is kept for the guardrails');
  }
  return problems;
}

function secretProblems(object: Manifest): string[] {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret') return mentionsGenerate(object) ? ['generates a value outside a Secret'] : [];
  if (mentionsGenerate(rest)) return ['generates a value outside stringData'];
  const literal = Object.keys((object.data ?? {}) as object).length > 0;
  return [
    ...(literal ? ['has `data`; put generated values into `stringData`'] : []),
    ...(stringData === undefined ? ['has no `stringData`'] : []),
  ];
}

function serviceProblems(object: Manifest): string[] {
  if (object.kind !== 'Service') return [];
  const type = text(field(object, 'spec', 'type')) || 'ClusterIP';
  const external = list(field(object, 'spec', 'externalIPs')).length > 0;
  return [
    ...(type === 'ClusterIP' ? [] : [`is a Service of type ${type}; only ClusterIP stays inside`]),
    ...(external ? ['has externalIPs'] : []),
  ];
}

function accessProblems(object: Manifest, own: string): string[] {
  if (object.kind === 'Role') {
    const rules = list(object.rules);
    const resources = rules.flatMap((rule) => list(field(rule, 'resources'))).map(String);
    const verbs = rules.flatMap((rule) => list(field(rule, 'verbs'))).map(String);
    const groups = rules.flatMap((rule) => list(field(rule, 'apiGroups'))).map(String);
    return [
      ...resources
        .filter((name) => GUARDED_RESOURCES.includes(name))
        .map((name) => `grants access to ${name}`),
      ...verbs.filter((verb) => GUARDED_VERBS.includes(verb)).map((verb) => `grants the verb ${verb}`),
      ...(groups.includes('*') ? ['grants access to every API group'] : []),
    ];
  }
  if (object.kind === 'RoleBinding') {
    const strangers = list(object.subjects).filter((subject) => field(subject, 'kind') !== 'ServiceAccount');
    const elsewhere = list(object.subjects).filter((subject) => field(subject, 'namespace') !== own);
    return [
      ...(field(object, 'roleRef', 'kind') === 'Role' ? [] : ['binds a ClusterRole']),
      ...(strangers.length > 0 ? ['binds people; only service accounts may be bound'] : []),
      ...(elsewhere.length > 0 ? ['binds service accounts of another namespace'] : []),
    ];
  }
  return [];
}

function imagesOf(object: Manifest): string[] {
  return containersOf(field(podTemplate(object), 'spec'))
    .map((container) => text(container.image))
    .filter((image) => image !== '');
}

function fromRegistry(image: string, registries: string[]): boolean {
  const full = fullImageName(image);
  return registries.some((prefix) => {
    if (!full.startsWith(prefix)) return false;
    return prefix.endsWith('/') || ['/', ':', '@', undefined].includes(full[prefix.length]);
  });
}

/** `docker.io/library or registry.k8s.io` */
export function describeRegistries(registries: string[]): string {
  return registries.map((prefix) => prefix.replace(/\/$/, '')).join(' or ');
}

/** `nginx` is `docker.io/library/nginx`, as container runtimes read it. */
function fullImageName(image: string): string {
  const [first, ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  if (first === 'localhost' || /[.:]/.test(first ?? '')) return image;
  return `docker.io/${image}`;
}
