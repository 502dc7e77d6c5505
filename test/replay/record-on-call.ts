/**
 * `node test/replay/record-on-call.ts` records a month of the watch over the on-call schedules, with a day on which
 * nothing could be said, as `record.ts` does for environments.
 */
import { ApplicationFailure } from '@temporalio/common';
import { QUEUES } from '../../src/temporal/queues.ts';
import type { watchOnCall } from '../../workflows/incidents/watch-on-call.ts';
import { openTimeSkipping } from '../workflows/time-skipping.ts';
import { save } from './save.ts';

let looked = 0;
const { env, close } = await openTimeSkipping({
  async reportGaps() {
    looked += 1;
    if (looked === 3)
      throw ApplicationFailure.nonRetryable('The app is not in the channel.', 'Undeliverable');
  },
});
const { workflowId, firstExecutionRunId } = await env.client.workflow.start<typeof watchOnCall>(
  'watchOnCall',
  {
    workflowId: 'watch-on-call',
    taskQueue: QUEUES.main,
  },
);
await env.sleep('31 days');
await save(env.client.workflow.getHandle(workflowId, firstExecutionRunId), 'watchOnCall/a-month');
await env.client.workflow.getHandle(workflowId).terminate();
await close();
