import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { environment } from '../../workflows/environments/environment.ts';
import {
  decideUpdate,
  deleteUpdate,
  getEnvironmentQuery,
  retryUpdate,
  rollBackUpdate,
} from '../../workflows/environments/messages.ts';
import {
  type Change,
  type Refusal,
  refusalOfChange,
  refusalOfDecision,
} from '../../workflows/environments/refusals.ts';
import type { linkAccount } from '../../workflows/users/link-account.ts';
import { decideLinkUpdate, getLinkQuery } from '../../workflows/users/messages.ts';
import type {
  DecideInput,
  EnvironmentInput,
  EnvironmentListItem,
  EnvironmentPhase,
  EnvironmentState,
} from '../domain/environments.ts';
import { FAILURE } from '../domain/errors.ts';
import { environmentWorkflowId } from '../domain/ids.ts';
import type { LinkInput, LinkState } from '../domain/links.ts';
import { type AccountRef, linkIdOf } from '../domain/refs.ts';
import type { SignIn } from '../domain/sign-in.ts';
import type { Log } from '../operations/logger.ts';
import { CALL_DEADLINE_MS, createCalls, type LaunchOutcome, refused } from './calls.ts';
import { QUEUES } from './queues.ts';
import { foundOr, listEnvironments, stateOf } from './reads.ts';
import { SEARCH_ATTRIBUTE_KEYS } from './search-attributes.ts';

export type { LaunchOutcome } from './calls.ts';

export type StartEnvironmentOutcome =
  | LaunchOutcome
  | { ok: false; type: 'NameTaken'; state: EnvironmentState | undefined };

/** The only place that starts or messages workflows. Every call answers within 2.5 s. */
export interface Launchers {
  /** Idempotent by `requestId`: a repeat of the same request is `ok`. */
  startEnvironment(input: EnvironmentInput): Promise<StartEnvironmentOutcome>;
  decide(decision: DecideInput & { name: string }): Promise<LaunchOutcome>;
  deleteEnvironment(name: string, requestId: string, person: string): Promise<LaunchOutcome>;
  retryEnvironment(name: string, requestId: string, person: string): Promise<LaunchOutcome>;
  rollBackEnvironment(name: string, requestId: string, person: string): Promise<LaunchOutcome>;
  /** `undefined` when there never was one, or it is past retention. Rejects when Temporal does not answer. */
  getEnvironment(name: string): Promise<EnvironmentState | undefined>;
  /** Running environments, newest first. Visibility lags by a moment. */
  listEnvironments(filter: { owner?: string; team?: string; limit: number }): Promise<{
    items: EnvironmentListItem[];
    total: number;
  }>;
  startLink(input: LinkInput): Promise<LaunchOutcome>;
  /** `undefined` when nobody ever asked, or it is past retention. Rejects when Temporal does not answer. */
  getLink(account: AccountRef): Promise<LinkState | undefined>;
  decideLink(decision: {
    account: AccountRef;
    by: string;
    byAccount: AccountRef;
    /** The person to link to; missing when denied. */
    person?: string;
    reason?: string;
    /** Where they proved it themselves. */
    signedIn?: SignIn;
  }): Promise<LaunchOutcome>;
}

const CHANGE_UPDATES = { delete: deleteUpdate, retry: retryUpdate, 'roll-back': rollBackUpdate } as const;

/** For the environments of one cluster. `client` should come from `createTemporalClient`, for its retries. */
export function createLaunchers(client: Client, cluster: string, log: Log): Launchers {
  const { inTime, outcome } = createCalls(client, log);

  function handleOf(name: string): WorkflowHandle<typeof environment> {
    return client.workflow.getHandle<typeof environment>(environmentWorkflowId(cluster, name));
  }

  async function change(
    what: Change,
    name: string,
    requestId: string,
    person: string,
  ): Promise<LaunchOutcome> {
    const handle = handleOf(name);
    return await outcome({ workflowId: handle.workflowId, requestId }, async () => {
      try {
        await handle.executeUpdate(CHANGE_UPDATES[what], { args: [{ requestId, person }] });
        return { ok: true };
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        const state = await stateOf(handle);
        const repeated = what === 'delete' && state?.requestId === requestId && state.deletedBy === person;
        return repeated ? { ok: true } : refused(refusalOfEnded(name, state, what, requestId));
      }
    });
  }

  return {
    async startEnvironment(input) {
      const workflowId = environmentWorkflowId(cluster, input.name);
      let holder: EnvironmentState | 'unknown' | undefined;
      const started = await outcome({ workflowId, requestId: input.requestId }, async () => {
        try {
          await startEnvironment(client, workflowId, input);
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          holder = await otherHolder(client, workflowId, input.requestId);
        }
        return { ok: true };
      });
      if (!started.ok || holder === undefined) return started;
      return { ok: false, type: 'NameTaken', state: holder === 'unknown' ? undefined : holder };
    },

    async decide({ name, ...vote }) {
      const handle = handleOf(name);
      const { workflowId } = handle;
      return await outcome({ workflowId, requestId: vote.requestId }, async () => {
        try {
          await handle.executeUpdate(decideUpdate, { args: [vote] });
          return { ok: true };
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
          return outcomeOfLateVote(name, await stateOf(handle), vote);
        }
      });
    },

    deleteEnvironment: (name, requestId, person) => change('delete', name, requestId, person),
    retryEnvironment: (name, requestId, person) => change('retry', name, requestId, person),
    rollBackEnvironment: (name, requestId, person) => change('roll-back', name, requestId, person),
    getEnvironment: (name) => inTime(() => stateOf(handleOf(name))),
    listEnvironments: (filter) => inTime(() => listEnvironments(client, filter)),

    async startLink(link) {
      const workflowId = linkIdOf(link.account);
      return await outcome({ workflowId, requestId: link.requestId }, async () => {
        await client.workflow.start<typeof linkAccount>('linkAccount', {
          workflowId,
          taskQueue: QUEUES.main,
          workflowIdConflictPolicy: 'USE_EXISTING',
          args: [link],
          memo: { requestId: link.requestId },
        });
        return { ok: true };
      });
    },

    async getLink(account) {
      const handle = client.workflow.getHandle<typeof linkAccount>(linkIdOf(account));
      return await inTime(() => foundOr(handle.query(getLinkQuery)));
    },

    async decideLink({ account, ...decision }) {
      const workflowId = linkIdOf(account);
      return await outcome({ workflowId }, async () => {
        try {
          await client.workflow.getHandle(workflowId).executeUpdate(decideLinkUpdate, { args: [decision] });
          return { ok: true };
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
          const message = 'That request has been decided, or nobody decided it within a week.';
          return { ok: false, type: FAILURE.alreadyDecided, message };
        }
      });
    },
  };
}

async function startEnvironment(client: Client, workflowId: string, input: EnvironmentInput): Promise<void> {
  const { phase, team, owner, template } = SEARCH_ATTRIBUTE_KEYS;
  await client.workflow.start<typeof environment>('environment', {
    workflowId,
    taskQueue: QUEUES.main,
    workflowIdConflictPolicy: 'FAIL',
    args: [input],
    memo: { requestId: input.requestId, cluster: input.cluster, name: input.name },
    typedSearchAttributes: [
      // The phase it will be in after its first task: what is set here need not be an event of its own.
      {
        key: phase,
        value: (input.approval.auto ? 'provisioning' : 'awaiting-approval') satisfies EnvironmentPhase,
      },
      { key: team, value: input.team },
      { key: owner, value: input.requester },
      { key: template, value: input.template.name },
    ],
  });
}

/** Who has the name; `undefined` when it is this very request, delivered again. */
async function otherHolder(
  client: Client,
  workflowId: string,
  requestId: string,
): Promise<EnvironmentState | 'unknown' | undefined> {
  const handle = client.workflow.getHandle<typeof environment>(workflowId);
  const { memo } = await handle.describe();
  if (memo?.requestId === requestId) return undefined;
  // The name is taken whoever has it: without a worker there is nobody to say who.
  return await client
    .withDeadline(Date.now() + CALL_DEADLINE_MS / 2, () => handle.query(getEnvironmentQuery))
    .catch(() => 'unknown' as const);
}

/** For a workflow that has ended: it takes no updates any more, but still tells its state. */
function outcomeOfLateVote(
  name: string,
  state: EnvironmentState | undefined,
  vote: DecideInput,
): LaunchOutcome {
  if (state === undefined) return refused(unknownEnvironment(name));
  const refusal = refusalOfDecision(state, vote);
  return refusal === undefined ? { ok: true } : refused(refusal);
}

function refusalOfEnded(
  name: string,
  state: EnvironmentState | undefined,
  what: Change,
  requestId: string,
): Refusal {
  if (state === undefined) return unknownEnvironment(name);
  return refusalOfChange(state, what, requestId) ?? unknownEnvironment(name);
}

function unknownEnvironment(name: string): Refusal {
  return { type: FAILURE.wrongState, message: `There is no environment called ${name}. See /env list.` };
}
