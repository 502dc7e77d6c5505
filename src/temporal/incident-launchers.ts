import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { incident } from '../../workflows/incidents/incident.ts';
import {
  actUpdate,
  alertsChangedSignal,
  getIncidentQuery,
  linkedSignal,
} from '../../workflows/incidents/messages.ts';
import type { watchOnCall } from '../../workflows/incidents/watch-on-call.ts';
import { FAILURE } from '../domain/errors.ts';
import { incidentWorkflowId, ON_CALL_WATCH_ID } from '../domain/ids.ts';
import type { ActInput, IncidentInput, IncidentState } from '../domain/incidents.ts';
import type { TellIncident } from '../domain/outside.ts';
import type { Log } from '../operations/logger.ts';
import { createCalls, type LaunchOutcome, refused } from './calls.ts';
import { QUEUES } from './queues.ts';
import { foundOr } from './reads.ts';

/** The only place that starts or messages incidents. Every call answers within 2.5 s. */
export interface IncidentLaunchers {
  /** Idempotent: the number was claimed for this request. */
  declare(input: IncidentInput): Promise<LaunchOutcome>;
  /** Taken once by its key, however often it is delivered. */
  act(number: number, input: ActInput): Promise<LaunchOutcome>;
  /** `undefined` when there never was one, or it is past retention. Rejects when Temporal does not answer. */
  get(number: number): Promise<IncidentState | undefined>;
  /** Has it read its alerts; starts it where it does not run yet. Refuses with `WrongState` when it is over. */
  alertsChanged(input: IncidentInput): Promise<LaunchOutcome>;
}

export function createIncidentLaunchers(client: Client, log: Log): IncidentLaunchers {
  const { inTime, outcome } = createCalls(client, log);
  const handleOf = (number: number) => client.workflow.getHandle<typeof incident>(incidentWorkflowId(number));

  return {
    async declare(input) {
      const { workflowId, ...options } = startOptions(input);
      return await outcome({ workflowId, requestId: input.requestId }, async () => {
        try {
          await client.workflow.start<typeof incident>('incident', {
            workflowId,
            workflowIdConflictPolicy: 'FAIL',
            ...options,
          });
        } catch (error) {
          // Nobody else was given the number: it is this very request, delivered again.
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
        return { ok: true };
      });
    },

    async act(number, input) {
      const handle = handleOf(number);
      return await outcome({ workflowId: handle.workflowId, requestId: input.key }, async () => {
        try {
          await handle.executeUpdate(actUpdate, { args: [input] });
          return { ok: true };
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
          return refused({
            type: FAILURE.wrongState,
            message: `#${number} is over: it takes no changes any more. /incident show ${number} tells how it went.`,
          });
        }
      });
    },

    get: (number) => inTime(() => foundOr(handleOf(number).query(getIncidentQuery))),

    async alertsChanged(input) {
      const { workflowId, ...options } = startOptions(input);
      return await outcome({ workflowId, requestId: input.requestId }, async () => {
        try {
          await client.workflow.signalWithStart<typeof incident, []>('incident', {
            workflowId,
            ...options,
            signal: alertsChangedSignal,
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          return refused({ type: FAILURE.wrongState, message: `#${input.number} is over.` });
        }
        return { ok: true };
      });
    },
  };
}

/** For an activity: tells one incident what another one is to it. One that is over need not know. */
export function createIncidentTeller(client: Client): TellIncident {
  return async (number, link) => {
    try {
      await client.workflow.getHandle<typeof incident>(incidentWorkflowId(number)).signal(linkedSignal, link);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}

/** One for all workers, for as long as there are any. */
export async function startOnCallWatch(client: Client): Promise<void> {
  await client.workflow.start<typeof watchOnCall>('watchOnCall', {
    workflowId: ON_CALL_WATCH_ID,
    taskQueue: QUEUES.main,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

/** A number is used once: an incident that is over is not started again. Titles are not what others may search for. */
function startOptions(input: IncidentInput) {
  return {
    workflowId: incidentWorkflowId(input.number),
    taskQueue: QUEUES.main,
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
    args: [input] as [IncidentInput],
    memo: { requestId: input.requestId, number: input.number },
  };
}
