import { ApplicationFailure, type Client } from '@temporalio/client';
import type { Refusal } from '../../workflows/environments/refusals.ts';
import type { Trouble } from '../domain/environments.ts';
import { FAILURE, type FailureType } from '../domain/errors.ts';
import type { Log } from '../operations/logger.ts';
import { createLanes } from './lanes.ts';

/** Temporal took it, or it did not; nothing in between is ever acknowledged. */
export type LaunchOutcome =
  | { ok: true }
  /** The workflow refused, for a reason the person should read. */
  | { ok: false; type: FailureType; message: string }
  /** Temporal did not answer in time. Repeating is harmless. */
  | { ok: false; type: 'Unavailable'; message: string };

/** Calls of Temporal that somebody in chat waits for. */
export interface Calls {
  /** Rejects when there is no answer in time. */
  inTime<T>(work: () => Promise<T>): Promise<T>;
  /** The same, in turn with what else is asked of the workflow; a refusal of its is an outcome, as is no answer. */
  outcome(
    about: { workflowId: string; requestId?: string },
    work: () => Promise<LaunchOutcome>,
  ): Promise<LaunchOutcome>;
}

/** Before somebody in chat would be told to wait: what was not taken by then is said to be so. */
export const CALL_DEADLINE_MS = 2_000;
const ANSWER_WITHIN_MS = 2_100;

/**
 * Temporal takes ten updates of one workflow at a time. Beyond that it refuses them over and over, and then answers
 * nobody for seconds: a crowd at one card has to queue here. A few processes share the ten.
 */
const AT_ONCE_PER_WORKFLOW = 3;

const REFUSALS: ReadonlySet<string> = new Set(Object.values(FAILURE));

const UNAVAILABLE: LaunchOutcome = {
  ok: false,
  type: 'Unavailable',
  message: 'The workflow engine did not answer in time. Nothing is lost by trying again in a moment.',
};

/** `client` should come from `createTemporalClient`, for its retries. */
export function createCalls(client: Client, log: Log): Calls {
  const inTime = <T>(work: () => Promise<T>) => withinDeadline(client, work);
  const lanes = createLanes(AT_ONCE_PER_WORKFLOW);

  return {
    inTime,
    async outcome({ workflowId, requestId }, work) {
      const lines = log.child({ workflowId, requestId });
      try {
        const answer = await inTime(() => lanes(workflowId, work));
        lines.info({ refused: answer.ok ? undefined : answer.type }, 'temporal took it');
        return answer;
      } catch (error) {
        const refusal = refusalIn(error);
        if (refusal !== undefined) {
          lines.info({ refused: refusal.type }, 'the workflow refused it');
          return refused(refusal);
        }
        lines.warn({ err: error }, 'temporal did not take it');
        return UNAVAILABLE;
      }
    },
  };
}

export function refused({ type, message }: Refusal): LaunchOutcome {
  return { ok: false, type, message };
}

/** A lost connection does not heed a call's deadline: the race does. */
async function withinDeadline<T>(client: Client, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('Temporal did not answer in time')), ANSWER_WITHIN_MS);
  try {
    return await Promise.race([client.withDeadline(Date.now() + CALL_DEADLINE_MS, work), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A refusal may be wrapped in the failures of the update and of the activity that said it. */
function refusalIn(failure: unknown): Refusal | undefined {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (!(error instanceof ApplicationFailure) || typeof error.type !== 'string') continue;
    if (REFUSALS.has(error.type)) return { type: error.type as FailureType, message: withAdvice(error) };
  }
  return undefined;
}

/** What an activity refused says beside the reason what to do about it. */
function withAdvice({ message, details }: ApplicationFailure): string {
  const trouble = details?.[0] as Partial<Trouble> | undefined;
  return trouble?.next === undefined ? message : `${message} ${trouble.next}`;
}
