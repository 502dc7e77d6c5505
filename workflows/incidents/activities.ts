import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  IncidentChatActivities,
  IncidentLookups,
  IncidentOutsideActivities,
  IncidentRunbookActivities,
  IncidentTrackerActivities,
} from '../../activities/incidents/contract.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

/**
 * Not local ones: a local activity that goes on while its workflow task is prolonged ends, on replay, before what it
 * ended after, and beside it everything else goes on here. Its tries do not end at their time either.
 *
 * Somebody waits for the answer: when it cannot be had they are told to try again.
 */
export const checks = proxyActivities<Pick<IncidentLookups, 'authorizeIncidentAct'>>({
  startToCloseTimeout: '4s',
  scheduleToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/**
 * All of them take turns, so one that goes on for long would hold up what people do. Whoever asks tries again later,
 * out of turn.
 */
export const lookups = proxyActivities<Omit<IncidentLookups, 'authorizeIncidentAct'>>({
  startToCloseTimeout: '4s',
  scheduleToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '1s' },
});

const ON_CHAT = {
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
} as const;

/** A minute, then whoever asks waits a little and asks again with the state as it is by then. */
export const chat = proxyActivities<Omit<IncidentChatActivities, 'announceIncident'>>({
  ...ON_CHAT,
  retry: { initialInterval: '1s', maximumInterval: '20s' },
});

/**
 * Tried once: whoever asks asks again, with the state as it is by then. What is shown on the platform that works is
 * never as old as the other one is down.
 */
export const cards = proxyActivities<Pick<IncidentChatActivities, 'announceIncident'>>({
  ...ON_CHAT,
  retry: { maximumAttempts: 1 },
});

export const outside = proxyActivities<IncidentOutsideActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '20s' },
});

/** An attempt may take several calls, and is over before the next one begins. */
export const trackers = proxyActivities<IncidentTrackerActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '2m',
  retry: { initialInterval: '2s', maximumInterval: '20s' },
});

export const runbooks = proxyActivities<IncidentRunbookActivities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '1m',
  retry: { initialInterval: '500ms', maximumInterval: '20s' },
});
