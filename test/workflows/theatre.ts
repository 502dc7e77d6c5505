import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { EnvironmentInput, EnvironmentState } from '../../src/domain/environments.ts';
import type { LinkInput } from '../../src/domain/links.ts';
import type { QuotaRequest } from '../../src/domain/quota-requests.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/temporal/search-attributes.ts';
import type { environment } from '../../workflows/environments/environment.ts';
import { getEnvironmentQuery } from '../../workflows/environments/messages.ts';
import type { moreQuota } from '../../workflows/environments/more-quota.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/environments/search-attributes.ts';
import type { linkAccount } from '../../workflows/users/link-account.ts';
import { type Activities, createEnvironmentStage, type Recorder, sampleInput } from './fake-activities.ts';
import { openTimeSkipping } from './time-skipping.ts';

/** An environment under way, with its own activities. */
export interface Play extends Recorder {
  requestId: string;
  handle: WorkflowHandle<typeof environment>;
  state(): Promise<EnvironmentState>;
}

export interface PlayOptions {
  input?: Partial<EnvironmentInput>;
  activities?: Partial<Activities>;
}

/** Real workflows on a server whose clock jumps, with activities that each test writes. One a file. */
export interface Theatre {
  env: TestWorkflowEnvironment;
  play(requestId: string, options?: PlayOptions): Promise<Play>;
  playUntilReady(requestId: string, options?: PlayOptions): Promise<Play>;
  link(
    link: LinkInput,
    activities?: Partial<Activities>,
  ): Promise<Recorder & { handle: WorkflowHandle<typeof linkAccount> }>;
  more(
    request: QuotaRequest,
    activities?: Partial<Activities>,
  ): Promise<Recorder & { handle: WorkflowHandle<typeof moreQuota> }>;
  close(): Promise<void>;
}

export async function openTheatre(): Promise<Theatre> {
  const stage = createEnvironmentStage();
  const { env, close } = await openTimeSkipping(stage.activities, {
    maxHeartbeatThrottleInterval: '50ms',
    defaultHeartbeatThrottleInterval: '50ms',
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTE_TYPES,
  });

  async function play(requestId: string, { input = {}, activities = {} }: PlayOptions = {}): Promise<Play> {
    const recorder = stage.enter(requestId, activities);
    const handle = await env.client.workflow.start<typeof environment>('environment', {
      workflowId: requestId,
      taskQueue: QUEUES.main,
      args: [sampleInput({ requestId, ...input })],
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.phase, value: 'requested' }],
    });
    return { ...recorder, requestId, handle, state: () => handle.query(getEnvironmentQuery) };
  }

  return {
    env,
    play,
    async playUntilReady(requestId, options) {
      const played = await play(requestId, options);
      await played.called('announce', ({ phase }) => phase === 'ready');
      return played;
    },
    async link(link, activities = {}) {
      const recorder = stage.enter(link.requestId, activities);
      const handle = await env.client.workflow.start<typeof linkAccount>('linkAccount', {
        workflowId: link.requestId,
        taskQueue: QUEUES.main,
        args: [link],
      });
      return { ...recorder, handle };
    },
    async more(request, activities = {}) {
      const recorder = stage.enter(request.requestId, activities);
      const handle = await env.client.workflow.start<typeof moreQuota>('moreQuota', {
        workflowId: request.requestId,
        taskQueue: QUEUES.main,
        args: [request],
      });
      return { ...recorder, handle };
    },
    close,
  };
}

/** The type of the refusal inside a failed update. */
export async function refusalOf(
  update: Promise<unknown>,
): Promise<{ type?: string | null; message: string }> {
  try {
    await update;
  } catch (error) {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      if (cause instanceof ApplicationFailure) return { type: cause.type, message: cause.message };
    }
    throw error;
  }
  throw new Error('the update was not refused');
}
