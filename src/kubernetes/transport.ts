import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './errors.ts';

export interface KubeRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With the query string. */
  path: string;
  body?: string;
  contentType?: string;
  headers?: Record<string, string | string[]>;
  signal?: AbortSignal;
}

export interface KubeResponse {
  code: number;
  body: string;
  /** The header, where the API server wants to be left alone for a while. */
  retryAfter?: string;
}

export type Transport = (request: KubeRequest) => Promise<KubeResponse>;

export const USER_AGENT = 'purser';
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_SOCKETS = 24;

/**
 * HTTP to the current cluster of a kubeconfig with its authentication, over connections that are kept. Rejects with
 * `KubeError` 0 `Unreachable` when no answer came in 15 s, with the signal's reason when it was aborted.
 */
export function createTransport(kubeConfig: KubeConfig): Transport {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current cluster');
  const base = new URL(cluster.server);
  const plain = base.protocol === 'http:';
  // The client's own agents do not keep connections; a proxy, which only they know, is worth more than that.
  const agent = plain
    ? new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS })
    : new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });

  return async function send(request) {
    request.signal?.throwIfAborted();
    const options: https.RequestOptions = {};
    await kubeConfig.applyToHTTPSOptions(options);
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
    try {
      return await exchange((plain ? http : https).request, request.body, {
        ...options,
        ...(cluster.proxyUrl === undefined ? { agent } : {}),
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port,
        method: request.method,
        path: `${base.pathname.replace(/\/$/, '')}${request.path}`,
        headers: {
          ...options.headers,
          accept: 'application/json',
          'user-agent': USER_AGENT,
          ...(request.body === undefined
            ? {}
            : {
                'content-type': request.contentType ?? 'application/json',
                'content-length': Buffer.byteLength(request.body),
              }),
          ...request.headers,
        },
        signal,
      });
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new KubeError({
        code: 0,
        reason: 'Unreachable',
        message: `the cluster did not answer: ${error instanceof Error ? error.message : 'unknown error'}`,
      });
    }
  };
}

function exchange(
  open: typeof https.request,
  body: string | undefined,
  options: https.RequestOptions,
): Promise<KubeResponse> {
  return new Promise((resolve, reject) => {
    const request = open(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          code: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          retryAfter: response.headers['retry-after'],
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}
