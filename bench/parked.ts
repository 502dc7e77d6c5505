/**
 * A worker of its own, for `memory.ts`: parks workflows and says how much memory the process holds. Arguments:
 * Temporal's address, what to park, how many, how many the cache keeps.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createPlatformFile } from '../src/directory/platform-file.ts';
import type { EnvironmentInput, InventoryItem } from '../src/domain/environments.ts';
import type { Plan } from '../src/domain/plans.ts';
import { createTemplateCatalog } from '../src/kubernetes/templates.ts';
import { QUEUES } from '../src/temporal/queues.ts';
import { bundleWorkflows, createWorkers } from '../src/temporal/worker.ts';
import { sampleInput, workingActivities } from '../test/workflows/fake-activities.ts';
import { deleteUpdate, getEnvironmentQuery } from '../workflows/environments/messages.ts';
import { median } from './figures.ts';

export interface Parked {
  /** Resident memory of the whole process in bytes. */
  rss: number;
  /** The median time of a query, in milliseconds, of the workflow that was started first. */
  queryMs: number;
}

const [address = '', what = 'environment', count = '0', cache = '0'] = process.argv.slice(2);
const AT_ONCE = 20;
const QUERIES = 20;
const WARM_UP = 50;
const QUIET_READINGS = 15;

/** Who waits for an environment to be ready. */
const announced = new Map<string, () => void>();

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const connection = await NativeConnection.connect({ address });
const client = new Client({ connection: await Connection.connect({ address }) });
const plan = await planOfDev();
const running = what === 'environment' ? await runPurser() : await runBare();

// What was lived and ended warms the worker up: an empty one has done its work before.
await Promise.all(Array.from({ length: WARM_UP }, (_, number) => liveAndEnd(`ended-${number}`)));
let started = 0;
await Promise.all(Array.from({ length: AT_ONCE }, parkSome));
const rss = await settledMemory();
const queryMs = Number(count) === 0 ? 0 : await queryTime();
process.stdout.write(JSON.stringify({ rss, queryMs } satisfies Parked));
await running.stop();
process.exit();

/** Purser's own worker, with activities that succeed at once. */
async function runPurser() {
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    bundle: await bundleWorkflows(pino({ level: 'silent' })),
    activities: {
      ...workingActivities(),
      applyStep: async ({ stepId, state }) => created(stepId, state.name),
      announce: async ({ state }) => {
        if (state.phase === 'ready') announced.get(state.requestId)?.();
        return { undelivered: [] };
      },
    },
    maxCachedWorkflows: Number(cache),
  });
  const run = workers.run();
  return {
    async stop() {
      workers.shutdown();
      await run;
    },
  };
}

/** The library alone, with the smallest workflow that waits. */
async function runBare() {
  const worker = await Worker.create({
    connection,
    taskQueue: QUEUES.main,
    maxCachedWorkflows: Number(cache),
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: new URL('./bare-workflow.ts', import.meta.url).pathname,
      logger: new DefaultLogger('ERROR'),
    }),
  });
  const run = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await run;
    },
  };
}

async function parkSome(): Promise<void> {
  while (started < Number(count)) {
    const name = `parked-${started}`;
    started += 1;
    if (what === 'environment') await parkEnvironment(name);
    else await parkBare(name);
  }
}

async function liveAndEnd(name: string): Promise<void> {
  if (what === 'environment') {
    await parkEnvironment(name);
    const handle = client.workflow.getHandle(name);
    await handle.executeUpdate(deleteUpdate, { args: [{ requestId: name, person: 'kim' }] });
    await handle.result();
  } else {
    await parkBare(name);
    await client.workflow.getHandle(name).signal('end');
  }
}

async function parkEnvironment(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  announced.set(name, resolve);
  const options = { workflowId: name, taskQueue: QUEUES.main, args: [inputOf(name)] };
  await client.workflow.start('environment', options);
  await promise;
}

async function parkBare(name: string): Promise<void> {
  const options = { workflowId: name, taskQueue: QUEUES.main, args: [inputOf(name)] };
  const handle = await client.workflow.start('bare', options);
  await handle.query('state');
}

/** As large as a real one: the steps, addresses and objects of the template `dev`. */
function inputOf(requestId: string): EnvironmentInput {
  return sampleInput({
    requestId,
    digest: '0'.repeat(64),
    parameters: { ...plan.parameters, name: requestId } as EnvironmentInput['parameters'],
    steps: plan.steps.map(({ id, title }) => ({ id, title })),
    urls: plan.outputs.flatMap((output) =>
      'value' in output ? [{ key: output.key, url: output.value }] : [],
    ),
    secretKeys: plan.outputs.flatMap((output) => ('secret' in output ? [output.key] : [])),
  });
}

function created(stepId: string, name: string): InventoryItem[] {
  const objects = plan.steps.find(({ id }) => id === stepId)?.objects ?? [];
  return objects.map(({ apiVersion, kind, metadata }) => ({
    apiVersion,
    kind,
    namespace: `env-${name}`,
    name: metadata.name,
    uid: randomUUID(),
  }));
}

async function planOfDev(): Promise<Plan> {
  const platform = await createPlatformFile('manifests')();
  const result = createTemplateCatalog({ dir: 'manifests/templates', platform: () => platform }).plan({
    template: 'dev',
    values: { name: 'parked', team: 'shop' },
    requester: { id: 'kim', roles: ['developer'], teams: [{ id: 'shop', group: 'team-shop' }] },
  });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

/** The lowest reading, once a quarter of a minute has brought none lower: V8 gives back what it need not keep. */
async function settledMemory(): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (let quiet = 0; quiet < QUIET_READINGS; quiet += 1) {
    globalThis.gc?.();
    const now = process.memoryUsage.rss();
    if (now < lowest - 1_000_000) quiet = 0;
    lowest = Math.min(lowest, now);
    await delay(1_000);
  }
  return lowest;
}

async function queryTime(): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < QUERIES; number += 1) {
    const handle = client.workflow.getHandle(`parked-${number}`);
    const began = performance.now();
    await handle.query(what === 'environment' ? getEnvironmentQuery : 'state');
    times.push(performance.now() - began);
  }
  return median(times);
}
