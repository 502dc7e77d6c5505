import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { cut, readBytes } from './fake-server.ts';

/** What goes wrong with every request until `mend`. */
export type HttpFault =
  /** The connection is cut, and nothing was done. */
  | 'down'
  /** Never answered. */
  | 'slow'
  /** 500 and, as is all too common, with more in it than anybody should read. */
  | 'error'
  /** 429, `Retry-After: 7`. */
  | 'limited'
  /** 200 and no byte more. */
  | 'empty'
  /** It is done, and the connection is cut before the answer. */
  | 'lost';

/** Stands between somebody and an HTTP server. */
export interface FaultProxy {
  /** With no slash at its end. */
  url: string;
  break(fault: HttpFault): void;
  mend(): void;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** Of the server's certificate, where it has its own. */
  tls?: https.RequestOptions;
  /** Is in the body of every error. */
  canary: string;
}

export async function startFaultProxy(target: string, options: FaultProxyOptions): Promise<FaultProxy> {
  const base = new URL(target);
  let fault: HttpFault | undefined;
  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => cut(request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (fault === undefined || fault === 'lost') return await pass(request, response, fault === 'lost');
    await readBytes(request);
    if (fault === 'down') return cut(request);
    if (fault === 'empty') return void response.writeHead(200).end();
    if (fault === 'slow') return;
    const limited = fault === 'limited';
    response.writeHead(limited ? 429 : 500, {
      'content-type': 'application/json',
      ...(limited ? { 'retry-after': '7' } : {}),
    });
    response.end(JSON.stringify({ message: options.canary, error: options.canary, detail: options.canary }));
  }

  async function pass(request: IncomingMessage, response: ServerResponse, losing: boolean): Promise<void> {
    const body = await readBytes(request);
    const open = base.protocol === 'https:' ? https.request : http.request;
    const forwarded = open({
      ...options.tls,
      hostname: base.hostname,
      port: base.port,
      method: request.method,
      path: `${base.pathname.replace(/\/$/, '')}${request.url}`,
      headers: { ...request.headers, host: base.host },
    });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    const bytes = await readBytes(answer);
    if (losing && request.method !== 'GET') return cut(request);
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(bytes);
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    break(next) {
      fault = next;
    },
    mend() {
      fault = undefined;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
