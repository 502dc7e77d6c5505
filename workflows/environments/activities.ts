import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ChatActivities, KubernetesActivities, LookupActivities } from '../../activities/index.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const KUBERNETES_QUEUE: (typeof QUEUES)['kubernetes'] = 'purser-kubernetes';
const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

/** Local: one history event instead of six, and an update is answered within the workflow task that brought it. */
export const lookups = proxyLocalActivities<LookupActivities>({
  startToCloseTimeout: '10s',
  // Beyond this a timer waits, so that an outage of the database does not keep a workflow task open.
  localRetryThreshold: '5s',
  retry: { initialInterval: '200ms', maximumInterval: '1m' },
});

/** Somebody waits for the answer: when it cannot be had they are told to try again. */
export const checks = proxyLocalActivities<
  Pick<
    LookupActivities,
    'authorizeDecision' | 'eligibleApprovers' | 'authorizeChange' | 'authorizeProvisioning' | 'recordLink'
  >
>({
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/** A step is waited for to the end when it is stopped: nothing may still be applied while it is torn down. */
export const kubernetes = proxyActivities<KubernetesActivities>({
  taskQueue: KUBERNETES_QUEUE,
  startToCloseTimeout: '30m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** A day, then the environment goes on without: chat that is down for good must not hold it. */
export const chat = proxyActivities<ChatActivities>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1 day',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** A warning is worth sending only while it is true. */
export const warnings = proxyActivities<Pick<ChatActivities, 'warnOfExpiry' | 'remindApprovers'>>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});
