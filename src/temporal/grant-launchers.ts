import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { grant } from '../../workflows/access/grant.ts';
import {
  endGrantUpdate,
  extendGrantUpdate,
  getGrantQuery,
  voteUpdate,
} from '../../workflows/access/messages.ts';
import type { reconcileAccess } from '../../workflows/access/reconcile-access.ts';
import { refusalOfEnd, refusalOfExtension, refusalOfVote } from '../../workflows/access/refusals.ts';
import type {
  EndGrantInput,
  ExtendGrantInput,
  GrantInput,
  GrantListItem,
  GrantPhase,
  GrantState,
  GrantVoteInput,
} from '../domain/access.ts';
import { FAILURE, type FailureType } from '../domain/errors.ts';
import { ACCESS_WATCH_ID, grantWorkflowId } from '../domain/ids.ts';
import type { Log } from '../operations/logger.ts';
import { createCalls, type LaunchOutcome, refused } from './calls.ts';
import { QUEUES } from './queues.ts';
import { foundOr, quoted } from './reads.ts';
import { SEARCH_ATTRIBUTE_KEYS } from './search-attributes.ts';

export interface GrantRef {
  beneficiary: string;
  id: string;
}

/** Starts and messages the workflows of time-bound access. Every call answers within 2.5 s; repeating it is harmless. */
export interface GrantLaunchers {
  startGrant(input: GrantInput): Promise<LaunchOutcome>;
  vote(grant: GrantRef, vote: GrantVoteInput): Promise<LaunchOutcome>;
  end(grant: GrantRef, input: EndGrantInput): Promise<LaunchOutcome>;
  extend(grant: GrantRef, input: ExtendGrantInput): Promise<LaunchOutcome>;
  /** `undefined` when there never was one, or it is past retention. Rejects when Temporal does not answer. */
  getGrant(grant: GrantRef): Promise<GrantState | undefined>;
  /** Open requests and running grants, newest first. Visibility lags by a moment. */
  listGrants(filter: {
    beneficiary?: string;
    limit: number;
  }): Promise<{ items: GrantListItem[]; total: number }>;
}

/** `client` should come from `createTemporalClient`, for its retries. */
export function createGrantLaunchers(client: Client, log: Log): GrantLaunchers {
  const { inTime, outcome } = createCalls(client, log);

  function handleOf({ beneficiary, id }: GrantRef) {
    return client.workflow.getHandle<typeof grant>(grantWorkflowId(beneficiary, id));
  }

  type Handle = ReturnType<typeof handleOf>;

  /** What has ended takes no updates any more, but still tells its state: it answers as it did at the end. */
  async function update(
    ref: GrantRef,
    requestId: string | undefined,
    ask: (handle: Handle) => Promise<void>,
    refusalAtTheEnd: (state: GrantState) => { type: FailureType; message: string } | undefined,
  ): Promise<LaunchOutcome> {
    const handle = handleOf(ref);
    return await outcome({ workflowId: handle.workflowId, requestId }, async () => {
      try {
        await ask(handle);
        return { ok: true };
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        const state = await foundOr(handle.query(getGrantQuery));
        if (state === undefined)
          return refused({ type: FAILURE.wrongState, message: 'There is no such request any more.' });
        const refusal = refusalAtTheEnd(state);
        return refusal === undefined ? { ok: true } : refused(refusal);
      }
    });
  }

  return {
    async startGrant(input) {
      const { id, beneficiary, entitlement } = input;
      const workflowId = grantWorkflowId(beneficiary, id);
      return await outcome({ workflowId, requestId: id }, async () => {
        try {
          await client.workflow.start<typeof grant>('grant', {
            workflowId,
            taskQueue: QUEUES.main,
            workflowIdConflictPolicy: 'FAIL',
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            args: [input],
            memo: { requestId: id },
            typedSearchAttributes: [
              { key: SEARCH_ATTRIBUTE_KEYS.phase, value: 'requested' },
              { key: SEARCH_ATTRIBUTE_KEYS.owner, value: beneficiary },
              { key: SEARCH_ATTRIBUTE_KEYS.template, value: entitlement.id },
            ],
          });
        } catch (error) {
          // Ids are of requests: it is this very one, delivered again.
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
        return { ok: true };
      });
    },

    vote: (ref, vote) =>
      update(
        ref,
        vote.extension ?? ref.id,
        (handle) => handle.executeUpdate(voteUpdate, { args: [vote] }),
        (state) => refusalOfVote(state, vote),
      ),

    end: (ref, input) =>
      update(
        ref,
        input.requestId,
        (handle) => handle.executeUpdate(endGrantUpdate, { args: [input] }),
        (state) => refusalOfEnd(state, input),
      ),

    extend: (ref, input) =>
      update(
        ref,
        input.requestId,
        (handle) => handle.executeUpdate(extendGrantUpdate, { args: [input] }),
        (state) => refusalOfExtension(state, input),
      ),

    getGrant: (ref) => inTime(() => foundOr(handleOf(ref).query(getGrantQuery))),
    listGrants: (filter) => inTime(() => listGrants(client, filter)),
  };
}

/** One for all workers, for as long as there are any. */
export async function startAccessWatch(client: Client): Promise<void> {
  await client.workflow.start<typeof reconcileAccess>('reconcileAccess', {
    workflowId: ACCESS_WATCH_ID,
    taskQueue: QUEUES.main,
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

async function listGrants(
  client: Client,
  { beneficiary, limit }: { beneficiary?: string; limit: number },
): Promise<{ items: GrantListItem[]; total: number }> {
  const query = [
    "WorkflowType = 'grant'",
    "ExecutionStatus = 'Running'",
    ...(beneficiary === undefined ? [] : [`${SEARCH_ATTRIBUTE_KEYS.owner.name} = ${quoted(beneficiary)}`]),
  ].join(' AND ');
  const [items, { count }] = await Promise.all([
    firstItems(client, query, limit),
    client.workflow.count(query),
  ]);
  return { items, total: count };
}

async function firstItems(client: Client, query: string, limit: number): Promise<GrantListItem[]> {
  const items: GrantListItem[] = [];
  for await (const { memo, typedSearchAttributes: shown } of client.workflow.list({
    query,
    pageSize: limit,
  })) {
    if (items.length === limit) break;
    items.push({
      id: String(memo?.requestId),
      entitlement: shown.get(SEARCH_ATTRIBUTE_KEYS.template) ?? '',
      beneficiary: shown.get(SEARCH_ATTRIBUTE_KEYS.owner) ?? '',
      phase: shown.get(SEARCH_ATTRIBUTE_KEYS.phase) as GrantPhase,
      endsAt: shown.get(SEARCH_ATTRIBUTE_KEYS.expiresAt)?.toISOString(),
    });
  }
  return items;
}
