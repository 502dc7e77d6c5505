import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Check, runChecks } from './checks.ts';

export interface HttpServer {
  readonly port: number;
  /** Everything under exactly this path. */
  mount(path: string, listener: RequestListener): void;
  /** From now on `/readyz` says no, so that nothing new is sent here. */
  drain(): void;
  /** Takes no new connection, finishes what it has taken. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  host: string;
  /** 0 for any free one. */
  port: number;
  checks: Record<string, Check>;
  /** Prometheus text. */
  metrics(): Promise<{ contentType: string; text: string }>;
}

/** The process's own server: `/healthz`, `/readyz`, `/metrics`, and what is mounted. Rejects when the port is taken. */
export async function openHttpServer({
  host,
  port,
  checks,
  metrics,
}: HttpServerOptions): Promise<HttpServer> {
  const mounted = new Map<string, RequestListener>();
  let draining = false;

  const routes: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/healthz': async (response) => sendJson(response, 200, { status: 'ok' }),
    '/readyz': async (response) => {
      // Whoever sends requests here has to know at once, even while a server that is looked at does not answer.
      if (draining) return sendJson(response, 503, { status: 'stopping' });
      const answers = await runChecks(checks);
      const ready = Object.values(answers).every((answer) => answer === 'ok');
      sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'waiting', ...answers });
    },
    '/metrics': async (response) => {
      const { contentType, text } = await metrics();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    },
  };

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const listener = mounted.get(path);
    if (listener !== undefined) {
      listener(request, response);
      return;
    }
    const route = routes[path];
    if (route === undefined) {
      sendJson(response, 404, { error: 'There is nothing here.' });
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      sendJson(response, 405, { error: 'Only GET works here.' });
      return;
    }
    route(response).catch(() => {
      if (!response.headersSent) sendJson(response, 500, { error: 'This did not work.' });
    });
  }

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    port: (server.address() as AddressInfo).port,
    mount: (path, listener) => void mounted.set(path, listener),
    drain: () => {
      draining = true;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeIdleConnections();
      }),
  };
}

function sendJson(response: ServerResponse, status: number, body: Record<string, string>): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
}
