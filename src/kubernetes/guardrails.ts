import type { Manifest } from '../domain/plans.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { ENVIRONMENT_QUOTA } from '../domain/sizes.ts';
import { field, list, record, text } from './objects.ts';

/** What guardrails are made from: one environment, its size and what the template puts into it. */
export interface Space {
  namespace: string;
  environment: string;
  team: string;
  group: string;
  owner: string;
  /** `dev@1` */
  template: string;
  size: { cpu: string; memory: string; storage: string; pods: number };
  /** Names of the Secrets that hold outputs: all the team may read. */
  outputSecrets: string[];
  cluster: PlatformConfig['cluster'];
}

/** Pod Security's rules as of this Kubernetes version, so that an upgrade of the cluster changes nothing silently. */
const POD_SECURITY_VERSION = 'v1.33';

/** Pods that carry it may open connections to the Kubernetes API. */
export const REACHES_API_LABEL = 'purser/reaches';
const REACHES_API_VALUE = 'kubernetes-api';
const API_PORTS = [443, 6443];

/** For containers that name no resources of their own: the quota refuses those. */
export const CONTAINER_DEFAULTS = {
  limits: { cpu: '250m', memory: '256Mi' },
  requests: { cpu: '50m', memory: '64Mi' },
};

/** The namespace and what holds for everything in it. Applied, and enforced, before anything else. */
export function spaceObjects(space: Space, workloads: Manifest[]): Manifest[] {
  return [namespace(space), resourceQuota(space), limitRange(space), ...networkPolicies(space, workloads)];
}

/** Access for the team's group, and for nobody else. */
export function accessObjects(space: Space): Manifest[] {
  const metadata = { name: 'purser-team', namespace: space.namespace };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: teamRules(space.outputSecrets),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: space.group }],
    },
  ];
}

function namespace(space: Space): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: space.namespace,
      labels: {
        'pod-security.kubernetes.io/enforce': 'baseline',
        'pod-security.kubernetes.io/enforce-version': POD_SECURITY_VERSION,
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': POD_SECURITY_VERSION,
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/audit-version': POD_SECURITY_VERSION,
      },
      annotations: {
        'purser/team': space.team,
        'purser/owner': space.owner,
        'purser/template': space.template,
      },
    },
  };
}

function resourceQuota(space: Space): Manifest {
  const { cpu, memory, storage, pods } = space.size;
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: ENVIRONMENT_QUOTA, namespace: space.namespace },
    spec: {
      hard: {
        'requests.cpu': cpu,
        'limits.cpu': cpu,
        'requests.memory': memory,
        'limits.memory': memory,
        'requests.storage': storage,
        pods: String(pods),
        persistentvolumeclaims: '10',
        'count/jobs.batch': '50',
        'services.loadbalancers': '0',
        'services.nodeports': '0',
      },
    },
  };
}

function limitRange(space: Space): Manifest {
  const { cpu, memory } = space.size;
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'purser-limits', namespace: space.namespace },
    spec: {
      limits: [
        {
          type: 'Container',
          default: CONTAINER_DEFAULTS.limits,
          defaultRequest: CONTAINER_DEFAULTS.requests,
          max: { cpu, memory },
        },
      ],
    },
  };
}

function networkPolicies(space: Space, workloads: Manifest[]): Manifest[] {
  const policy = (name: string, spec: Record<string, unknown>): Manifest => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `purser-${name}`, namespace: space.namespace },
    spec,
  });
  const everyPod = {};
  const reachesApi = { matchLabels: { [REACHES_API_LABEL]: REACHES_API_VALUE } };
  const inNamespace = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  return [
    policy('deny-all', { podSelector: everyPod, policyTypes: ['Ingress', 'Egress'] }),
    policy('allow-dns', {
      podSelector: everyPod,
      policyTypes: ['Egress'],
      egress: [
        {
          to: [inNamespace('kube-system')],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    policy('allow-same-namespace', {
      podSelector: everyPod,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: everyPod }] }],
      egress: [{ to: [{ podSelector: everyPod }] }],
    }),
    policy('allow-kubernetes-api', {
      podSelector: reachesApi,
      policyTypes: ['Egress'],
      egress: [
        {
          to: (space.cluster.apiServerCidrs ?? ['0.0.0.0/0']).map((cidr) => ({ ipBlock: { cidr } })),
          ports: API_PORTS.map((port) => ({ protocol: 'TCP', port })),
        },
      ],
    }),
    ...exposedServices(workloads).map((service) =>
      policy(`allow-ingress-${service.metadata.name}`, {
        podSelector: { matchLabels: record(field(service, 'spec', 'selector')) },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [inNamespace(space.cluster.ingressNamespace)],
            ports: list(field(service, 'spec', 'ports')).map((port) => ({
              protocol: text(field(port, 'protocol')) || 'TCP',
              port: field(port, 'targetPort') ?? field(port, 'port'),
            })),
          },
        ],
      }),
    ),
  ];
}

/** The Services that an Ingress of the same template leads to. */
function exposedServices(workloads: Manifest[]): Manifest[] {
  const names = new Set(workloads.filter(({ kind }) => kind === 'Ingress').flatMap(backendsOf));
  return workloads.filter(({ kind, metadata }) => kind === 'Service' && names.has(metadata.name));
}

export function backendsOf(ingress: Manifest): string[] {
  const paths = list(field(ingress, 'spec', 'rules')).flatMap((rule) => list(field(rule, 'http', 'paths')));
  const backends = [field(ingress, 'spec', 'defaultBackend'), ...paths.map((path) => field(path, 'backend'))];
  return backends.map((backend) => text(field(backend, 'service', 'name'))).filter((name) => name !== '');
}

const READ = ['get', 'list', 'watch'];
const EDIT = [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** Kubernetes' `edit` without quotas, policies, roles, routes, and of secrets only the outputs. */
function teamRules(outputSecrets: string[]): Record<string, unknown>[] {
  return [
    { apiGroups: [''], resources: ['pods', 'services', 'configmaps', 'persistentvolumeclaims'], verbs: EDIT },
    {
      apiGroups: [''],
      resources: ['pods/exec', 'pods/portforward', 'pods/attach'],
      verbs: ['get', 'create'],
    },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    {
      apiGroups: [''],
      resources: [
        'pods/log',
        'pods/status',
        'events',
        'endpoints',
        'serviceaccounts',
        'resourcequotas',
        'limitranges',
      ],
      verbs: READ,
    },
    {
      apiGroups: ['apps'],
      resources: ['deployments', 'statefulsets', 'deployments/scale', 'statefulsets/scale'],
      verbs: EDIT,
    },
    { apiGroups: ['apps'], resources: ['replicasets', 'controllerrevisions'], verbs: READ },
    { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: EDIT },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: EDIT },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: EDIT },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: READ },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: READ },
    ...(outputSecrets.length === 0
      ? []
      : [{ apiGroups: [''], resources: ['secrets'], resourceNames: outputSecrets, verbs: ['get'] }]),
  ];
}
