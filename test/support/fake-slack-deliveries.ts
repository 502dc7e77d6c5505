import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';

/** A request as it goes over the wire. A header given as a list is sent as often. */
export interface RawRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

export interface RawResponse {
  status: number;
  text: string;
  /** The body as JSON; `undefined` when there is none. */
  json: unknown;
  tookMs: number;
}

/** What came of something Slack told the app, and the means to tell it again. */
export interface Delivered extends RawResponse {
  request: RawRequest;
  /** The same bytes again, as a thief would send them. */
  replay(): Promise<RawResponse>;
  /** The same payload again under a fresh signature, as Slack sends it when it saw no answer. */
  retry(): Promise<RawResponse>;
}

/** Signs a body as Slack does. `timestamp` in seconds since the epoch. */
export function signedRequest(options: {
  url: string;
  body: string;
  signingSecret: string;
  contentType: string;
  timestamp?: number;
  headers?: Record<string, string>;
}): RawRequest {
  const timestamp = `${options.timestamp ?? Math.floor(Date.now() / 1000)}`;
  const body = Buffer.from(options.body);
  const signature = createHmac('sha256', options.signingSecret)
    .update(`v0:${timestamp}:`)
    .update(body)
    .digest('hex');
  return {
    method: 'POST',
    url: options.url,
    body,
    headers: {
      'content-type': options.contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
      ...options.headers,
    },
  };
}

/** Sends exactly these bytes. Rejects when no answer comes. */
export function sendRaw({ method, url, headers, body }: RawRequest): Promise<RawResponse> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined;
        resolve({ status: response.statusCode ?? 0, text, json, tookMs: performance.now() - started });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
