import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { arrival } from '../../workflows/users/arrival.ts';
import type { changeTeam } from '../../workflows/users/change-team.ts';
import {
  decideRequestUpdate,
  getRequestQuery,
  linkedSignal,
  lookNowSignal,
  moveArrivalUpdate,
  withdrawRequestUpdate,
} from '../../workflows/users/messages.ts';
import type { readHoldingsEverywhere } from '../../workflows/users/read-holdings.ts';
import type { watchLinks } from '../../workflows/users/watch-links.ts';
import { FAILURE } from '../domain/errors.ts';
import type { SystemHoldings } from '../domain/holdings.ts';
import { arrivalWorkflowId, holdingsWorkflowId, LINK_WATCH_ID } from '../domain/ids.ts';
import type {
  ArrivalInput,
  MoveArrival,
  PeopleRequestState,
  RequestDecision,
  TeamChangeInput,
  WithdrawRequest,
} from '../domain/people-requests.ts';
import type { Log } from '../operations/logger.ts';
import { createCalls, type LaunchOutcome, refused } from './calls.ts';
import { QUEUES } from './queues.ts';
import { foundOr } from './reads.ts';

/** Starts and messages the workflows about people and teams. Every call answers within 2.5 s. */
export interface PeopleLaunchers {
  /** What somebody has in every system now. Rejects when Temporal does not answer in time. */
  readHoldings(person: string, requestId: string): Promise<SystemHoldings[]>;
  /** Idempotent by `requestId`. Refuses with `WrongState` while another change of the same person and team is under way. */
  changeTeam(input: TeamChangeInput): Promise<LaunchOutcome>;
  /** The same for somebody who comes. */
  startArrival(input: ArrivalInput): Promise<LaunchOutcome>;
  withdrawRequest(id: string, input: WithdrawRequest): Promise<LaunchOutcome>;
  moveArrival(id: string, input: MoveArrival): Promise<LaunchOutcome>;
  /** They have a chat account now: whoever is new is welcomed. Never rejects. */
  newcomerLinked(person: string): Promise<void>;
  /** By the workflow's id. */
  decideRequest(id: string, decision: RequestDecision): Promise<LaunchOutcome>;
  /** `undefined` when there never was one, or it is past retention. Rejects when Temporal does not answer. */
  getRequest(id: string): Promise<PeopleRequestState | undefined>;
  /** Has people told at once of what became of their links. Where Temporal does not answer, they are within a day. */
  lookAtLinks(): Promise<LaunchOutcome>;
}

const UNDER_WAY = {
  type: FAILURE.wrongState,
  message: 'Another change of the same is still under way. Its card says how far it is.',
};

/** `client` should come from `createTemporalClient`, for its retries. */
export function createPeopleLaunchers(client: Client, log: Log): PeopleLaunchers {
  const { inTime, outcome } = createCalls(client, log);

  async function start<Run extends typeof changeTeam | typeof arrival>(
    type: string,
    input: Parameters<Run>[0],
  ): Promise<LaunchOutcome> {
    const { id: workflowId, requestId } = input;
    return await outcome({ workflowId, requestId }, async () => {
      try {
        await client.workflow.start<Run>(type, {
          workflowId,
          taskQueue: QUEUES.main,
          workflowIdConflictPolicy: 'FAIL',
          args: [input] as Parameters<Run>,
          memo: { requestId },
        } as WorkflowStartOptions<Run>);
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const { memo } = await client.workflow.getHandle(workflowId).describe();
        if (memo?.requestId !== requestId) return refused(UNDER_WAY);
      }
      return { ok: true };
    });
  }

  async function tell<Input>(
    workflowId: string,
    requestId: string,
    update: UpdateDefinition<void, [Input]>,
    input: Input,
  ): Promise<LaunchOutcome> {
    return await outcome({ workflowId, requestId }, async () => {
      try {
        await client.workflow.getHandle(workflowId).executeUpdate(update, { args: [input] });
        return { ok: true };
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        return refused({ type: FAILURE.alreadyDecided, message: 'This request has ended.' });
      }
    });
  }

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

    changeTeam: (input) => start<typeof changeTeam>('changeTeam', input),
    startArrival: (input) => start<typeof arrival>('arrival', input),
    withdrawRequest: (id, input) => tell(id, input.requestId, withdrawRequestUpdate, input),
    moveArrival: (id, input) => tell(id, input.requestId, moveArrivalUpdate, input),
    decideRequest: (id, decision) => tell(id, decision.requestId, decideRequestUpdate, decision),

    async newcomerLinked(person) {
      const workflowId = arrivalWorkflowId(person);
      try {
        await inTime(() => client.workflow.getHandle(workflowId).signal(linkedSignal));
      } catch (err) {
        // Whoever is not new has no arrival; and one that does not hear of it looks by itself.
        if (!(err instanceof WorkflowNotFoundError)) log.warn({ err, workflowId }, 'arrival not told');
      }
    },

    getRequest: (id) =>
      inTime(() => foundOr(client.workflow.getHandle<typeof changeTeam>(id).query(getRequestQuery))),

    async lookAtLinks() {
      return await outcome({ workflowId: LINK_WATCH_ID }, async () => {
        await client.workflow.signalWithStart<typeof watchLinks, []>('watchLinks', {
          ...LINK_WATCH,
          signal: lookNowSignal,
        });
        return { ok: true };
      });
    },
  };
}

/** One for all workers, for as long as there are any. */
export async function startLinkWatch(client: Client): Promise<void> {
  await client.workflow.start<typeof watchLinks>('watchLinks', {
    ...LINK_WATCH,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

const LINK_WATCH = { workflowId: LINK_WATCH_ID, taskQueue: QUEUES.main };
