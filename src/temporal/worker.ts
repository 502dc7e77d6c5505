import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { DataConverter } from '@temporalio/common';
import {
  bundleWorkflowCode,
  type NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { ChatActivities, KubernetesActivities, LookupActivities } from '../../activities/index.ts';
import type { Log } from '../operations/logger.ts';
import { nameTheRequest } from './activity-log.ts';
import { QUEUES } from './queues.ts';

/**
 * How many workflows stay in memory between their tasks. An environment wakes up a few times in its life; replaying it
 * then takes some 40 ms, keeping it in between some 350 KB (`bench:memory`).
 */
export const MAX_CACHED_WORKFLOWS = 100;

/**
 * For V8, in the threads that run workflows: collect young objects early, and old ones once they have grown by half.
 * By default workflows that have left the cache are old before they are collected, and then stay as garbage until the
 * heap has doubled and more (`bench:memory`).
 */
const MEMORY_FLAGS = ['--max-semi-space-size=2', '--heap-growing-percent=50'];

/** Activities in flight may finish for as long; keep the pod's `terminationGracePeriodSeconds` above it. */
const SHUTDOWN_GRACE_TIME = '20s';

/** Across all workers. Slack takes about one message a second and channel; the adapter paces each channel. */
const CHAT_CALLS_PER_SECOND = 20;

export async function bundleWorkflows(
  log: Log,
  dataConverter?: DataConverter,
): Promise<WorkflowBundleWithSourceMap> {
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [
      fileURLToPath(new URL('../../workflows/log-interceptors.ts', import.meta.url)),
    ],
    failureConverterPath: dataConverter?.failureConverterPath,
    logger: {
      ...silent,
      warn: (message, metadata) => log.warn(metadata ?? {}, message),
      error: (message, metadata) => log.error(metadata ?? {}, message),
    },
  });
}

const silent = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
};

export interface CreateWorkersOptions {
  connection: NativeConnection;
  namespace: string;
  activities: LookupActivities & KubernetesActivities & ChatActivities;
  /** Made with the same `dataConverter`. */
  bundle: WorkflowBundleWithSourceMap;
  dataConverter?: DataConverter;
  /** For measuring what the cache costs and saves. */
  maxCachedWorkflows?: number;
}

export interface Workers {
  /** Resolves once all have shut down; rejects when one failed, after the others have shut down. */
  run(): Promise<void>;
  /** Takes nothing new and lets what is under way finish. Call once. */
  shutdown(): void;
}

/** One worker a queue, so that slow or rate-limited work never holds up decisions. */
export async function createWorkers(options: CreateWorkersOptions): Promise<Workers> {
  const { connection, namespace, bundle, dataConverter } = options;
  for (const flag of MEMORY_FLAGS) setFlagsFromString(flag);
  const common = {
    connection,
    namespace,
    dataConverter,
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
    // A heartbeat's answer is how an activity learns that it should stop.
    maxHeartbeatThrottleInterval: '2s',
    interceptors: { activity: [nameTheRequest] },
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: QUEUES.main,
      workflowBundle: bundle,
      activities: options.activities,
      maxCachedWorkflows: options.maxCachedWorkflows ?? MAX_CACHED_WORKFLOWS,
    }),
    Worker.create({
      ...common,
      taskQueue: QUEUES.kubernetes,
      activities: options.activities,
    }),
    Worker.create({
      ...common,
      taskQueue: QUEUES.systems,
      activities: options.activities,
    }),
    Worker.create({
      ...common,
      taskQueue: QUEUES.chat,
      activities: options.activities,
      maxTaskQueueActivitiesPerSecond: CHAT_CALLS_PER_SECOND,
    }),
  ]);
  return {
    run: () => runAll(workers),
    shutdown: () => stopAll(workers),
  };
}

async function runAll(workers: Worker[]): Promise<void> {
  const running = workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      stopAll(workers);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(running)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function stopAll(workers: Worker[]): void {
  for (const worker of workers) {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  }
}
