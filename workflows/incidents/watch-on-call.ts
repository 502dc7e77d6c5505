import {
  ActivityCancellationType,
  ActivityFailure,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { OnCallActivities } from '../../activities/incidents/contract.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';
const DAYS_IN_A_RUN = 30;

/** What could not be said within an hour is said tomorrow: a gap is seen a week ahead. */
const { reportGaps } = proxyActivities<OnCallActivities>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '5s', maximumInterval: '5m' },
});

/** Looks every day for hours of the coming week in which nobody is on call. */
export async function watchOnCall(): Promise<void> {
  for (let day = 0; day < DAYS_IN_A_RUN; day += 1) {
    await report();
    await sleep('1 day');
  }
  await continueAsNew<typeof watchOnCall>();
}

async function report(): Promise<void> {
  try {
    await reportGaps();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.warn('gaps in the on-call schedules could not be reported');
  }
}
