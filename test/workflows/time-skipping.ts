import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { QUEUES } from '../../src/temporal/queues.ts';
import { timeSkippingServerPath } from '../support/stack.ts';

export interface TimeSkipping {
  env: TestWorkflowEnvironment;
  close(): Promise<void>;
}

/** Real workflows on a server whose clock jumps, with activities of the test's on every queue. One a process. */
export async function openTimeSkipping(
  activities: object,
  options: Partial<WorkerOptions> = {},
): Promise<TimeSkipping> {
  const quiet = new DefaultLogger('ERROR');
  Runtime.install({ logger: quiet });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: timeSkippingServerPath() } },
  });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: new URL('../../workflows/index.ts', import.meta.url).pathname,
    logger: quiet,
  });
  const workers = await Promise.all(
    Object.values(QUEUES).map((taskQueue) =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        activities,
        ...options,
        ...(taskQueue === QUEUES.main ? { workflowBundle } : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  return {
    env,
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await env.teardown();
    },
  };
}
