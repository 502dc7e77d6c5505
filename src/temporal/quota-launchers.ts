import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { decideQuotaUpdate, getQuotaQuery } from '../../workflows/environments/messages.ts';
import type { moreQuota } from '../../workflows/environments/more-quota.ts';
import { refusalOfQuotaVote } from '../../workflows/environments/quota-refusals.ts';
import { FAILURE } from '../domain/errors.ts';
import { quotaWorkflowId } from '../domain/ids.ts';
import type { QuotaSubject } from '../domain/quota.ts';
import type { QuotaRequest, QuotaRequestState, QuotaVote } from '../domain/quota-requests.ts';
import type { Log } from '../operations/logger.ts';
import { createCalls, type LaunchOutcome, refused } from './calls.ts';
import { QUEUES } from './queues.ts';
import { foundOr } from './reads.ts';

/** Starts and messages requests for more places. Every call answers within 2.5 s; repeating it is harmless. */
export interface QuotaLaunchers {
  /** `WrongState` while another request of theirs for the same is open. */
  start(request: QuotaRequest): Promise<LaunchOutcome>;
  decide(subject: QuotaSubject, vote: QuotaVote): Promise<LaunchOutcome>;
  /** The newest; `undefined` when nobody ever asked, or it is past retention. Rejects when Temporal does not answer. */
  get(subject: QuotaSubject): Promise<QuotaRequestState | undefined>;
}

/** `client` should come from `createTemporalClient`, for its retries. */
export function createQuotaLaunchers(client: Client, log: Log): QuotaLaunchers {
  const { inTime, outcome } = createCalls(client, log);

  function handleOf(subject: QuotaSubject) {
    return client.workflow.getHandle<typeof moreQuota>(quotaWorkflowId(subject));
  }

  return {
    async start(request) {
      const { requestId } = request;
      const workflowId = quotaWorkflowId(request);
      return await outcome({ workflowId, requestId }, async () => {
        try {
          await client.workflow.start<typeof moreQuota>('moreQuota', {
            workflowId,
            taskQueue: QUEUES.main,
            workflowIdConflictPolicy: 'FAIL',
            args: [request],
            memo: { requestId },
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          const { memo } = await handleOf(request).describe();
          if (memo?.requestId !== requestId)
            return refused({ type: FAILURE.wrongState, message: 'You have asked for this already.' });
        }
        return { ok: true };
      });
    },

    async decide(subject, vote) {
      const handle = handleOf(subject);
      const { requestId } = vote;
      return await outcome({ workflowId: handle.workflowId, requestId }, async () => {
        try {
          await handle.executeUpdate(decideQuotaUpdate, { args: [vote] });
          return { ok: true };
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
          // It has ended: it takes no updates any more, but still tells its state.
          const state = await foundOr(handle.query(getQuotaQuery));
          const refusal = state && refusalOfQuotaVote(state, vote, Date.now());
          if (state !== undefined && refusal === undefined) return { ok: true };
          return refused(refusal ?? { type: FAILURE.alreadyDecided, message: 'That request is over.' });
        }
      });
    },

    get: (subject) => inTime(() => foundOr(handleOf(subject).query(getQuotaQuery))),
  };
}
