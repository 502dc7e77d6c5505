import { ApplicationFailure } from '@temporalio/activity';
import type { Trouble } from '../src/domain/environments.ts';
import { FAILURE, type FailureType } from '../src/domain/errors.ts';
import { ClusterError } from '../src/domain/ports.ts';

/** A refusal for good, with what a person needs to know. */
export function refused(
  type: FailureType,
  reason: string,
  next: string,
  more: Pick<Trouble, 'limit'> = {},
): ApplicationFailure {
  const trouble: Trouble = { type, reason, events: [], next, ...more };
  return ApplicationFailure.create({ type, message: reason, nonRetryable: true, details: [trouble] });
}

export function forbidden(reason: string): ApplicationFailure {
  return refused(
    FAILURE.forbidden,
    reason,
    'Ask somebody who may, or the platform team to change the rules.',
  );
}

/**
 * What the cluster said, for the workflow. Only `Unknown` is worth another attempt. The cause stays here: a client's
 * error may hold what was sent, and failures are kept in history.
 */
export function clusterFailure(error: unknown, step?: string): unknown {
  if (!(error instanceof ClusterError)) return error;
  const { trouble } = error;
  return ApplicationFailure.create({
    type: trouble.type,
    message: error.message,
    nonRetryable: trouble.type !== 'Unknown',
    details: [{ ...trouble, step: trouble.step ?? step } satisfies Trouble],
  });
}
