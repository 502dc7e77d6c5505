import { ApplicationFailure } from '@temporalio/activity';
import { FAILURE } from '../../src/domain/errors.ts';
import { OutsideError } from '../../src/domain/outside.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';

/** What the configuration names; a person reads which variable is missing. */
export function secretOf({ secret }: Pick<ActivityDeps, 'secret'>, name: string): string {
  const held = secret(name);
  if (held !== undefined) return held;
  const variable = `PURSER_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
  throw refused(FAILURE.wrongState, `${variable} is not set.`, 'Set it for the worker, then retry.');
}

/** Final refusals are for people to read; the rest is tried again, no sooner than it is asked for. */
export async function outside<Answer>(work: () => Promise<Answer>, next: string): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    if (!error.retryable) throw refused(FAILURE.undeliverable, error.message, next);
    throw ApplicationFailure.create({
      type: 'OutsideUnavailable',
      message: error.message,
      nextRetryDelay: error.retryAfterMs,
    });
  }
}
