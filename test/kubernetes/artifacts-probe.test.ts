import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, test } from 'node:test';
import { field, list } from '../../src/kubernetes/objects.ts';
import { fillGenerated } from '../../src/kubernetes/placeholders.ts';
import { samplePlan } from './samples.ts';

const objects = samplePlan('dev', { name: 'abc' }).steps.flatMap((step) => step.objects);
const secret = fillGenerated(find('Secret', 'artifacts').stringData as Record<string, string>, (key) => key);
const running: Server[] = [];

describe('the probe of the artifact registry', () => {
  afterEach(() => {
    for (const server of running.splice(0)) server.close();
  });

  test('pushes with the published credentials and pulls with those of the pull secret', async () => {
    const registry = await startRegistry(secret);

    const { code, output } = await probe(registry.url);

    assert.equal(code, 0, output);
    assert.match(output, /^pushed to and pulled from http/);
    assert.deepEqual(registry.kept(), ['blobs', 'manifests']);
  });

  test('says what went wrong, and no password', async () => {
    const registry = await startRegistry({ ...secret, password: 'another' });

    const { code, output } = await probe(registry.url);

    assert.equal(code, 1);
    assert.equal(output, 'start a push: 401 instead of 202\n');
    assert.ok(!output.includes(secret.password ?? ''), output);
  });

  test('finds a pull secret that is not what was published', async () => {
    const registry = await startRegistry(secret);
    const pullSecret = String(secret['.dockerconfigjson']).replace('"password": "', '"password": "not-');

    const { code, output } = await probe(registry.url, { PULL_SECRET: pullSecret });

    assert.equal(code, 1);
    assert.match(output, /pull an image: 401 instead of 200/);
  });

  test('finds a registry that lets everybody in', async () => {
    const registry = await startRegistry(undefined);

    const { code, output } = await probe(registry.url);

    assert.equal(code, 1);
    assert.match(output, /refuse whoever gives no password: 200 instead of 401/);
  });

  test('finds a registry that forgets what it took', async () => {
    const registry = await startRegistry(secret, { forgetful: true });

    const { code, output } = await probe(registry.url);

    assert.equal(code, 1);
    assert.match(output, /pull an image: 404 instead of 200/);
  });
});

function find(kind: string, name: string) {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
}

/** The container of the Job as the template has it, with its environment from the Secret. */
async function probe(registry: string, changed: NodeJS.ProcessEnv = {}) {
  const pod = field(find('Job', 'artifacts-probe'), 'spec', 'template', 'spec');
  const env = Object.fromEntries(
    list(field(list(field(pod, 'containers'))[0], 'env')).map((entry) => {
      const key = String(field(entry, 'valueFrom', 'secretKeyRef', 'key'));
      return [String(field(entry, 'name')), String(field(entry, 'value') ?? secret[key])];
    }),
  );
  const script = String(field(find('ConfigMap', 'artifacts-probe'), 'data', 'probe.mjs'));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...env, REGISTRY: registry, ...changed },
  });
  const [output, [code]] = await Promise.all([
    Promise.all([text(child.stdout), text(child.stderr)]).then((said) => said.join('')),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, output };
}

/** As much of the OCI distribution API as a push and a pull need, as strict as the real one. */
async function startRegistry(
  credentials: Record<string, string> | undefined,
  { forgetful = false } = {},
): Promise<{ url: string; kept(): string[] }> {
  const kept = new Map<string, string>();
  const uploads = new Set<string>();
  const { username, password } = credentials ?? {};
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function answer(request: IncomingMessage): Promise<[number, string?, Record<string, string>?]> {
    const url = new URL(request.url ?? '', 'http://registry');
    if (credentials !== undefined && request.headers.authorization !== authorization) return [401];
    if (url.pathname === '/v2/') return [200];
    const body = await text(request);
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    if (request.method === 'POST') {
      const upload = randomUUID();
      uploads.add(upload);
      return [202, '', { location: `${url.pathname}${upload}?_state=kept` }];
    }
    if (request.method === 'GET') return kept.has(url.pathname) ? [200, kept.get(url.pathname)] : [404];
    const [repository, kind] = url.pathname.split(/\/(?=blobs|manifests)/);
    if (kind?.startsWith('blobs')) {
      const known = uploads.delete(url.pathname.split('/').at(-1) ?? '');
      if (!known || url.searchParams.get('_state') !== 'kept') return [404];
      if (url.searchParams.get('digest') !== digest) return [400];
      kept.set(`${repository}/blobs/${digest}`, body);
      return [201];
    }
    const parts = [JSON.parse(body).config, ...JSON.parse(body).layers];
    if (!parts.every((part) => kept.has(`${repository}/blobs/${part.digest}`))) return [400];
    if (!forgetful) kept.set(url.pathname, body);
    return [201];
  }

  const server = createServer(async (request, response) => {
    const [status, body, headers] = await answer(request);
    response.writeHead(status, headers).end(body);
  });
  running.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    kept: () => [...kept.keys()].map((path) => path.split('/')[3] ?? ''),
  };
}
