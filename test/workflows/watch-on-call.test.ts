import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { QUEUES } from '../../src/temporal/queues.ts';
import type { watchOnCall } from '../../workflows/incidents/watch-on-call.ts';
import { timeSkippingServerPath } from '../support/stack.ts';

const DAY_MS = 86_400_000;

let env: TestWorkflowEnvironment;
let workers: Worker[];
let running: Promise<void>[];
let looked: number[] = [];
let failing = false;

before(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: timeSkippingServerPath() } },
  });
  const workflowsPath = new URL('../../workflows/index.ts', import.meta.url).pathname;
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  const activities = {
    async reportGaps() {
      looked.push(await env.currentTimeMs());
      if (failing) throw ApplicationFailure.nonRetryable('chat is down');
    },
  };
  const connection = env.nativeConnection;
  workers = await Promise.all([
    Worker.create({ connection, taskQueue: QUEUES.main, workflowBundle }),
    Worker.create({ connection, taskQueue: QUEUES.chat, activities }),
  ]);
  running = workers.map((worker) => worker.run());
});
after(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await env.teardown();
});

test('it looks once a day for months, whether or not it could be said', async () => {
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
