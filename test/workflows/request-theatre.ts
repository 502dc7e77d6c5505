import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { arrivalWorkflowId, membershipWorkflowId } from '../../src/domain/ids.ts';
import type {
  ArrivalInput,
  ArrivalState,
  PeopleRequestState,
  TeamChangeInput,
  TeamChangeState,
} from '../../src/domain/people-requests.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { decideRequestUpdate, getRequestQuery } from '../../workflows/users/messages.ts';
import { type RequestActivities, requestOf, workingRequestActivities } from './fake-request-activities.ts';
import { createStage, type Recorder } from './stage.ts';
import { openTimeSkipping } from './time-skipping.ts';

export interface RequestPlay<State extends PeopleRequestState = TeamChangeState>
  extends Recorder<RequestActivities, State | undefined> {
  id: string;
  handle: WorkflowHandle;
  state(): Promise<State>;
  decide(person: string, decision?: 'approve' | 'deny', reason?: string): Promise<void>;
}

interface Options<Input> {
  input?: Partial<Input>;
  activities?: Partial<RequestActivities>;
}

/** Requests about people on a server whose clock jumps, with activities that each test writes. One a file. */
export interface RequestTheatre {
  env: TestWorkflowEnvironment;
  /** Kim asks for Noor to be put into a team, whose name is the test's own. */
  change(team: string, options?: Options<TeamChangeInput>): Promise<RequestPlay>;
  /** Lee asks that somebody comes, whose name is the test's own. */
  arrive(person: string, options?: Options<ArrivalInput>): Promise<RequestPlay<ArrivalState>>;
  close(): Promise<void>;
}

export async function openRequestTheatre(): Promise<RequestTheatre> {
  const stage = createStage<RequestActivities, PeopleRequestState | undefined>(
    workingRequestActivities,
    requestOf,
  );
  const { env, close } = await openTimeSkipping(stage.activities);

  async function play<State extends PeopleRequestState>(
    workflow: 'changeTeam' | 'arrival',
    input: TeamChangeInput | ArrivalInput,
    activities: Partial<RequestActivities> = {},
  ): Promise<RequestPlay<State>> {
    const { id } = input;
    const recorder = stage.enter(id, activities) as Recorder<RequestActivities, State | undefined>;
    const handle = await env.client.workflow.start(workflow, {
      workflowId: id,
      taskQueue: QUEUES.main,
      args: [input],
    });
    return {
      ...recorder,
      id,
      handle,
      state: () => handle.query(getRequestQuery) as Promise<State>,
      async decide(by, decision = 'approve', reason) {
        const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: `U0${by.toUpperCase()}` };
        await handle.executeUpdate(decideRequestUpdate, {
          args: [{ requestId: 'request-1', person: by, account, decision, reason }],
        });
      },
    };
  }

  return {
    env,
    change(team, { input = {}, activities } = {}) {
      const id = membershipWorkflowId(team, input.person ?? 'noor');
      return play('changeTeam', { ...sampleChange(team), id, ...input }, activities);
    },
    arrive(person, { input = {}, activities } = {}) {
      return play('arrival', { ...sampleArrival(person), ...input }, activities);
    },
    close,
  };
}

const ORIGIN = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: 'C0DEV' };

function sampleChange(team: string): Omit<TeamChangeInput, 'id'> {
  const person = 'noor';
  return { requestId: 'request-1', change: 'add', team, title: team, person, asker: 'kim', origin: ORIGIN };
}

function sampleArrival(person: string): ArrivalInput {
  return {
    id: arrivalWorkflowId(person),
    requestId: 'request-1',
    asker: 'lee',
    origin: ORIGIN,
    person,
    name: 'New Sample',
    email: `${person}@example.test`,
    manager: 'lee',
    team: 'shop',
    title: 'Shop',
    role: { name: 'developer', title: 'Developer' },
    startsOn: '2026-04-01',
    startsAt: '2026-04-01T08:00:00.000Z',
  };
}
