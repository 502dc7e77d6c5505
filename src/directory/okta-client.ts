import type { Client } from '@okta/okta-sdk-nodejs';
import { z } from 'zod';
import { limitWaitMs } from '../domain/retry-after.ts';
import { SystemError } from '../domain/systems.ts';
import {
  type ConnectorSurroundings,
  noAnswerFrom,
  refusedBy,
  SYSTEM_TIMEOUT_MS,
  unreadableAnswerFrom,
} from './systems.ts';

export const oktaSettings = z.strictObject({
  /** Of the organisation, without `-admin`. */
  url: z.url({ protocol: /^https?$/ }),
  /** The name of an API token. */
  secret: z.string().min(1),
});

export type OktaSettings = z.infer<typeof oktaSettings>;

/** What goes wrong rejects with `SystemError`. */
export interface OktaClient {
  ask<Answer>(call: (client: Client) => Promise<unknown>, answer: z.ZodType<Answer>): Promise<Answer>;
  /** `undefined` when it answers with one of these statuses. */
  askUnless<Answer>(
    statuses: number[],
    call: (client: Client) => Promise<unknown>,
    answer: z.ZodType<Answer>,
  ): Promise<Answer | undefined>;
  /** Of all pages. */
  list<Item>(
    call: (client: Client) => Promise<AsyncIterable<unknown>>,
    item: z.ZodType<Item>,
  ): Promise<Item[]>;
}

export function createOktaClient(
  name: string,
  settings: OktaSettings,
  { secret }: ConnectorSurroundings,
): OktaClient {
  let opened: Promise<Client> | undefined;

  async function inWords<Answer>(work: (client: Client) => Promise<Answer>): Promise<Answer> {
    const token = secret(settings.secret);
    try {
      opened ??= openClient(name, settings, token);
      return await work(await opened);
    } catch (error) {
      throw failureOf(name, error);
    }
  }

  return {
    ask: (call, answer) => inWords(async (client) => answer.parse(await call(client))),

    async askUnless(statuses, call, answer) {
      return await inWords(async (client) => {
        const given = await call(client).catch((error: unknown) => {
          if (statuses.includes(refusedWith(error)?.status ?? 0)) return REFUSED;
          throw error;
        });
        return given === REFUSED ? undefined : answer.parse(given);
      });
    },

    async list(call, item) {
      return await inWords(async (client) => {
        const found: unknown[] = [];
        for await (const one of await call(client)) if (one !== null) found.push(one);
        return z.array(item).parse(found);
      });
    },
  };
}

const REFUSED = Symbol('refused');

/**
 * Loaded only where there is an Okta. The SDK's own way to the network would repeat requests, follow wherever it is sent and
 * remember answers: what is read back has to be what is so now.
 */
async function openClient(name: string, { url }: OktaSettings, token: string): Promise<Client> {
  const okta = await import('@okta/okta-sdk-nodejs');
  const requestExecutor = new okta.RequestExecutor();
  Object.assign(requestExecutor, { fetch: (request: SdkRequest) => reach(name, url, request) });
  return new okta.Client({
    orgUrl: url,
    token,
    authorizationMode: 'SSWS',
    requestExecutor,
    cacheMiddleware: null,
  });
}

interface SdkRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/** The next page is wherever the last one says: only its path is taken from there. */
async function reach(name: string, base: string, request: SdkRequest): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  try {
    return await fetch(new URL(`${pathname}${search}`, base), {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(SYSTEM_TIMEOUT_MS),
    });
  } catch {
    throw noAnswerFrom(name);
  }
}

/** Of the SDK's two errors for answers other than 2xx, which are known without loading it. */
function refusedWith(error: unknown): { status: number; headers: Headers } | undefined {
  if (!(error instanceof Error && 'status' in error && 'headers' in error)) return undefined;
  const { status, headers } = error;
  return typeof status === 'number' && headers instanceof Headers ? { status, headers } : undefined;
}

function failureOf(name: string, error: unknown): SystemError {
  if (error instanceof SystemError) return error;
  const refused = refusedWith(error);
  // What the SDK cannot read fails somewhere within it, in no way that it promises.
  if (refused === undefined) return unreadableAnswerFrom(name);
  const { status, headers } = refused;
  const retryAfterMs = limitWaitMs({
    'retry-after': headers.get('retry-after') ?? undefined,
    'x-ratelimit-remaining': headers.get('x-rate-limit-remaining') ?? undefined,
    'x-ratelimit-reset': headers.get('x-rate-limit-reset') ?? undefined,
  });
  if (status !== 429 || retryAfterMs === undefined)
    return refusedBy(name, status, headers.get('retry-after'));
  return new SystemError(`${name} cannot do it now (429)`, { retryable: true, retryAfterMs });
}
