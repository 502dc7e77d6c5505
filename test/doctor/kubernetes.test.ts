import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { checkKubernetes } from '../../src/doctor/kubernetes.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { kubeconfigPath } from '../support/stack.ts';

const administrator = new KubeConfig();
administrator.loadFromFile(kubeconfigPath());

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'purser-doctor-'));
});
after(() => rm(directory, { recursive: true, force: true }));

const people = {
  people: [{ id: 'kim', name: 'Kim', email: '', active: true, roles: [], accounts: [] }],
  teams: [],
};

test('an account that may do all of it is told so', async () => {
  const kubernetes = { kind: 'kubeconfig', path: kubeconfigPath() } as const;

  const findings = await checkKubernetes({ kubernetes, manifests: 'manifests' }, ['bot', 'worker'], people);

  assert.deepEqual(
    findings.map(({ state }) => state),
    ['good', 'good', 'good'],
  );
});

test('what an account may not do is named, for the bot with whom it speaks for', async () => {
  const kubernetes = await kubeconfigOf(await tokenOfNobody());

  const findings = await checkKubernetes({ kubernetes, manifests: 'manifests' }, ['bot', 'worker'], people);

  const [cluster, bot, worker] = findings;
  assert.equal(cluster?.state, 'good');
  assert.match(bot?.what ?? '', /^the bot may not impersonate users “kim”, .* and \d+ more$/);
  assert.match(worker?.what ?? '', /^the worker may not get namespaces, create namespaces, .* and \d+ more$/);
});

test('somebody of the directory whom the accounts do not name is missed', async () => {
  const kubernetes = await kubeconfigOf(await tokenOfNobody());

  const findings = await checkKubernetes(
    { kubernetes, manifests: await manifestsWithEmptyRole() },
    ['bot'],
    people,
  );

  assert.equal(findings[1]?.what, 'the bot may not impersonate users “kim”');
});

test('credentials that the cluster does not take are told from a cluster that is not there', async () => {
  const refused = await kubeconfigOf('nobody-knows-this-token');
  const gone = await kubeconfigOf('any', 'https://127.0.0.1:1');

  const [strange] = await checkKubernetes(
    { kubernetes: refused, manifests: 'manifests' },
    ['worker'],
    people,
  );
  const [nowhere] = await checkKubernetes({ kubernetes: gone, manifests: 'manifests' }, ['worker'], people);

  assert.equal(strange?.what, 'the cluster does not know who we are');
  assert.equal(nowhere?.what, 'the cluster does not answer (Unreachable)');
});

async function manifestsWithEmptyRole(): Promise<string> {
  const manifests = await mkdtemp(join(directory, 'manifests-'));
  await mkdir(join(manifests, 'deploy'));
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'purser-bot' },
    rules: [],
  };
  await writeFile(join(manifests, 'deploy/10-accounts.yaml'), JSON.stringify(role));
  return manifests;
}

/** Of an account that every namespace has, and that may do nothing. */
async function tokenOfNobody(): Promise<string> {
  const response = await createTransport(administrator)({
    method: 'POST',
    path: '/api/v1/namespaces/kube-public/serviceaccounts/default/token',
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  assert.equal(response.code, 201, response.body);
  return (JSON.parse(response.body) as { status: { token: string } }).status.token;
}

async function kubeconfigOf(token: string, server?: string) {
  const cluster = administrator.getCurrentCluster();
  assert.ok(cluster);
  const own = new KubeConfig();
  own.loadFromClusterAndUser({ ...cluster, server: server ?? cluster.server }, { name: 'nobody', token });
  const path = join(await mkdtemp(join(directory, 'kubeconfig-')), 'config');
  await writeFile(path, own.exportConfig());
  return { kind: 'kubeconfig', path } as const;
}
