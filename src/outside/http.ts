import { OutsideError } from '../domain/outside.ts';
import { retryAfterMs } from '../domain/retry-after.ts';

const TIMEOUT_MS = 10_000;

export interface OutsideRequest {
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

/**
 * Calls somebody else's system, `who` in words for people. What is not 2xx rejects with `OutsideError`, which names
 * neither the address nor what was sent: both may be secret.
 */
export async function callOutside(who: string, url: string, request: OutsideRequest): Promise<Response> {
  const response = await reach(who, url, request);
  if (response.ok) return response;
  await response.body?.cancel();
  throw refusalOf(who, response);
}

/** Redirects are not followed: what is sent is for the address that was configured. */
async function reach(who: string, url: string, request: OutsideRequest): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new OutsideError(`${who} does not answer (${codeOf(error)})`, { retryable: true });
  }
}

function refusalOf(who: string, { status, headers }: Response): OutsideError {
  if (status >= 300 && status < 400) {
    return new OutsideError(
      `${who} has moved (${status}); put its new address into manifests/incidents.yaml`,
      { retryable: false },
    );
  }
  const retryable = status >= 500 || status === 429 || status === 408;
  return new OutsideError(`${who} ${retryable ? 'cannot take it now' : 'refuses it'} (${status})`, {
    retryable,
    retryAfterMs: retryable ? retryAfterMs(headers.get('retry-after')) : undefined,
  });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `nothing within ${TIMEOUT_MS / 1_000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
