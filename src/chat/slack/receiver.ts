import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AckFn, App, Receiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { end, readBody } from '../http.ts';

/** Slack's largest requests are views of up to 250 KB. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_SKEW_SECONDS = 300;
const MIN_SECRET_LENGTH = 16;
/** Past this Slack has told the person that the app did not answer. */
const ANSWER_MS = 2_900;

export interface HttpReceiver extends Receiver {
  /** Answers what Slack posts to `/slack/events`. The caller has matched the path. */
  requestListener(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Slack's requests over HTTP, for a server of the caller's. A request is verified as the bytes it came in before
 * anything in it is parsed, `ssl_check` included. Throws when the secret could be guessed.
 */
export function createHttpReceiver(options: {
  signingSecret: string;
  logger: Logger;
  /** Milliseconds since the epoch. */
  now?: () => number;
}): HttpReceiver {
  const { signingSecret, logger, now = Date.now } = options;
  if (signingSecret.trim().length < MIN_SECRET_LENGTH) {
    throw new Error(
      `SLACK_SIGNING_SECRET must have at least ${MIN_SECRET_LENGTH} characters: anybody could speak as Slack`,
    );
  }
  let app: App | undefined;
  let open = false;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return end(response, 405);
    if (app === undefined || !open) return end(response, 503);
    const headers = signedHeaders(request, now());
    if (headers === undefined) return refuse(request, response, 401);
    const raw = await readBody(request, MAX_BODY_BYTES);
    if (raw === 'too large') return refuse(request, response, 413);
    if (!isSigned(raw, headers, signingSecret)) return refuse(request, response, 401);
    const body = parseBody(raw, headers.contentType);
    if (body === undefined) return end(response, 400);
    if (body.type === 'url_verification') return end(response, 200, { challenge: body.challenge });
    if (body.ssl_check !== undefined) return end(response, 200);
    await deliver(app, request, response, body);
  }

  function refuse(request: IncomingMessage, response: ServerResponse, status: 401 | 413): void {
    logger.warn({ status, from: request.socket.remoteAddress }, 'refused a request that is not from slack');
    // What is left of the body is not read.
    response.setHeader('connection', 'close');
    end(response, status);
  }

  return {
    requestListener(request, response) {
      receive(request, response).catch((error: unknown) => {
        logger.error({ err: error }, 'a slack request failed');
        if (!response.headersSent) end(response, 500);
      });
    },
    init(bolt) {
      app = bolt;
    },
    async start() {
      open = true;
    },
    async stop() {
      open = false;
    },
  };
}

async function deliver(
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  body: Record<string, unknown>,
): Promise<void> {
  const late = setTimeout(() => end(response, 503), ANSWER_MS);
  const ack: AckFn<unknown> = async (answer) => {
    end(response, 200, answer === '' ? undefined : answer);
  };
  try {
    const retryNum = Number(request.headers['x-slack-retry-num']);
    const retryReason = request.headers['x-slack-retry-reason'];
    await app.processEvent({
      body,
      ack,
      ...(Number.isInteger(retryNum) ? { retryNum } : {}),
      ...(typeof retryReason === 'string' ? { retryReason } : {}),
    });
    // Nobody listens to it, and sending it again would not change that.
    if (!response.headersSent) end(response, 200);
  } finally {
    clearTimeout(late);
  }
}

interface SignedHeaders {
  signature: string;
  timestamp: string;
  contentType: string;
}

/** Exactly one of each, in Slack's own form and of now; Slack compresses nothing. */
function signedHeaders({ headersDistinct }: IncomingMessage, now: number): SignedHeaders | undefined {
  const signature = only(headersDistinct['x-slack-signature']);
  const timestamp = only(headersDistinct['x-slack-request-timestamp']);
  const contentType = only(headersDistinct['content-type']);
  if (signature === undefined || timestamp === undefined || contentType === undefined) return undefined;
  if (headersDistinct['content-encoding'] !== undefined) return undefined;
  if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^\d{1,11}$/.test(timestamp)) return undefined;
  if (Math.abs(now / 1000 - Number(timestamp)) > MAX_SKEW_SECONDS) return undefined;
  return { signature, timestamp, contentType };
}

function only(values: string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

function isSigned(raw: Buffer, { signature, timestamp }: SignedHeaders, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(raw).digest();
  return timingSafeEqual(expected, Buffer.from(signature.slice('v0='.length), 'hex'));
}

/** A form with `payload` holds nothing else, and no field comes twice: what was signed has one meaning. */
function parseBody(raw: Buffer, contentType: string): Record<string, unknown> | undefined {
  const text = raw.toString('utf8');
  const kind = contentType.split(';')[0]?.trim().toLowerCase();
  if (kind === 'application/json') return parseObject(text);
  if (kind !== 'application/x-www-form-urlencoded') return undefined;
  const fields = [...new URLSearchParams(text)];
  const values = Object.fromEntries(fields);
  if (Object.keys(values).length !== fields.length) return undefined;
  if (values.payload === undefined) return values;
  return fields.length === 1 ? parseObject(values.payload) : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
