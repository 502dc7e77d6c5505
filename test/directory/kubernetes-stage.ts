import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { kubernetes } from '../../src/directory/kubernetes.ts';
import type { Person } from '../../src/domain/people.ts';
import type { Holding, Identity, SystemConnector } from '../../src/domain/systems.ts';
import { createKubeClient } from '../../src/kubernetes/client.ts';
import type { ObjectRef } from '../../src/kubernetes/objects.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { kubeconfigPath } from '../support/stack.ts';
import { surroundings } from '../support/surroundings.ts';
import type { ConnectorStage, Group } from './connector-stage.ts';

const administrator = new KubeConfig();
administrator.loadFromFile(kubeconfigPath());
export const client = createKubeClient(administrator);

const CANARY = 'canary-of-the-api-server';
const PAGE = 250;

export interface KubernetesStage extends ConnectorStage {
  namespace: string;
  /** Another one to the same cluster, which offers something else. */
  offering(roles: unknown[]): SystemConnector;
}

/** The connector with a namespace of its own, and a way to the API server that can be broken. */
export async function openKubernetes(t: TestContext): Promise<KubernetesStage> {
  const namespace = `systems-${randomBytes(4).toString('hex')}`;
  await createNamespace(t, namespace);
  const { proxy, own } = await openProxy(t);
  const [known, another] = [person('known'), person('another')];
  const people: Person[] = [known, another].map(({ person, ...rest }) => ({
    ...rest,
    id: person,
    active: true,
    roles: [],
    accounts: [],
  }));
  const teams = [
    { id: 'crew', title: 'Crew', group: `group-of-${namespace}`, leads: [], members: [another.person] },
  ];
  const directory = { snapshot: async () => ({ people, teams }) };
  const given = surroundings({ kubernetes: createKubeClient(own), directory });
  const offering = (roles: unknown[]) =>
    kubernetes.open('cluster', kubernetes.settings.parse({ roles }), given);
  return {
    connector: offering([
      { role: 'view', everywhere: true, namespaces: [namespace] },
      { role: 'edit', namespaces: [namespace] },
    ]),
    offering,
    namespace,
    known,
    another,
    stranger: person('stranger'),
    group: { kind: 'group', group: 'view', scope: namespace },
    outside: {
      holds: ({ person }, holding) => hasSubject(person, asGroup(holding)),
      give: ({ person }, holding) => bind(person, asGroup(holding)),
      async fill(group) {
        await Promise.all(crowd('a').map((name) => bind(name, group)));
        return crowd('a').length;
      },
      async pile({ person }) {
        await Promise.all(
          crowd('a').map((name) => bind(name, { kind: 'group', group: 'admin', scope: namespace })),
        );
        const groups = ['view', 'edit'].map((group): Group => ({ kind: 'group', group, scope: namespace }));
        for (const group of groups) await bind(person, group);
        return groups;
      },
      accounts: async () => 0,
    },
    break: async (fault) => proxy.break(fault),
    mend: async () => proxy.mend(),
    canaries: [
      CANARY,
      new URL(proxy.url).host,
      new URL(administrator.getCurrentCluster()?.server ?? '').host,
    ],
  };
}

export function person(name: string): Identity {
  const id = `${name}-${randomBytes(4).toString('hex')}`;
  return { person: id, name, email: `${id}@example.test` };
}

export async function createNamespace(t: TestContext, name: string): Promise<void> {
  const { metadata } = await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  t.after(() => client.remove({ apiVersion: 'v1', kind: 'Namespace', name }, metadata.uid));
}

/** The proxy speaks to the API server as its administrator. */
async function openProxy(t: TestContext) {
  const tls = {};
  await administrator.applyToHTTPSOptions(tls);
  const server = administrator.getCurrentCluster()?.server ?? '';
  const proxy = await startFaultProxy(server, { tls, canary: CANARY });
  t.after(() => proxy.close());
  const own = new KubeConfig();
  own.loadFromClusterAndUser({ name: 'proxied', server: proxy.url, skipTLSVerify: true }, { name: 'nobody' });
  return { proxy, own };
}

function crowd(prefix: string): string[] {
  return Array.from({ length: PAGE + 10 }, (_, at) => `${prefix}-${at}`);
}

function asGroup(holding: Holding): Group {
  if (holding.kind !== 'group') throw new TypeError('the cluster has no accounts');
  return holding;
}

/** As an administrator does: with a name of their own, and no labels. */
export async function bind(user: string, group: Group, subjectKind = 'User'): Promise<void> {
  const { apiVersion, kind, name, namespace } = refOf(user, group);
  await client.create({
    apiVersion,
    kind,
    metadata: { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: group.group },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: subjectKind, name: user }],
  });
}

/** Read past the client that the connector uses. */
async function hasSubject(user: string, { group, scope }: Group): Promise<boolean> {
  const inside = scope === undefined ? 'clusterrolebindings' : `namespaces/${scope}/rolebindings`;
  const { body } = await createTransport(administrator)({
    method: 'GET',
    path: `/apis/rbac.authorization.k8s.io/v1/${inside}`,
  });
  const { items } = JSON.parse(body) as {
    items: { roleRef: { name: string }; subjects?: { name: string }[] }[];
  };
  return items.some(
    ({ roleRef, subjects }) => roleRef.name === group && subjects?.some(({ name }) => name === user),
  );
}

/** Also after a test that failed half-way: the cluster is shared. */
export async function removeIfThere(ref: ObjectRef): Promise<void> {
  const found = await client.get(ref);
  if (found !== undefined) await client.remove(ref, found.metadata.uid);
}

export function refOf(user: string, { group, scope }: Group): ObjectRef {
  const kind = scope === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, namespace: scope, name: `own-${user}-${group}` };
}
