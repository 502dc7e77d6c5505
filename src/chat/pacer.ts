import { ChatError } from './adapter.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export interface Pace {
  /** Calls that may go at once after a rest. */
  burst: number;
  /** Milliseconds in which one more becomes due. */
  everyMs: number;
}

export interface Pacer {
  /**
   * Resolves when it is this call's turn, in order of asking. Rejects with `rate-limited` at once when the turn is
   * further away than `maxWaitMs`: whoever retries durably waits better than a socket does.
   */
  turn(key: string, pace: Pace): Promise<void>;
  /** Nothing with this key goes for so long: what a platform's `Retry-After` says. */
  pause(key: string, ms: number): void;
}

const MAX_KEYS = 10_000;

/** Paces calls by key. A key's state is one instant: the time at which its burst would be whole again. */
export function createPacer(clock: Clock, maxWaitMs = 4_000): Pacer {
  const whole = new Map<string, number>();
  const paused = new Map<string, number>();

  return {
    async turn(key, { burst, everyMs }) {
      const now = clock.now();
      const due = Math.max(whole.get(key) ?? now, now);
      const wait = Math.max(due - (burst - 1) * everyMs - now, (paused.get(key) ?? 0) - now, 0);
      if (wait > maxWaitMs) {
        throw new ChatError('rate-limited', `${key}: it is not its turn yet`, { retryAfterMs: wait });
      }
      forgetRested(whole, now);
      whole.set(key, Math.max(due, now + wait) + everyMs);
      if (wait > 0) await clock.sleep(wait);
    },

    pause(key, ms) {
      const now = clock.now();
      forgetRested(paused, now);
      paused.set(key, Math.max(paused.get(key) ?? 0, now + ms));
    },
  };
}

function forgetRested(instants: Map<string, number>, now: number): void {
  if (instants.size < MAX_KEYS) return;
  for (const [key, instant] of instants) if (instant <= now) instants.delete(key);
}
