import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { LookupActivities } from '../activities/index.ts';
import type { PeopleRequestLookups } from '../activities/people-requests.ts';

export type AnyLookups = LookupActivities & PeopleRequestLookups;

/** `question` is the same for every try, so that an answer that got lost leaves one row in the audit. */
export type Question<T> = (via: AnyLookups, question: string) => Promise<T>;

/** What the directory, the policy and the store say. A refusal comes as it was said, without a failure around it. */
export interface Lookups {
  /** For a person who waits for it: fails when there is no answer in time. */
  inTime<T>(ask: Question<T>): Promise<T>;
  /** For the workflow itself, however long it takes. */
  untilAnswered<T>(ask: Question<T>): Promise<T>;
}

const BRIEF_MS = 1_500;
const TASK_BUDGET_MS = 3_000;

/** One history event instead of six, and an update is answered within the workflow task that brought it. */
const brief = proxyLocalActivities<AnyLookups>({
  startToCloseTimeout: BRIEF_MS,
  scheduleToCloseTimeout: BRIEF_MS,
  retry: { maximumAttempts: 1 },
});

const inTime = proxyActivities<AnyLookups>({
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

const untilAnswered = proxyActivities<AnyLookups>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '1m' },
});

/**
 * Local activities, and ordinary ones where those would take too long. One that outlives its workflow task, which lasts
 * ten seconds and is prolonged at eight, is replayed before what it ended after, and then the workflow is stuck for
 * good. So each is tried once, for a moment, and no more of them than the task certainly has time for.
 */
export function createLookups(): Lookups {
  let task = { began: 0, historyLength: -1 };

  /** Time goes on within a workflow task only when a local activity ends. */
  function isTimeLeft(): boolean {
    const { historyLength } = workflowInfo();
    if (task.historyLength !== historyLength) task = { began: Date.now(), historyLength };
    return Date.now() - task.began < TASK_BUDGET_MS;
  }

  async function answer<T>(ask: Question<T>, otherwise: AnyLookups): Promise<T> {
    const question = uuid4();
    try {
      if (isTimeLeft()) return await ask(brief, question);
    } catch (error) {
      if (isCancellation(error) || isRefusal(error)) throw error;
    }
    try {
      return await ask(otherwise, question);
    } catch (error) {
      throw error instanceof ActivityFailure && isRefusal(error.cause) ? error.cause : error;
    }
  }

  return {
    inTime: (ask) => answer(ask, inTime),
    untilAnswered: (ask) => answer(ask, untilAnswered),
  };
}

function isRefusal(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.nonRetryable === true;
}
