import { setTimeout as delay } from 'node:timers/promises';

/** Whether something we need answers. A rejection and a silence of 2 s count as no. */
export type Check = () => Promise<boolean>;

const PATIENCE_MS = 2_000;

/** All at once. Says which failed, never why: this is read by anybody who can reach the port. */
export async function runChecks(checks: Record<string, Check>): Promise<Record<string, 'ok' | 'failed'>> {
  const answers = await Promise.all(
    Object.entries(checks).map(
      async ([name, check]) => [name, (await inTime(check)) ? 'ok' : 'failed'] as const,
    ),
  );
  return Object.fromEntries(answers);
}

async function inTime(check: Check): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      check().catch(() => false),
      delay(PATIENCE_MS, false, { signal: timer.signal, ref: false }),
    ]);
  } finally {
    timer.abort();
  }
}
