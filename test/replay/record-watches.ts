/**
 * `node test/replay/record-watches.ts` records a month of each watch that looks once a day, with a day on which nothing
 * could be said, and a day of the one that looks every hour, as `record.ts` does for environments.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { AccessLook } from '../../src/domain/access-drift.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { lookNowSignal } from '../../workflows/users/messages.ts';
import { openTimeSkipping } from '../workflows/time-skipping.ts';
import { save } from './save.ts';

let looked = 0;
async function look(): Promise<void> {
  looked += 1;
  if (looked === 3) throw ApplicationFailure.nonRetryable('The app is not in the channel.', 'Undeliverable');
}

/** What is found hour by hour; then the system is silent. */
const access: AccessLook[] = [];

const { env, close } = await openTimeSkipping({
  reportGaps: look,
  tellOfLinks: look,
  systemsWithAccess: async () => ['cluster'],
  async lookAtAccess() {
    const found = access.shift();
    if (found === undefined) throw ApplicationFailure.nonRetryable('cluster does not answer');
    return found;
  },
  takeHolding: async () => undefined,
  planHolding: async () => ({ held: false, elsewhere: false }),
  tellOfAccess: async () => undefined,
});
const options = { taskQueue: QUEUES.main, args: [] };

const onCall = await env.client.workflow.start('watchOnCall', { ...options, workflowId: 'watch-on-call' });
await env.sleep('31 days');
await save(
  env.client.workflow.getHandle(onCall.workflowId, onCall.firstExecutionRunId),
  'watchOnCall/a-month',
);
await env.client.workflow.getHandle(onCall.workflowId).terminate();

looked = 0;
const links = await env.client.workflow.start('watchLinks', { ...options, workflowId: 'watch-links' });
await env.sleep('60 hours');
await links.signal(lookNowSignal);
await env.sleep('31 days');
await save(env.client.workflow.getHandle(links.workflowId, links.firstExecutionRunId), 'watchLinks/a-month');
await env.client.workflow.getHandle(links.workflowId).terminate();

// A day: found, told, not believed, silent, and a request that is over.
const holding = { kind: 'group' as const, group: 'edit' };
const place = { system: 'cluster', holding, person: 'kim' };
const orphans = [{ ...place, grants: ['grant/kim/one'], take: true }];
const missing = [{ ...place, grant: 'grant/kim/two' }];
access.push(
  { kind: 'differences', missing, orphans: [] },
  { kind: 'differences', missing: [], orphans, digest: 'left' },
  { kind: 'doubtful', because: 'empty', changes: 2, of: 2, digest: 'empty' },
  { kind: 'differences', missing: [], orphans: [] },
);
const watch = await env.client.workflow.start('reconcileAccess', { ...options, workflowId: 'watch-access' });
await env.sleep('25 hours');
await save(
  env.client.workflow.getHandle(watch.workflowId, watch.firstExecutionRunId),
  'reconcileAccess/a-day',
);
await env.client.workflow.getHandle(watch.workflowId).terminate();
await close();
