import { ActivityFailure, condition } from '@temporalio/workflow';
import type { LedgerLine } from '../../src/domain/departures.ts';
import { troubleOf } from '../environments/trouble.ts';
import { isPermanent } from '../incidents/trouble.ts';
import {
  changeLine,
  inMs,
  interrupted,
  isOpen,
  type Leaving,
  lineOf,
  msUntil,
  now,
} from './departure-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Between tries; the last one for ever. What only a person can do is looked at as rarely, and when they say so. */
const PAUSES = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];
const DAILY = 24 * HOUR;

export type Outcome = Pick<LedgerLine, 'state'> & Partial<LedgerLine>;

/** Goes on with a line until it is over, whatever becomes of the others. Leaves early where there is something else to do. */
export async function seeThrough(
  leaving: Leaving,
  id: string,
  attempt: (line: LedgerLine) => Promise<Outcome>,
): Promise<void> {
  for (;;) {
    await untilDue(leaving, id);
    const line = lineOf(leaving, id);
    if (!isOpen(line) || interrupted(leaving)) return;
    leaving.pressed.delete(id);
    const outcome = await outcomeOf(() => attempt(line));
    const tries = line.tries + 1;
    changeLine(leaving, id, { ...CLEAR, tries, nextTryAt: nextTry(outcome, tries), ...outcome });
  }
}

/** What was said of an earlier try. */
const CLEAR = { trouble: undefined, next: undefined, doneAt: undefined } satisfies Partial<LedgerLine>;

async function untilDue(leaving: Leaving, id: string): Promise<void> {
  const { nextTryAt } = lineOf(leaving, id);
  const wait = nextTryAt === undefined ? 0 : msUntil(nextTryAt);
  if (wait > 0) await condition(() => interrupted(leaving) || leaving.pressed.has(id), wait);
}

function nextTry({ state }: Outcome, tries: number): string | undefined {
  if (state === 'by-hand') return inMs(DAILY);
  return state === 'stuck' ? inMs(PAUSES[tries - 1] ?? DAILY) : undefined;
}

async function outcomeOf(attempt: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return outcomeOfFailure(error);
  }
}

/** What cannot work until somebody does something is theirs; everything else is tried again. */
export function outcomeOfFailure(error: ActivityFailure): Outcome {
  const { reason, next } = troubleOf(error);
  return isPermanent(error)
    ? { state: 'by-hand', trouble: reason, next }
    : { state: 'stuck', trouble: reason };
}

export function done(patch: Partial<LedgerLine> = {}): Outcome {
  return { ...patch, state: 'done', doneAt: now() };
}

/** Begun or over: what comes after it need not wait any longer. */
export function wasTried({ state }: Leaving, kind: LedgerLine['kind']): boolean {
  return state.ledger.every((line) => line.kind !== kind || line.tries > 0 || !isOpen(line));
}
