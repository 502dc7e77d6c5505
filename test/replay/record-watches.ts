/**
 * `node test/replay/record-watches.ts` records a month of each watch that looks once a day, with a day on which nothing
 * could be said, as `record.ts` does for environments.
 */
import { ApplicationFailure } from '@temporalio/common';
import { QUEUES } from '../../src/temporal/queues.ts';
import { lookNowSignal } from '../../workflows/users/messages.ts';
import { openTimeSkipping } from '../workflows/time-skipping.ts';
import { save } from './save.ts';

let looked = 0;
async function look(): Promise<void> {
  looked += 1;
  if (looked === 3) throw ApplicationFailure.nonRetryable('The app is not in the channel.', 'Undeliverable');
}

const { env, close } = await openTimeSkipping({ reportGaps: look, tellOfLinks: look });
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
await close();
