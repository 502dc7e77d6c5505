import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { QUEUES } from '../../src/temporal/queues.ts';
import type { watchOnCall } from '../../workflows/incidents/watch-on-call.ts';
import { openTimeSkipping, type TimeSkipping } from './time-skipping.ts';

const DAY_MS = 86_400_000;

let time: TimeSkipping;
let looked: number[] = [];
let failing = false;

before(async () => {
  time = await openTimeSkipping({
    async reportGaps() {
      looked.push(await time.env.currentTimeMs());
      if (failing) throw ApplicationFailure.nonRetryable('chat is down');
    },
  });
});
after(() => time.close());

test('it looks once a day for months, whether or not it could be said', async () => {
  const { env } = time;
  looked = [];
  const handle = await env.client.workflow.start<typeof watchOnCall>('watchOnCall', {
    workflowId: 'watch',
    taskQueue: QUEUES.main,
  });

  await env.sleep('60 hours');
  failing = true;
  await env.sleep('1 day');
  failing = false;
  await env.sleep('40 days');
  await handle.terminate();

  assert.equal(looked.length, 44);
  const pauses = looked.slice(1).map((at, index) => Math.round((at - (looked[index] ?? 0)) / DAY_MS));
  assert.deepEqual(new Set(pauses), new Set([1]));
});
