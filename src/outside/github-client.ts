import { request } from '@octokit/request';
import { RequestError } from '@octokit/request-error';
import type { z } from 'zod';
import { OutsideError } from '../domain/outside.ts';
import { limitWaitMs } from '../domain/retry-after.ts';
import type { TrackerAccess } from '../domain/trackers.ts';

const WHO = 'GitHub';
const CALL_MS = 8_000;
/** All calls of one order are over within it, so that no earlier attempt is at work when the next one looks. */
const ORDER_MS = 25_000;
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

export type GitHub = typeof request;

/** For one order: what it takes shares one deadline. */
export function openGitHub({ url, token }: TrackerAccess): GitHub {
  const over = AbortSignal.timeout(ORDER_MS);
  return request.defaults({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' },
    request: {
      log: QUIET,
      fetch: (address: string, options: RequestInit) =>
        fetch(address, { ...options, signal: AbortSignal.any([over, AbortSignal.timeout(CALL_MS)]) }),
    },
  });
}

/** Rejects with `OutsideError`, in words for people: neither addresses nor tokens nor what was sent are in it. */
export async function ask<Answer>(
  schema: z.ZodType<Answer>,
  call: () => Promise<{ data: unknown }>,
): Promise<Answer> {
  return await inWords(async () => parsed(schema, await call()));
}

/** `undefined` when it answers with one of `statuses`. */
export async function askUnless<Answer>(
  statuses: number[],
  schema: z.ZodType<Answer>,
  call: () => Promise<{ data: unknown }>,
): Promise<Answer | undefined> {
  return await inWords(async () => {
    try {
      return parsed(schema, await call());
    } catch (error) {
      if (error instanceof RequestError && statuses.includes(error.status)) return undefined;
      throw error;
    }
  });
}

function parsed<Answer>(schema: z.ZodType<Answer>, { data }: { data: unknown }): Answer {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new OutsideError(`${WHO} answers with something else than expected; is its address right?`, {
    retryable: false,
  });
}

async function inWords<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    if (error instanceof RequestError && error.response !== undefined) throw refusalOf(error);
    throw new OutsideError(`${WHO} does not answer`, { retryable: true });
  }
}

const REFUSALS: Record<number, string> = {
  401: 'does not know the token: renew it',
  403: 'does not let the token do that: it needs to write issues, contents and pull requests',
  404: 'has no such repository, or hides it from the token: look at its name and at what the token may reach',
  410: 'has issues switched off in this repository: switch them on, or name another one',
};

function refusalOf({ status, response }: RequestError): OutsideError {
  // A limit is a 429, or a 403 that says when it is over.
  const wait = limitWaitMs(response?.headers ?? {});
  // Somebody was faster: the next attempt looks again.
  const isConflict = status === 409;
  const retryable = status >= 500 || status === 429 || status === 408 || isConflict || wait !== undefined;
  const why = retryable ? 'cannot take it now' : (REFUSALS[status] ?? 'refuses it');
  return new OutsideError(`${WHO} ${why} (${status})`, { retryable, retryAfterMs: wait });
}
