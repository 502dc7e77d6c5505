import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ChatActivities, KubernetesActivities } from '../../activities/index.ts';
import type { QuotaActivities } from '../../activities/quota.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const KUBERNETES_QUEUE: (typeof QUEUES)['kubernetes'] = 'purser-kubernetes';
const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

/** A step is waited for to the end when it is stopped: nothing may still be applied while it is torn down. */
const KUBERNETES = {
  taskQueue: KUBERNETES_QUEUE,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '30s' },
} as const;

export const kubernetes = proxyActivities<Pick<KubernetesActivities, 'applyStep'>>({
  ...KUBERNETES,
  scheduleToCloseTimeout: '1h',
});

/** A day, as with cards: nobody waits for it. */
export const expiryNotes = proxyActivities<Pick<KubernetesActivities, 'noteExpiry'>>({
  ...KUBERNETES,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1 day',
});

/** No longer than until people are told that something is in the way: the workflow tries again for ever. */
export const removal = proxyActivities<Pick<KubernetesActivities, 'teardown'>>({
  ...KUBERNETES,
  scheduleToCloseTimeout: '5m',
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

/** Never within the task that brought the decision: what has happened must not be lost with it. */
export const quotaGrants = proxyActivities<Pick<QuotaActivities, 'grantQuota'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '1m' },
});

/** A warning is worth sending only while it is true. */
export const warnings = proxyActivities<
  Pick<ChatActivities, 'warnOfExpiry' | 'remindApprovers' | 'remindOfQuota'>
>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});
