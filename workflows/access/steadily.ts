import { ActivityFailure, condition, isCancellation } from '@temporalio/workflow';
import { isPermanent } from '../incidents/trouble.ts';
import type { Life } from './grant-state.ts';
import { interruptibly } from './timekeeping.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Between tries, each of which goes on for a minute itself where a system does not answer; the last one for ever. */
const PAUSES = [
  2 * SECOND,
  5 * SECOND,
  15 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
];

export function pauseAfter(tries: number): number {
  return PAUSES[Math.min(tries, PAUSES.length - 1)] ?? MINUTE;
}

/** Until a system answers, or refuses for good; nothing when an order comes first. */
export async function steadily<T>(life: Life, ask: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 0; life.order === undefined; tries += 1) {
    try {
      return await interruptibly(life, ask);
    } catch (error) {
      if (life.order !== undefined && isCancellation(error)) return undefined;
      if (!(error instanceof ActivityFailure) || isPermanent(error)) throw error;
    }
    await condition(() => life.order !== undefined, pauseAfter(tries));
  }
  return undefined;
}
