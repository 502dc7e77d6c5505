import type { Client } from '@temporalio/client';
import type { readHoldingsEverywhere } from '../../workflows/users/read-holdings.ts';
import type { SystemHoldings } from '../domain/holdings.ts';
import { holdingsWorkflowId } from '../domain/ids.ts';
import type { Log } from '../operations/logger.ts';
import { createCalls } from './calls.ts';
import { QUEUES } from './queues.ts';

/** Starts and messages the workflows about people and teams. Every call answers within 2.5 s. */
export interface PeopleLaunchers {
  /** What somebody has in every system now. Rejects when Temporal does not answer in time. */
  readHoldings(person: string, requestId: string): Promise<SystemHoldings[]>;
}

/** `client` should come from `createTemporalClient`, for its retries. */
export function createPeopleLaunchers(client: Client, log: Log): PeopleLaunchers {
  const { inTime } = createCalls(client, log);

  return {
    async readHoldings(person, requestId) {
      return await inTime(() =>
        client.workflow.execute<typeof readHoldingsEverywhere>('readHoldingsEverywhere', {
          workflowId: holdingsWorkflowId(person, requestId),
          taskQueue: QUEUES.main,
          workflowExecutionTimeout: '10s',
          workflowIdConflictPolicy: 'USE_EXISTING',
          args: [{ person }],
        }),
      );
    },
  };
}
