import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { connectWorkers, createTemporalClient, type TemporalClient } from '../../src/temporal/client.ts';
import { createDataConverter } from '../../src/temporal/codec.ts';
import { createGrantLaunchers, type GrantLaunchers } from '../../src/temporal/grant-launchers.ts';
import { createLaunchers, type Launchers } from '../../src/temporal/launchers.ts';
import { createQuotaLaunchers, type QuotaLaunchers } from '../../src/temporal/quota-launchers.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { bundleWorkflows, createWorkers } from '../../src/temporal/worker.ts';
import type { PayloadKey } from '../../src/variables.ts';
import { temporalAddress } from '../support/stack.ts';
import { createEnvironmentStage } from '../workflows/fake-activities.ts';
import { createGrantStage } from '../workflows/fake-grant-activities.ts';

export interface RealServer {
  client: TemporalClient;
  launchers: Launchers;
  quota: QuotaLaunchers;
  grants: GrantLaunchers;
  stage: ReturnType<typeof createEnvironmentStage>;
  grantStage: ReturnType<typeof createGrantStage>;
  /** Runs a workflow's history once more, as a worker that lost it does. Fails when it would do something else. */
  replay(workflowId: string): Promise<void>;
  close(): Promise<void>;
}

export const silentLog = pino({ level: 'silent' });

let installed = false;

/** Once a process: what workers say in a test is noise. */
export function quietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

/** Our own workers and launchers on a real server, in a namespace of their own. */
export async function openRealServer(
  address = temporalAddress(),
  payloadKeys?: PayloadKey[],
): Promise<RealServer> {
  quietRuntime();
  const namespace = `test-${randomUUID()}`;
  const config = { connectionOptions: { address }, namespace };
  const dataConverter = createDataConverter(payloadKeys);
  const client = createTemporalClient(config, dataConverter);
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await untilKnown(() => registerSearchAttributes(client.connection, namespace));

  const stage = createEnvironmentStage();
  const connection = await connectWorkers(config);
  const bundle = await bundleWorkflows(silentLog, dataConverter);
  const grantStage = createGrantStage();
  const activities = { ...stage.activities, ...grantStage.activities };
  const workers = await createWorkers({ connection, namespace, activities, bundle, dataConverter });
  const running = workers.run();
  return {
    client,
    launchers: createLaunchers(client, 'local', silentLog),
    quota: createQuotaLaunchers(client, silentLog),
    grants: createGrantLaunchers(client, silentLog),
    stage,
    grantStage,
    async replay(workflowId) {
      const history = await client.workflow.getHandle(workflowId).fetchHistory();
      await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter }, history, workflowId);
    },
    async close() {
      workers.shutdown();
      await running;
      await connection.close();
      await client.connection.close();
    },
  };
}

/** A new namespace is known to all of the server's caches within a second or two. */
export async function untilKnown(work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isGrpcServiceError(error) || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}
