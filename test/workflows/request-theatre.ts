import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { membershipWorkflowId } from '../../src/domain/ids.ts';
import type { TeamChangeInput, TeamChangeState } from '../../src/domain/people-requests.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import type { changeTeam } from '../../workflows/users/change-team.ts';
import { decideRequestUpdate, getRequestQuery } from '../../workflows/users/messages.ts';
import { type RequestActivities, requestOf, workingRequestActivities } from './fake-request-activities.ts';
import { createStage, type Recorder } from './stage.ts';
import { openTimeSkipping } from './time-skipping.ts';

export interface RequestPlay extends Recorder<RequestActivities, TeamChangeState | undefined> {
  id: string;
  handle: WorkflowHandle<typeof changeTeam>;
  state(): Promise<TeamChangeState>;
  decide(person: string, decision?: 'approve' | 'deny', reason?: string): Promise<void>;
}

/** Requests about people on a server whose clock jumps, with activities that each test writes. One a file. */
export interface RequestTheatre {
  env: TestWorkflowEnvironment;
  /** Kim asks for Noor to be put into a team, whose name is the test's own. */
  change(
    team: string,
    options?: { input?: Partial<TeamChangeInput>; activities?: Partial<RequestActivities> },
  ): Promise<RequestPlay>;
  close(): Promise<void>;
}

export async function openRequestTheatre(): Promise<RequestTheatre> {
  const stage = createStage<RequestActivities, TeamChangeState | undefined>(
    workingRequestActivities,
    requestOf,
  );
  const { env, close } = await openTimeSkipping(stage.activities);
  return {
    env,
    async change(team, { input = {}, activities = {} } = {}) {
      const person = input.person ?? 'noor';
      const id = membershipWorkflowId(team, person);
      const recorder = stage.enter(id, activities);
      const handle = await env.client.workflow.start<typeof changeTeam>('changeTeam', {
        workflowId: id,
        taskQueue: QUEUES.main,
        args: [{ ...sampleInput(team), id, ...input }],
      });
      return {
        ...recorder,
        id,
        handle,
        state: () => handle.query(getRequestQuery) as Promise<TeamChangeState>,
        async decide(by, decision = 'approve', reason) {
          const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: `U0${by.toUpperCase()}` };
          await handle.executeUpdate(decideRequestUpdate, {
            args: [{ requestId: 'request-1', person: by, account, decision, reason }],
          });
        },
      };
    },
    close,
  };
}

function sampleInput(team: string): Omit<TeamChangeInput, 'id'> {
  return {
    requestId: 'request-1',
    change: 'add',
    team,
    title: team,
    person: 'noor',
    asker: 'kim',
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0DEV' },
  };
}
