import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { GrantChatActivities, GrantLookups } from '../../activities/access/contract.ts';
import type { SystemActivities } from '../../activities/systems.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const SYSTEMS_QUEUE: (typeof QUEUES)['systems'] = 'purser-systems';
const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

/**
 * Not local ones: cards, reminders and systems go on beside them.
 *
 * Somebody waits for the answer, or a timer does: when it cannot be had it is asked again later.
 */
export const checks = proxyActivities<GrantLookups>({
  startToCloseTimeout: '4s',
  scheduleToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/** However long it takes: nothing else goes on meanwhile. */
export const lookups = proxyActivities<GrantLookups>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '1m' },
});

/**
 * A minute, then the card says what is in the way and it is tried again. What is stopped is waited for: nothing may still
 * be given while it is taken away.
 */
export const systems = proxyActivities<Omit<SystemActivities, 'listSystems' | 'readHoldings'>>({
  taskQueue: SYSTEMS_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '20s' },
});

/** A day, as with every card: chat that is down for good must hold up nothing. */
export const chat = proxyActivities<Pick<GrantChatActivities, 'showGrant' | 'askGrantApprovers'>>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1 day',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** Worth sending only while it is true. */
export const reminders = proxyActivities<
  Pick<GrantChatActivities, 'remindGrantApprovers' | 'warnOfGrantEnd'>
>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});
