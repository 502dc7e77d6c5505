import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { CONNECTORS } from '../../src/directory/connectors.ts';
import { kubernetes, placesOf } from '../../src/directory/kubernetes.ts';
import { bindingRef } from '../../src/directory/kubernetes-bindings.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { createSystemsFile } from '../../src/directory/systems-file.ts';
import type { InventoryItem } from '../../src/domain/environments.ts';
import type { Manifest } from '../../src/domain/plans.ts';
import { ClusterError } from '../../src/domain/ports.ts';
import { createKubeClient, type KubeClient } from '../../src/kubernetes/client.ts';
import { createCluster } from '../../src/kubernetes/cluster.ts';
import { type ObjectRef, refOf } from '../../src/kubernetes/objects.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { samplePlan } from '../kubernetes/samples.ts';
import { eventually } from '../support/eventually.ts';
import { kubeconfigPath } from '../support/stack.ts';
import { surroundings } from '../support/surroundings.ts';

const never = new AbortController().signal;
const administrator = new KubeConfig();
administrator.loadFromFile(kubeconfigPath());
const client = createKubeClient(administrator);
const accounts = manifests('10-accounts.yaml');
const processes = manifests('20-processes.yaml');
const name = `deploy${randomBytes(3).toString('hex')}`;

before(async () => {
  for (const object of accounts) await client.apply(object);
  // The API server learns of a new admission policy a moment later.
  const worker = createKubeClient(await accountOf('purser-worker'));
  const stray: Manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'stray', namespace: 'purser' },
  };
  while (await isTaken(worker, stray)) await delay(50);
});
after(async () => {
  for (const object of [...accounts].reverse()) await removeIfThere(client, refOf(object));
});

test('the API server takes every object of the deployment', async () => {
  for (const object of processes) {
    await assert.doesNotReject(
      client.apply(object, { dryRun: true }),
      `${object.kind} ${object.metadata.name}`,
    );
  }
});

test('the worker’s own account sets up a whole environment and takes it down again', async () => {
  const worker = createCluster(await accountOf('purser-worker'));
  const plan = samplePlan('dev', { name, team: 'shop' });
  const inventory: InventoryItem[] = [];

  for (const { id: stepId } of plan.steps) {
    inventory.push(
      ...(await worker.applyStep({
        plan,
        stepId,
        requestId: 'request-1',
        progress: () => {},
        signal: never,
      })),
    );
  }
  const bot = createCluster(await accountOf('purser-bot'));
  const secrets = plan.outputs.flatMap((output) => ('secret' in output ? [output] : []));
  const where = { environment: 'environment/local/test', namespace: plan.environment.namespace };
  const asked = { ...where, outputs: secrets };
  const revealed = await bot.readSecrets({ ...asked, person: 'kim', group: plan.environment.group });
  await assert.rejects(bot.readSecrets({ ...asked, person: 'noor', group: 'team-finops' }), ClusterError);
  await worker.noteExpiry({
    ...where,
    requestId: 'request-1',
    expiresAt: '2026-04-08T10:00:00.000Z',
    signal: never,
  });
  const answer = await worker.teardown({
    ...where,
    requestId: 'request-1',
    inventory,
    waitMs: 60_000,
    progress: () => {},
    signal: never,
  });

  assert.equal(revealed.length, secrets.length);
  assert.deepEqual(answer, { gone: true, blockers: [] });
});

test('the worker’s own account gives what systems.yaml offers, and takes it away again', async (t) => {
  const worker = createKubeClient(await accountOf('purser-worker'));
  const directory = { snapshot: async () => ({ people: [], teams: [] }) };
  const entries = createSystemsFile('manifests', CONNECTORS);
  const entry = (await entries()).find(({ kind }) => kind === kubernetes);
  assert.ok(entry);
  const connector = kubernetes.open(
    entry.name,
    kubernetes.settings.parse(entry.settings),
    surroundings({ kubernetes: worker, directory }),
  );
  const identity = { person: name, name, email: `${name}@example.test` };
  const offered = placesOf(kubernetes.settings.parse(entry.settings));
  const orders = offered.map((holding) => ({
    identity,
    holding,
    key: connector.idempotencyKey('deploy', identity, holding),
  }));
  t.after(() =>
    Promise.all(orders.map(({ holding, key }) => removeIfThere(client, bindingRef(holding, key)))),
  );

  for (const order of orders) await connector.apply(order);
  const held = await connector.holdings(identity);
  for (const { holding } of orders) await eventually(() => connector.readBack(identity, holding));
  for (const order of orders) await connector.revoke(order);

  assert.deepEqual(held, offered);
  assert.deepEqual(await connector.holdings(identity), []);
});

const refused: { account: string; what: string; object: Manifest }[] = [
  {
    account: 'purser-worker',
    what: 'a secret outside of environments',
    object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'kube-system' } },
  },
  {
    account: 'purser-worker',
    what: 'a namespace of another name',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' } },
  },
  {
    account: 'purser-worker',
    what: 'the team role outside of environments',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'purser-team', namespace: 'kube-system' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    },
  },
  {
    account: 'purser-worker',
    what: 'a role under another name that gives more than it has',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'other', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }],
    },
  },
  {
    account: 'purser-worker',
    what: 'a cluster role binding of a name of its own',
    object: binding('ClusterRoleBinding', 'purser-test', 'view'),
  },
  {
    account: 'purser-worker',
    what: 'a binding to a role that is not offered, everywhere',
    object: binding('ClusterRoleBinding', 'purser-access-test', 'edit'),
  },
  {
    account: 'purser-worker',
    what: 'a binding to a role that is not offered, in a namespace',
    object: binding('RoleBinding', 'purser-access-test', 'view', 'default'),
  },
  {
    account: 'purser-worker',
    what: 'a binding in a namespace that is not offered',
    object: binding('RoleBinding', 'purser-access-test', 'edit', 'kube-system'),
  },
  {
    account: 'purser-worker',
    what: 'an administrator of the cluster',
    object: binding('ClusterRoleBinding', 'purser-access-test', 'cluster-admin'),
  },
  {
    account: 'purser-bot',
    what: 'anything at all',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'purser' } },
  },
];
for (const { account, what, object } of refused) {
  test(`${account} may not make ${what}`, async () => {
    const own = createKubeClient(await accountOf(account));

    await assert.rejects(own.apply(object, { dryRun: true }), { code: 403 });
  });
}

test('purser-worker may not take away what others gave', async (t) => {
  const worker = createKubeClient(await accountOf('purser-worker'));
  const { metadata } = await client.create(binding('ClusterRoleBinding', `others-${name}`, 'view'));
  const ref = refOf(binding('ClusterRoleBinding', metadata.name, 'view'));
  t.after(() => removeIfThere(client, ref));

  await assert.rejects(worker.remove(ref, metadata.uid), { code: 403 });
});

test('the bot may impersonate the organisation’s people and teams, and nobody else', async () => {
  const { people, teams } = await createPlatformFile('manifests')();
  const role = accounts.find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'purser-bot',
  );
  const rules = role?.rules as { resources: string[]; resourceNames: string[] }[];
  const named = (resource: string) =>
    rules.find(({ resources }) => resources.includes(resource))?.resourceNames;
  const mayImpersonate = (resource: string, whom: string) =>
    client.mayAccess({
      user: 'system:serviceaccount:purser:purser-bot',
      groups: ['system:serviceaccounts', 'system:authenticated'],
      attributes: { namespace: '', verb: 'impersonate', resource, name: whom },
    });

  assert.deepEqual(
    named('users'),
    people.map(({ id }) => id),
  );
  assert.deepEqual(named('groups'), [...teams.map(({ group }) => group), 'system:authenticated']);
  assert.equal(await mayImpersonate('users', 'kim'), true);
  assert.equal(await mayImpersonate('users', 'kubernetes-admin'), false);
  assert.equal(await mayImpersonate('groups', 'system:masters'), false);
});

/** A kubeconfig with a fresh token of a service account of ours. */
async function accountOf(account: string): Promise<KubeConfig> {
  const response = await createTransport(administrator)({
    method: 'POST',
    path: `/api/v1/namespaces/purser/serviceaccounts/${account}/token`,
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  assert.equal(response.code, 201, response.body);
  const { token } = (JSON.parse(response.body) as { status: { token: string } }).status;
  const cluster = administrator.getCurrentCluster();
  assert.ok(cluster);
  const own = new KubeConfig();
  own.loadFromClusterAndUser(cluster, { name: account, token });
  return own;
}

async function isTaken(own: KubeClient, object: Manifest): Promise<boolean> {
  return await own.apply(object, { dryRun: true }).then(
    () => true,
    () => false,
  );
}

function manifests(file: string): Manifest[] {
  const text = readFileSync(new URL(`../../manifests/deploy/${file}`, import.meta.url), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

async function removeIfThere(own: KubeClient, ref: ObjectRef): Promise<void> {
  const found = await own.get(ref);
  if (found !== undefined) await own.remove(ref, found.metadata.uid);
}

function binding(kind: string, name: string, role: string, namespace?: string): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [],
  };
}
