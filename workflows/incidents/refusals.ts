import { ApplicationFailure } from '@temporalio/workflow';
import { FAILURE, type FailureType } from '../../src/domain/errors.ts';
import type { IncidentStatus } from '../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';

/** Why something asked of an incident will not be done, for the person who asked. */
export interface Refusal {
  type: FailureType;
  message: string;
}

export function throwIf(refusal: Refusal | undefined): void {
  if (refusal === undefined) return;
  throw ApplicationFailure.create({ ...refusal, nonRetryable: true });
}

export function wrongState(message: string): Refusal {
  return { type: FAILURE.wrongState, message };
}

/** What one works with is not there any more. */
export function stale(message: string): Refusal {
  return { type: FAILURE.staleRequest, message };
}

/** What goes on as long as it is worked on. */
export function unlessOpen(state: IncidentState): Refusal | undefined {
  const merged = unlessMerged(state);
  if (merged !== undefined) return merged;
  const { number, status, cancelled } = state;
  if (cancelled !== undefined) {
    return wrongState(`#${number} was cancelled. If it is one after all, /incident reopen ${number}.`);
  }
  if (status !== 'resolved' && status !== 'closed') return undefined;
  return wrongState(`#${number} is ${status}. If it is not over, /incident reopen ${number} first.`);
}

/** What can be completed afterwards as well. */
export function unlessMerged({ number, links }: IncidentState): Refusal | undefined {
  if (links.mergedInto === undefined) return undefined;
  return wrongState(`#${number} was merged into #${links.mergedInto}. Go on there.`);
}

export function isAlready({ number }: IncidentState, status: IncidentStatus | string): Refusal {
  return wrongState(`#${number} is ${status} already.`);
}
