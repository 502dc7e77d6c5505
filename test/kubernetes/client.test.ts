import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import type { Manifest } from '../../src/domain/plans.ts';
import { createKubeClient, type KubeClient } from '../../src/kubernetes/client.ts';
import { KubeError } from '../../src/kubernetes/errors.ts';
import { previewPlan } from './samples.ts';

interface Received {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

type Answer = (request: Received) => { code: number; body: unknown } | undefined;

const RESOURCES: Record<string, { name: string; kind: string; namespaced: boolean }[]> = {
  '/api/v1': [
    { name: 'limitranges', kind: 'LimitRange', namespaced: true },
    { name: 'secrets', kind: 'Secret', namespaced: true },
    { name: 'secrets/fake', kind: 'Secret', namespaced: true },
  ],
  '/apis/networking.k8s.io/v1': [{ name: 'networkpolicies', kind: 'NetworkPolicy', namespaced: true }],
};

/** An API server that knows discovery and answers the rest as it is told; everything else gets the body back. */
async function withApiServer(
  answer: Answer,
  use: (client: KubeClient, received: Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = {
        method: request.method ?? '',
        url: new URL(request.url ?? '/', 'http://api.test'),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(seen);
      const resources = RESOURCES[seen.url.pathname];
      const reply =
        resources !== undefined
          ? { code: 200, body: { resources } }
          : (answer(seen) ?? { code: 200, body: JSON.parse(seen.body) });
      response.writeHead(reply.code, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    {
      name: 'test',
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      skipTLSVerify: true,
    },
    { name: 'test', token: 'token-of-purser' },
  );
  try {
    await use(createKubeClient(kubeConfig), received);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const secretRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'env-a', name: 'postgres' };

function guardrail(kind: string, name: string): Manifest {
  const found = previewPlan('wire')
    .steps.flatMap(({ objects }) => objects)
    .find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found);
  return found;
}

test('sends a NetworkPolicy with its `from` and a LimitRange with its `default`, byte for byte', async () => {
  const policy = guardrail('NetworkPolicy', 'purser-allow-ingress-preview');
  const limits = guardrail('LimitRange', 'purser-limits');

  await withApiServer(
    () => undefined,
    async (client, received) => {
      await client.apply(policy);
      await client.apply(limits);

      const [sentPolicy, sentLimits] = received.filter(({ method }) => method === 'PATCH');
      assert.equal(sentPolicy?.body, JSON.stringify(policy));
      assert.match(
        sentPolicy?.body ?? '',
        /"ingress":\[\{"from":\[\{"namespaceSelector":\{"matchLabels":\{"kubernetes.io\/metadata.name":"ingress"\}\}\}\]/,
      );
      assert.equal(sentLimits?.body, JSON.stringify(limits));
      assert.match(sentLimits?.body ?? '', /"default":\{"cpu":"250m","memory":"256Mi"\}/);
    },
  );
});

test('applies as field manager purser, strictly, and never by force', async () => {
  await withApiServer(
    () => undefined,
    async (client, received) => {
      await client.apply(guardrail('LimitRange', 'purser-limits'), { dryRun: true });

      const sent = received.at(-1);
      assert.equal(sent?.url.pathname, '/api/v1/namespaces/env-wire/limitranges/purser-limits');
      assert.deepEqual(Object.fromEntries(sent?.url.searchParams ?? []), {
        fieldManager: 'purser',
        fieldValidation: 'Strict',
        dryRun: 'All',
      });
      assert.equal(sent?.headers['content-type'], 'application/apply-patch+yaml');
      assert.equal(sent?.headers.authorization, 'Bearer token-of-purser');
    },
  );
});

test('names the manager and the field of each conflict', async () => {
  const status = {
    kind: 'Status',
    message: 'Apply failed with 1 conflict',
    reason: 'Conflict',
    details: {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl-edit" using v1',
          field: '.spec.limits',
        },
      ],
    },
  };

  await withApiServer(
    () => ({ code: 409, body: status }),
    async (client) => {
      await assert.rejects(client.apply(guardrail('LimitRange', 'purser-limits')), {
        name: 'KubeError',
        code: 409,
        conflicts: [{ manager: 'kubectl-edit', field: '.spec.limits' }],
      });
    },
  );
});

test('lets nothing out of a Secret that was refused, wherever the API server echoes it', async () => {
  const canary = 'canary-5c1f';
  const secret = {
    ...secretRef,
    metadata: { name: 'postgres', namespace: 'env-a' },
    stringData: { a: canary },
  };
  const echo = {
    kind: 'Status',
    reason: 'Invalid',
    message: `Secret "postgres" is invalid: data: ${canary}`,
    details: {
      causes: [{ reason: 'FieldValueInvalid', message: `Invalid value: ${canary}`, field: 'data' }],
    },
  };

  for (const body of [echo, `not a status: ${canary}`]) {
    await withApiServer(
      () => ({ code: 422, body }),
      async (client) => {
        const error = await client.create(secret).catch((thrown: unknown) => thrown);

        assert.ok(error instanceof KubeError);
        const everything = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join();
        assert.ok(!everything.includes(canary));
      },
    );
  }
});

test('tells the audit log of the cluster which environment a request is for, and keeps what it has learnt', async () => {
  const secret: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x', namespace: 'env-pr-42' },
  };
  await withApiServer(
    () => undefined,
    async (client, received) => {
      const own = client.onBehalfOf('environment/local/pr-42');
      await own.create(secret);
      await own.apply(secret);
      await own.remove({ ...secret, namespace: 'env-pr-42', name: 'x' }, 'uid-1');
      await client.create(secret);

      const asked = received.filter(({ url }) => url.pathname !== '/api/v1');
      assert.deepEqual(
        asked.map(({ headers }) => headers['user-agent']),
        [...Array(3).fill('purser (environment/local/pr-42)'), 'purser'],
      );
      assert.equal(received.length - asked.length, 1);
    },
  );
});

test('reads as somebody else when asked to', async () => {
  await withApiServer(
    () => ({ code: 200, body: {} }),
    async (client, received) => {
      await client.get(secretRef, { as: { user: 'kim', groups: ['team-shop', 'system:authenticated'] } });

      assert.equal(received.at(-1)?.headers['impersonate-user'], 'kim');
      assert.equal(received.at(-1)?.headers['impersonate-group'], 'team-shop, system:authenticated');
    },
  );
});

test('deletes by uid, and takes a missing or replaced object as not there', async () => {
  const codes = [200, 404, 409];

  await withApiServer(
    () => ({ code: codes.shift() ?? 500, body: {} }),
    async (client, received) => {
      const outcomes = [
        await client.remove(secretRef, 'uid-1'),
        await client.remove(secretRef, 'uid-1'),
        await client.remove(secretRef, 'uid-1'),
      ];

      assert.deepEqual(outcomes, [true, false, false]);
      assert.deepEqual(JSON.parse(received.at(-1)?.body ?? '').preconditions, { uid: 'uid-1' });
    },
  );
});

test('reads the kinds of a group once, and again for a kind it has not seen', async () => {
  await withApiServer(
    () => ({ code: 404, body: {} }),
    async (client, received) => {
      await client.get(secretRef);
      await client.get(secretRef);
      const before = received.filter(({ url }) => url.pathname === '/api/v1').length;
      const unknown = client.get({ ...secretRef, kind: 'Widget' });

      await assert.rejects(unknown, { message: 'the cluster knows no Widget in v1' });
      assert.equal(before, 1);
      assert.equal(received.filter(({ url }) => url.pathname === '/api/v1').length, 2);
    },
  );
});

test('tells an unreachable cluster from one that refuses', async () => {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'test', server: 'http://127.0.0.1:1', skipTLSVerify: true },
    { name: 'test' },
  );
  const client = createKubeClient(kubeConfig);

  await assert.rejects(client.get(secretRef), { name: 'KubeError', code: 0, reason: 'Unreachable' });
  assert.equal(await client.ready(), false);
});
