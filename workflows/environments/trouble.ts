import { ApplicationFailure, type TemporalFailure, TimeoutFailure } from '@temporalio/workflow';
import type { Trouble } from '../../src/domain/environments.ts';
import { FAILURE, type FailureType } from '../../src/domain/errors.ts';

const TYPES: ReadonlySet<string> = new Set(Object.values(FAILURE));

/** What a person needs to know of a failed activity: the trouble it named, or the best that can be said of it. */
export function troubleOf(failure: TemporalFailure, step?: string): Trouble {
  const refusal = applicationFailureIn(failure);
  const named = refusal?.details?.[0] as Trouble | undefined;
  if (named?.reason !== undefined) return { ...named, step: named.step ?? step };
  return {
    type: isFailureType(refusal?.type) ? refusal.type : 'Unknown',
    step,
    reason: refusal?.message ?? lastMessage(failure),
    events: [],
    next: 'Retry in a minute. If it happens again, ask the platform team.',
  };
}

function isFailureType(type: string | null | undefined): type is FailureType {
  return type !== null && type !== undefined && TYPES.has(type);
}

/** A timeout carries the failure of the last attempt as its cause. */
function applicationFailureIn(failure: Error): ApplicationFailure | undefined {
  for (let error: unknown = failure; error instanceof Error; error = error.cause) {
    if (error instanceof ApplicationFailure) return error;
  }
  return undefined;
}

function lastMessage(failure: TemporalFailure): string {
  return failure.cause instanceof TimeoutFailure
    ? 'It took too long, and nothing said why.'
    : (failure.cause?.message ?? failure.message);
}
