import { ApplicationFailure } from '@temporalio/workflow';

/** Trying again would change nothing. */
export function isPermanent(failure: Error): boolean {
  return failureIn(failure)?.nonRetryable === true;
}

/** What a person needs to know of a failed activity. */
export function reasonOf(failure: Error): string {
  return failureIn(failure)?.message ?? 'It took too long, and nothing said why.';
}

/** A timeout carries the failure of the last attempt as its cause. */
function failureIn(failure: Error): ApplicationFailure | undefined {
  for (let error: unknown = failure; error instanceof Error; error = error.cause) {
    if (error instanceof ApplicationFailure) return error;
  }
  return undefined;
}
