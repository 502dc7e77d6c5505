import { proxyActivities } from '@temporalio/workflow';
import type { DepartureChat, DepartureLookups } from '../../activities/departures/contract.ts';
import type { SystemActivities } from '../../activities/systems.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const SYSTEMS_QUEUE: (typeof QUEUES)['systems'] = 'purser-systems';
const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

/** Not local ones: several things go on beside each other here. Somebody waits for the answer. */
export const checks = proxyActivities<
  Pick<DepartureLookups, 'authorizeDepartureVote' | 'authorizeDepartureAct'>
>({
  startToCloseTimeout: '4s',
  scheduleToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/** However long it takes: nobody waits, and nothing goes on without. */
export const lookups = proxyActivities<
  Pick<DepartureLookups, 'admitDeparture' | 'confirmDeparture' | 'settleDeparture'>
>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '1m' },
});

/** A minute, then the ledger says what is wrong, and when it is tried again. */
const BRIEFLY = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '15s' },
} as const;

export const own = proxyActivities<Pick<DepartureLookups, 'endChatLinks' | 'endTokens'>>(BRIEFLY);

export const systems = proxyActivities<
  Pick<
    SystemActivities,
    'listSystems' | 'readHoldings' | 'readHolding' | 'takeHolding' | 'giveHolding' | 'endSessions'
  >
>({ ...BRIEFLY, taskQueue: SYSTEMS_QUEUE, heartbeatTimeout: '15s' });

export const handing = proxyActivities<Pick<DepartureChat, 'handOver'>>({
  ...BRIEFLY,
  taskQueue: CHAT_QUEUE,
  heartbeatTimeout: '15s',
});

/** A day, as with other cards; the next change shows what this one could not. */
export const chat = proxyActivities<Omit<DepartureChat, 'handOver'>>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1 day',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});
