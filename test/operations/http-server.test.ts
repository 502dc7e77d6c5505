import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type HttpServer, type HttpServerOptions, openHttpServer } from '../../src/operations/http-server.ts';

const opened: HttpServer[] = [];
after(() => Promise.all(opened.map((server) => server.close())));

test('alive as soon as it listens, ready when everything it needs answers', async () => {
  const get = await serve({ checks: { temporal: async () => true, database: async () => true } });

  assert.deepEqual(await get('/healthz'), { status: 200, body: { status: 'ok' } });
  assert.deepEqual(await get('/readyz?verbose'), {
    status: 200,
    body: { status: 'ready', temporal: 'ok', database: 'ok' },
  });
});

test('not ready says what is missing, never why', async () => {
  const get = await serve({
    checks: {
      temporal: async () => true,
      kubernetes: async () => false,
      database: () => Promise.reject(new Error('canary: password wrong')),
    },
  });

  assert.deepEqual(await get('/readyz'), {
    status: 503,
    body: { status: 'waiting', temporal: 'ok', kubernetes: 'failed', database: 'failed' },
  });
});

test('what does not answer is not waited for', { timeout: 10_000 }, async () => {
  const get = await serve({ checks: { database: () => new Promise(() => {}) } });

  const { status, body } = await get('/readyz');

  assert.equal(status, 503);
  assert.equal(body.database, 'failed');
});

test('draining is not ready, and still alive', async () => {
  const get = await serve({ checks: { database: async () => true } });

  opened.at(-1)?.drain();

  assert.equal((await get('/readyz')).status, 503);
  assert.equal((await get('/readyz')).body.status, 'stopping');
  assert.equal((await get('/healthz')).status, 200);
});

test('metrics as they come, mounted paths exactly, nothing elsewhere', async () => {
  const get = await serve({});
  const server = opened.at(-1);
  server?.mount('/slack/events', (_request, response) => response.end('{"slack":"here"}'));

  const metrics = await fetch(`http://127.0.0.1:${server?.port}/metrics`);

  assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4');
  assert.equal(await metrics.text(), 'purser_up 1\n');
  assert.deepEqual((await get('/slack/events')).body, { slack: 'here' });
  assert.equal((await get('/slack/events/more')).status, 404);
  assert.equal((await get('/healthz', 'POST')).status, 405);
});

test('a port that is taken is an error', async () => {
  await serve({});

  const second = openHttpServer({ ...defaults, port: opened.at(-1)?.port ?? 0 });

  await assert.rejects(second, { code: 'EADDRINUSE' });
});

const defaults: HttpServerOptions = {
  host: '127.0.0.1',
  port: 0,
  checks: {},
  metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'purser_up 1\n' }),
};

async function serve(options: Partial<HttpServerOptions>) {
  const server = await openHttpServer({ ...defaults, ...options });
  opened.push(server);
  return async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
}
