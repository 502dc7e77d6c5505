import { z } from 'zod';
import { SystemError } from '../domain/systems.ts';
import {
  type ConnectorSurroundings,
  noAnswerFrom,
  refusedBy,
  SYSTEM_TIMEOUT_MS,
  unreadableAnswerFrom,
} from './systems.ts';

export const scimSettings = z.strictObject({
  /** What `/Users` and `/Groups` come after. */
  url: z.url({ protocol: /^https?$/ }),
  /** The name of the bearer token. */
  secret: z.string().min(1),
});

export type ScimSettings = z.infer<typeof scimSettings>;

/** More than many servers hand out at once: what comes is counted. */
const PAGE = 100;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

type Resources = 'Users' | 'Groups';

export interface ScimOperation {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

/** SCIM 2.0 (RFC 7644) as far as Purser needs it. What goes wrong rejects with `SystemError`. */
export interface ScimClient {
  /** Those with exactly this value. A server that answers with others rejects: it would be taken for one that found them. */
  find<Found extends object>(
    resources: Resources,
    query: { where: keyof Found & string; is: string; attributes?: string[] },
    schema: z.ZodType<Found>,
    signal?: AbortSignal,
  ): Promise<Found[]>;
  list<Found>(resources: Resources, attributes: string[], schema: z.ZodType<Found>): Promise<Found[]>;
  /** Whether it was made; not where there is one already. */
  create(resources: Resources, resource: object, signal?: AbortSignal): Promise<boolean>;
  /** The status: 2xx, or one of `unless`, of which whoever asks looks what it means. With `version` only on what is still that. */
  patch(
    resources: Resources,
    id: string,
    operations: ScimOperation[],
    options?: { version?: string; unless?: number[]; signal?: AbortSignal },
  ): Promise<number>;
}

interface ScimRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: object;
  version?: string;
  unless?: number[];
  signal?: AbortSignal;
}

export function createScimClient(
  name: string,
  settings: ScimSettings,
  { secret }: ConnectorSurroundings,
): ScimClient {
  const base = settings.url.replace(/\/+$/, '');

  async function send({ path, version, unless = [], ...request }: ScimRequest): Promise<Response> {
    const response = await reach(name, `${base}/${path}`, {
      ...request,
      headers: {
        authorization: `Bearer ${secret(settings.secret)}`,
        accept: 'application/scim+json, application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...(version === undefined ? {} : { 'if-match': version }),
      },
    });
    if (response.ok && request.method === 'GET') return response;
    await response.body?.cancel();
    if (response.ok || unless.includes(response.status)) return response;
    throw refusedBy(name, response.status, response.headers.get('retry-after'));
  }

  async function page<Found>(
    resources: Resources,
    query: Record<string, string>,
    schema: z.ZodType<Found>,
    signal?: AbortSignal,
  ) {
    // Not `URLSearchParams`: not every server takes its “+” for a space.
    const words = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const response = await send({ method: 'GET', path: `${resources}?${words.join('&')}`, signal });
    const answer = listSchema(schema).safeParse(await readJson(name, response));
    if (!answer.success) throw unreadableAnswerFrom(name);
    return answer.data;
  }

  return {
    async find(resources, { where, is, attributes }, schema, signal) {
      const query = {
        filter: `${where} eq ${JSON.stringify(is)}`,
        count: String(PAGE),
        ...(attributes === undefined ? {} : { attributes: attributes.join(',') }),
      };
      const { Resources: found } = await page(resources, query, schema, signal);
      const values = found.map((resource) => String(resource[where]));
      if (values.some((value) => value.toLowerCase() !== is.toLowerCase())) {
        throw new SystemError(
          `${name} answers with others than those asked for: Purser needs a server that filters by “${where}”`,
          { retryable: false },
        );
      }
      // One userName in capitals is the same in small letters, says the RFC. Groups and ids are not.
      return where === 'userName' ? found : found.filter((_, at) => values[at] === is);
    },

    async list<Found>(resources: Resources, attributes: string[], schema: z.ZodType<Found>) {
      const found: Found[] = [];
      let total: number | undefined;
      do {
        const startIndex = String(found.length + 1);
        const query = { attributes: attributes.join(','), startIndex, count: String(PAGE) };
        const next = await page(resources, query, schema);
        if (total !== undefined && next.totalResults !== total) throw changing(name);
        total = next.totalResults;
        found.push(...next.Resources);
        if (next.Resources.length === 0 && found.length < total) throw unreadableAnswerFrom(name);
      } while (found.length < total);
      return found;
    },

    async create(resources, body, signal) {
      const { ok } = await send({ method: 'POST', path: resources, body, unless: [409], signal });
      return ok;
    },

    async patch(resources, id, operations, options) {
      const { status } = await send({
        method: 'PATCH',
        path: `${resources}/${encodeURIComponent(id)}`,
        body: { schemas: [PATCH], Operations: operations },
        ...options,
      });
      return status;
    },
  };
}

/** A redirect is not followed: the token is for the address that was configured. */
async function reach(
  name: string,
  url: string,
  { method, headers, body, signal }: Omit<ScimRequest, 'path'> & { headers: Record<string, string> },
): Promise<Response> {
  const deadline = AbortSignal.timeout(SYSTEM_TIMEOUT_MS);
  try {
    return await fetch(url, {
      method,
      headers,
      body: body && JSON.stringify(body),
      redirect: 'manual',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
  } catch {
    signal?.throwIfAborted();
    throw noAnswerFrom(name);
  }
}

async function readJson(name: string, response: Response): Promise<unknown> {
  const text = await response.text().catch(() => {
    throw noAnswerFrom(name);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw unreadableAnswerFrom(name);
  }
}

/** `Resources` may be left out where there are none. */
function listSchema<Found>(schema: z.ZodType<Found>) {
  return z.object({ totalResults: z.int().min(0), Resources: z.array(schema).default([]) });
}

/** Pages are counted from the first: of what changes meanwhile, one may be in two of them or in none. */
export function changing(name: string): SystemError {
  return new SystemError(`${name} is being changed by somebody else right now`, { retryable: true });
}
