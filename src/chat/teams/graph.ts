import { z } from 'zod';
import type { TeamsConfig } from '../../config.ts';
import { ChatError, type ChatErrorReason } from '../adapter.ts';

const LOGIN = 'https://login.microsoftonline.com/';
const GRAPH = 'https://graph.microsoft.com/';
const SCOPE = 'https://graph.microsoft.com/.default';

const TIMEOUT_MS = 15_000;
const DEFAULT_RETRY_MS = 5_000;
/** A token is asked for anew when it has only so long to live. */
const SLACK_MS = 5 * 60_000;

type Method = 'GET' | 'POST' | 'PATCH';

/** Microsoft Graph, as the app itself. Rejects with `ChatError` only, whose message ends with Graph's own code. */
export interface Graph {
  /** `https://graph.microsoft.com/v1.0/` */
  readonly baseUrl: string;
  /** `path` is below the base address, or an address there. */
  call<Value>(method: Method, path: string, schema: z.ZodType<Value>, body?: object): Promise<Value>;
  /** The application permissions that the organisation has granted, as Graph's token lists them. */
  permissions(): Promise<string[]>;
}

/** For the Playground, which has no directory behind it. */
export const NO_GRAPH: Graph = {
  baseUrl: GRAPH,
  call: async () => {
    throw new ChatError('forbidden', 'without an app id Teams opens no channels');
  },
  permissions: async () => [],
};

/** What the token says of the app. It is Graph's to check; here it only tells an administrator what is missing. */
const claimsSchema = z.object({ roles: z.array(z.string()).default([]) });
const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number() });
/** The sign-in's is a word, Graph's an object. */
const errorSchema = z.object({
  error: z.union([
    z.string(),
    z.object({
      code: z.string().optional(),
      innerError: z.object({ code: z.string().optional() }).optional(),
    }),
  ]),
});

/** The first tenant is the one whose teams have the channels. */
export function createGraph(
  { apiUrl, tenantIds }: Pick<TeamsConfig, 'apiUrl' | 'tenantIds'>,
  app: NonNullable<TeamsConfig['app']>,
  now: () => number = Date.now,
): Graph {
  const baseUrl = `${apiUrl ?? GRAPH}v1.0/`;
  const tokenUrl = `${apiUrl ?? `${LOGIN}${tenantIds[0]}/`}oauth2/v2.0/token`;
  let token: { value: Promise<string>; until: number } | undefined;

  function bearer(): Promise<string> {
    if (token !== undefined && token.until > now()) return token.value;
    const asked = fetchToken();
    const kept = { value: asked.then(({ access_token }) => access_token), until: now() + SLACK_MS };
    token = kept;
    asked.then(
      ({ expires_in }) => {
        kept.until = now() + Math.max(0, expires_in * 1_000 - SLACK_MS);
      },
      () => {
        if (token === kept) token = undefined;
      },
    );
    return kept.value;
  }

  async function fetchToken(): Promise<z.infer<typeof tokenSchema>> {
    const answer = await ask('token', tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: app.id,
        client_secret: app.password,
        scope: SCOPE,
      }),
    });
    if (answer.ok) return read('token', answer, tokenSchema);
    const failure = failureOf('token', answer);
    // What the sign-in does not like about us is 400 there, and no bug of the request.
    throw failure.reason === 'invalid' ? new ChatError('forbidden', failure.message) : failure;
  }

  return {
    baseUrl,
    async call(method, path, schema, body) {
      const address = new URL(path, baseUrl);
      if (address.origin !== new URL(baseUrl).origin)
        throw new ChatError('forbidden', 'an address that is not of graph');
      const authorization = `Bearer ${await bearer()}`;
      const answer = await ask(`graph ${method}`, address, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw failureOf(`graph ${method}`, answer);
      return read(`graph ${method}`, answer, schema);
    },

    async permissions() {
      const [, claims = ''] = (await bearer()).split('.');
      const parsed = claimsSchema.safeParse(parseJson(Buffer.from(claims, 'base64url').toString('utf8')));
      if (!parsed.success) throw new ChatError('unavailable', 'token: an answer that makes no sense');
      return parsed.data.roles;
    },
  };
}

interface Answer {
  ok: boolean;
  status: number;
  headers: Headers;
  body: unknown;
}

async function ask(operation: string, url: string | URL, request: RequestInit): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...request, redirect: 'error', signal });
    const { ok, status, headers } = response;
    return { ok, status, headers, body: parseJson(await response.text()) };
  } catch (error) {
    throw new ChatError('unavailable', `${operation}: no answer`, { cause: error });
  }
}

function read<Value>(operation: string, { body }: Answer, schema: z.ZodType<Value>): Value {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ChatError('unavailable', `${operation}: an answer that makes no sense`);
  return parsed.data;
}

const REASONS: Record<number, ChatErrorReason> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  408: 'unavailable',
  429: 'rate-limited',
};

/** The answer itself stays out of it. */
function failureOf(operation: string, { status, headers, body }: Answer): ChatError {
  const said = errorSchema.safeParse(body).data?.error;
  const code = typeof said === 'string' ? said : (said?.innerError?.code ?? said?.code);
  const message = `${operation}: HTTP ${status}${code === undefined ? '' : ` ${code}`}`;
  const reason = status >= 500 ? 'unavailable' : (REASONS[status] ?? 'invalid');
  const retryAfterMs = Number(headers.get('retry-after')) * 1_000 || DEFAULT_RETRY_MS;
  return new ChatError(reason, message, reason === 'rate-limited' ? { retryAfterMs } : {});
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
