import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { type Cluster, ClusterError } from '../../src/domain/ports.ts';
import { createCluster } from '../../src/kubernetes/cluster.ts';
import { KubeError, troubleOf } from '../../src/kubernetes/errors.ts';
import { previewPlan } from './samples.ts';

/** An API server that has lost the content of its Secrets, and does not take anything. */
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://api.test');
  const resources = [
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'secrets', kind: 'Secret', namespaced: true },
  ];
  const answers: Record<string, object> = {
    '/api/v1': { resources },
    '/api/v1/namespaces/env-pr-42/secrets/postgres': { kind: 'Secret', data: {} },
  };
  const answer = request.method === 'GET' ? answers[pathname] : undefined;
  response.writeHead(answer === undefined ? 503 : 200).end(JSON.stringify(answer ?? {}));
});
let cluster: Cluster;

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test' },
  );
  cluster = createCluster(kubeConfig);
});
after(() => server.close());

test('a step that was tried in vain says what a person can do: Retry or Roll back', async () => {
  const plan = previewPlan('pr-42');

  const trouble = await troubleIn(
    cluster.applyStep({
      plan,
      stepId: plan.steps[0]?.id ?? '',
      requestId: 'request-1',
      progress: () => {},
      signal: new AbortController().signal,
    }),
  );

  assert.equal(trouble.type, 'Unknown');
  assert.match(trouble.next, /^Retry goes on from this step; Roll back undoes what was made\./);
});

test('who reveals credentials is never told to retry an environment that is ready', async () => {
  const reveal = (name: string) =>
    troubleIn(
      cluster.readSecrets({
        environment: 'environment/local/pr-42',
        namespace: 'env-pr-42',
        outputs: [{ key: 'DATABASE_URL', secret: { name, key: 'url' } }],
        person: 'kim',
        group: 'team-shop',
      }),
    );

  const emptied = await reveal('postgres');
  const unanswered = await reveal('other');

  assert.equal(
    emptied.next,
    'Ask the platform team what removed it. A new environment gets new credentials.',
  );
  assert.equal(unanswered.next, 'Try again in a few minutes. If it keeps happening, ask the platform team.');
});

test('nothing that a person reads says that there is nothing to do', () => {
  const codes = [0, 403, 409, 422, 429, 500, 503];

  const nexts = codes.map((code) =>
    troubleOf(new KubeError({ code, reason: 'Unknown', message: 'no' }), {
      apiVersion: 'v1',
      kind: 'Pod',
      name: 'x',
    }),
  );

  assert.ok(nexts.every(({ next }) => !/nothing to do|by itself/i.test(next)));
});

async function troubleIn(work: Promise<unknown>): Promise<ClusterError['trouble']> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ClusterError) return error.trouble;
    throw error;
  }
  throw new Error('it worked');
}
