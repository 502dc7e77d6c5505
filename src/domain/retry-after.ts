/** A longer wait than this is not worth keeping: the next attempt asks again. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** How long a `Retry-After` header asks to wait: seconds, or a date. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}
