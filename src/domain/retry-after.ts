/** A longer wait than this is not worth keeping: the next attempt asks again. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** How long a `Retry-After` header asks to wait: seconds, or a date. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}

/** The same of an API that also says of a limit when it is over: `x-ratelimit-reset`, in seconds since 1970. */
export function limitWaitMs(headers: Record<string, string | number | undefined>): number | undefined {
  const after = headers['retry-after'];
  if (after !== undefined) return retryAfterMs(String(after));
  if (String(headers['x-ratelimit-remaining']) !== '0') return undefined;
  const ms = Number(headers['x-ratelimit-reset']) * 1_000 - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}
