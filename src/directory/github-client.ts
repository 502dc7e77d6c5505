import { request } from '@octokit/request';
import { RequestError } from '@octokit/request-error';
import { z } from 'zod';
import { limitWaitMs } from '../domain/retry-after.ts';
import { SystemError } from '../domain/systems.ts';
import {
  type ConnectorSurroundings,
  noAnswerFrom,
  refusal,
  refusedBy,
  SYSTEM_TIMEOUT_MS,
  unreadableAnswerFrom,
} from './systems.ts';

const PAGE = 100;
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export const githubSettings = z.strictObject({
  /** Of the REST API; an Enterprise Server has its own. */
  url: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
  organisation: z.string().regex(LOGIN, 'write the organisation as in its address'),
  /** The name of an owner's token. */
  secret: z.string().min(1),
  /** By `Person.id`. A login can be given up and taken by somebody else: `id` says whose it was. */
  accounts: z
    .record(
      z.string(),
      z.strictObject({
        login: z.string().regex(LOGIN, 'letters, digits and dashes'),
        id: z.int().positive(),
      }),
    )
    .refine((accounts) => {
      const ids = Object.values(accounts).map(({ id }) => id);
      return new Set(ids).size === ids.length;
    }, 'one account is two people’s: each needs an id of its own'),
});

export type GitHubSettings = z.infer<typeof githubSettings>;

type Parameters = Record<string, string | number>;

/** What goes wrong rejects with `SystemError`. */
export interface GitHubClient {
  /** Rejects unless the token may look into the organisation: in one that is hidden, nobody would be a member. */
  seeOrganisation(signal?: AbortSignal): Promise<void>;
  /** `undefined` when it answers with one of these statuses. */
  askUnless<Answer>(
    statuses: number[],
    route: string,
    parameters: Parameters,
    schema: z.ZodType<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer | undefined>;
  /** Of all pages. */
  list<Answer>(route: string, parameters: Parameters, schema: z.ZodType<Answer>): Promise<Answer[]>;
  /** None where there is no such place. */
  listIfThere<Answer>(route: string, parameters: Parameters, schema: z.ZodType<Answer>): Promise<Answer[]>;
}

export function createGitHubClient(
  name: string,
  { url, organisation, secret: secretName }: GitHubSettings,
  { secret }: ConnectorSurroundings,
): GitHubClient {
  let seen = false;

  async function send(route: string, parameters: Parameters, signal?: AbortSignal) {
    const deadline = AbortSignal.timeout(SYSTEM_TIMEOUT_MS);
    const options = {
      baseUrl: url.replace(/\/+$/, ''),
      headers: { authorization: `Bearer ${secret(secretName)}`, 'x-github-api-version': '2022-11-28' },
      request: {
        log: QUIET,
        // Not followed: the token is for the address that was configured.
        redirect: 'manual',
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      },
    } as const;
    const response = await request(route, { ...parameters, ...options }).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (error instanceof RequestError && error.response !== undefined) return error;
      throw noAnswerFrom(name);
    });
    if (!(response instanceof RequestError) && response.status >= 300) throw refusedBy(name, response.status);
    return response;
  }

  /** Once: teams are shown to members only. */
  async function seeOrganisation(signal?: AbortSignal): Promise<void> {
    if (seen) return;
    const response = await send('GET /orgs/{org}/teams', { org: organisation, per_page: 1 }, signal);
    if (response.status === 404) {
      throw refusal(
        `${name} has no organisation “${organisation}”, or hides it from the token: look at both, and at manifests/systems.yaml`,
      );
    }
    if (response instanceof RequestError) throw refusalOf(name, response);
    read(z.array(z.unknown()), response.data);
    seen = true;
  }

  async function ask(statuses: number[], route: string, parameters: Parameters, signal?: AbortSignal) {
    await seeOrganisation(signal);
    const response = await send(route, parameters, signal);
    if (!(response instanceof RequestError)) return response;
    if (statuses.includes(response.status)) return undefined;
    throw refusalOf(name, response);
  }

  function read<Answer>(schema: z.ZodType<Answer>, data: unknown): Answer {
    const answer = schema.safeParse(data);
    if (answer.success) return answer.data;
    throw unreadableAnswerFrom(name);
  }

  async function list<Answer>(
    statuses: number[],
    route: string,
    parameters: Parameters,
    schema: z.ZodType<Answer>,
  ): Promise<Answer[]> {
    const found: Answer[] = [];
    for (let page = 1; ; page += 1) {
      const response = await ask(statuses, route, { ...parameters, per_page: PAGE, page });
      if (response === undefined) return found;
      found.push(...read(z.array(schema), response.data));
      if (!response.headers.link?.includes('rel="next"')) return found;
    }
  }

  return {
    seeOrganisation,
    async askUnless(statuses, route, parameters, schema, signal) {
      const response = await ask(statuses, route, parameters, signal);
      return response === undefined ? undefined : read(schema, response.data);
    },
    list: (route, parameters, schema) => list([], route, parameters, schema),
    listIfThere: (route, parameters, schema) => list([404], route, parameters, schema),
  };
}

/** A limit is a 429, or a 403 that says when it is over. */
function refusalOf(name: string, { status, response }: RequestError): SystemError {
  const retryAfterMs = limitWaitMs(response?.headers ?? {});
  if (retryAfterMs === undefined) return refusedBy(name, status);
  return new SystemError(`${name} cannot do it now (${status})`, { retryable: true, retryAfterMs });
}
