import {
  ActivityCancellationType,
  ActivityFailure,
  type ActivityOptions,
  condition,
  isCancellation,
  log,
} from '@temporalio/workflow';
import type { QUEUES } from '../src/temporal/queues.ts';

const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';
const LOOKS_IN_A_RUN = 30;

/** What could not be said within an hour is said tomorrow: these watches look a week ahead. */
export const SAID_WITHIN_AN_HOUR: ActivityOptions = {
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '5s', maximumInterval: '5m' },
};

/** Looks once a day, or sooner when it is wanted, whether or not the last look came to anything. Then the run is long enough. */
export async function lookDaily(
  look: () => Promise<void>,
  failure: string,
  isWanted: () => boolean = () => false,
): Promise<void> {
  for (let looks = 0; looks < LOOKS_IN_A_RUN; looks += 1) {
    try {
      await look();
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      log.warn(failure);
    }
    await condition(isWanted, '1 day');
  }
}
