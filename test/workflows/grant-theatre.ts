import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { GrantInput, GrantState } from '../../src/domain/access.ts';
import type { Entitlement, StageRule } from '../../src/domain/entitlements.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/temporal/search-attributes.ts';
import type { grant } from '../../workflows/access/grant.ts';
import {
  endGrantUpdate,
  extendGrantUpdate,
  getGrantQuery,
  voteUpdate,
} from '../../workflows/access/messages.ts';
import { accountOf, HOUR_MS, sampleEntitlement, sampleGrantInput } from '../support/grant-samples.ts';
import { type Activities, createGrantStage, type GrantRecorder } from './fake-grant-activities.ts';
import { openTimeSkipping } from './time-skipping.ts';

/** A grant under way, with its own activities and its own person. */
export interface GrantPlay extends GrantRecorder {
  handle: WorkflowHandle<typeof grant>;
  state(): Promise<GrantState>;
  vote(
    person: string,
    decision?: 'approve' | 'deny',
    about?: { stage?: number; extension?: string; digest?: string },
  ): Promise<void>;
  extend(requestId: string, extraMs: number): Promise<void>;
  end(person: string): Promise<void>;
  /** What was done in systems, in order: `give cluster edit`. */
  done(): string[];
}

export interface GrantPlayOptions {
  entitlement?: Partial<Entitlement>;
  input?: Partial<GrantInput>;
  activities?: Partial<Activities>;
}

export interface GrantTheatre {
  env: TestWorkflowEnvironment;
  ask(person: string, options?: GrantPlayOptions): Promise<GrantPlay>;
  close(): Promise<void>;
}

/** Asked within four hours; of `otherwise` for as long again. */
export function stageOf(people: string[], more: Partial<StageRule> = {}): StageRule {
  return { by: people.map((person) => ({ person })), need: 'any', within: 4 * HOUR_MS, ...more };
}

/** Real grants on a server whose clock jumps, with activities that each test writes. One a file. */
export async function openGrantTheatre(): Promise<GrantTheatre> {
  const stage = createGrantStage();
  const { env, close } = await openTimeSkipping(stage.activities, {
    maxHeartbeatThrottleInterval: '50ms',
    defaultHeartbeatThrottleInterval: '50ms',
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTE_TYPES,
  });
  return {
    env,
    async ask(person, { entitlement = {}, input = {}, activities = {} } = {}) {
      const recorder = stage.enter(person, activities);
      const handle = await env.client.workflow.start<typeof grant>('grant', {
        workflowId: `grant/${person}/01sample`,
        taskQueue: QUEUES.main,
        args: [
          sampleGrantInput({
            requester: person,
            beneficiary: person,
            entitlement: sampleEntitlement({ approval: [stageOf(['lee'])], ...entitlement }),
            ...input,
          }),
        ],
      });
      return playOf(handle, recorder);
    },
    close,
  };
}

export function playOf(handle: WorkflowHandle<typeof grant>, recorder: GrantRecorder): GrantPlay {
  return {
    ...recorder,
    handle,
    state: () => handle.query(getGrantQuery),
    async vote(person, decision = 'approve', { stage = 0, extension, digest = 'rules-1' } = {}) {
      const account = accountOf(person);
      const reason = decision === 'deny' ? 'not now' : undefined;
      await handle.executeUpdate(voteUpdate, {
        args: [{ digest, stage, extension, person, account, decision, reason }],
      });
    },
    async extend(requestId, extraMs) {
      const person = (await handle.query(getGrantQuery)).beneficiary;
      await handle.executeUpdate(extendGrantUpdate, {
        args: [{ requestId, person, extraMs, reason: 'It takes longer.' }],
      });
    },
    async end(person) {
      await handle.executeUpdate(endGrantUpdate, { args: [{ requestId: `end-${person}`, person }] });
    },
    done: () =>
      recorder.calls.flatMap(({ activity, input }) => {
        const verb = { giveHolding: 'give', takeHolding: 'take', endSessions: 'end sessions in' }[
          activity as string
        ];
        const { system, holding } = input as { system: string; holding: { group: string } };
        return verb === undefined ? [] : [`${verb} ${system} ${holding.group}`];
      }),
  };
}
