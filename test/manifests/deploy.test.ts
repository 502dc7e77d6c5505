import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import type { InventoryItem } from '../../src/domain/environments.ts';
import type { Manifest } from '../../src/domain/plans.ts';
import { ClusterError } from '../../src/domain/ports.ts';
import { createKubeClient, type KubeClient } from '../../src/kubernetes/client.ts';
import { createCluster } from '../../src/kubernetes/cluster.ts';
import { refOf } from '../../src/kubernetes/objects.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { samplePlan } from '../kubernetes/samples.ts';
import { kubeconfigPath } from '../support/stack.ts';

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
  for (const object of [...accounts].reverse()) await removeIfThere(client, object);
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
    what: 'a cluster role binding',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'purser-test' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [],
    },
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

async function removeIfThere(own: KubeClient, object: Manifest): Promise<void> {
  const found = await own.get(refOf(object));
  if (found !== undefined) await own.remove(refOf(object), found.metadata.uid);
}
