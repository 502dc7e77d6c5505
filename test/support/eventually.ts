import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * The first value of `look` that is neither `undefined` nor `false`. While it throws it is asked again; after
 * `timeoutMs` its last error is thrown, or that nothing was seen.
 */
export async function eventually<Value>(
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  timeoutMs = 30_000,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const last = performance.now() > deadline;
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      if (last) throw error;
    }
    if (last) throw new Error(`not seen within ${timeoutMs} ms: ${look}`);
    await delay(POLL_MS);
  }
}
