import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { departure } from '../../workflows/users/departure.ts';
import {
  actOnDepartureUpdate,
  decideDepartureUpdate,
  getDepartureQuery,
} from '../../workflows/users/departure-messages.ts';
import type {
  DepartureActInput,
  DepartureInput,
  DepartureState,
  DepartureVoteInput,
} from '../domain/departures.ts';
import { FAILURE } from '../domain/errors.ts';
import { departureWorkflowId } from '../domain/ids.ts';
import type { Log } from '../operations/logger.ts';
import { createCalls, type LaunchOutcome, refused } from './calls.ts';
import { QUEUES } from './queues.ts';
import { foundOr } from './reads.ts';

export type DepartureRef = Pick<DepartureState, 'person' | 'id'>;

/** Starts and messages the workflows of those who leave. Every call answers within 2.5 s; repeating it is harmless. */
export interface DepartureLaunchers {
  start(input: DepartureInput): Promise<LaunchOutcome>;
  decide(departure: DepartureRef, vote: DepartureVoteInput): Promise<LaunchOutcome>;
  act(departure: DepartureRef, input: DepartureActInput): Promise<LaunchOutcome>;
  /** `undefined` when there never was one, or it is past retention. Rejects when Temporal does not answer. */
  get(departure: DepartureRef): Promise<DepartureState | undefined>;
}

/** `client` should come from `createTemporalClient`, for its retries. */
export function createDepartureLaunchers(client: Client, log: Log): DepartureLaunchers {
  const { inTime, outcome } = createCalls(client, log);
  const handleOf = ({ person, id }: DepartureRef) =>
    client.workflow.getHandle<typeof departure>(departureWorkflowId(person, id));

  async function message(about: DepartureRef, send: () => Promise<void>): Promise<LaunchOutcome> {
    return await outcome({ workflowId: departureWorkflowId(about.person, about.id) }, async () => {
      try {
        await send();
        return { ok: true };
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        return refused({ type: FAILURE.wrongState, message: 'It is over, and takes no changes any more.' });
      }
    });
  }

  return {
    async start(input) {
      const workflowId = departureWorkflowId(input.person, input.id);
      return await outcome({ workflowId, requestId: input.id }, async () => {
        try {
          await client.workflow.start<typeof departure>('departure', {
            workflowId,
            taskQueue: QUEUES.main,
            workflowIdConflictPolicy: 'FAIL',
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            args: [input],
            memo: { requestId: input.id },
          });
        } catch (error) {
          // The id is the request's: it is this very one, delivered again.
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
        return { ok: true };
      });
    },

    decide: (about, vote) =>
      message(about, () => handleOf(about).executeUpdate(decideDepartureUpdate, { args: [vote] })),

    act: (about, input) =>
      message(about, () => handleOf(about).executeUpdate(actOnDepartureUpdate, { args: [input] })),

    get: (about) => inTime(() => foundOr(handleOf(about).query(getDepartureQuery))),
  };
}
