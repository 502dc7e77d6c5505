import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { IncidentActivities } from '../../activities/incidents/contract.ts';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import type { IncidentInput, IncidentState, TimelineEntry } from '../../src/domain/incidents.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import type { incident } from '../../workflows/incidents/incident.ts';
import { actUpdate, getIncidentQuery } from '../../workflows/incidents/messages.ts';
import { createIncidentStage, type IncidentRecorder, sampleIncident } from './fake-incident-activities.ts';
import { openTimeSkipping } from './time-skipping.ts';

/** An incident under way, with its own activities. */
export interface IncidentPlay extends IncidentRecorder {
  handle: WorkflowHandle<typeof incident>;
  state(): Promise<IncidentState>;
  act(person: string, act: IncidentAct, key?: string): Promise<number>;
  /** What the store was told, in order. */
  timeline(): TimelineEntry[];
  /** The headlines its first room was told. */
  told(): string[];
  /** Whom it reminded of what: `kim update-due`. */
  reminded(): string[];
  /** Whom it paged, in order. */
  paged(): string[];
}

export interface IncidentPlayOptions {
  input?: Partial<IncidentInput>;
  activities?: Partial<IncidentActivities>;
}

export interface IncidentTheatre {
  env: TestWorkflowEnvironment;
  declare(requestId: string, options?: IncidentPlayOptions): Promise<IncidentPlay>;
  /** Closes all that were declared, so that they are quiet during the next test. */
  clear(): Promise<void>;
  /** Lets the time pass; what is due in it happens. */
  pass(duration: string | number): Promise<void>;
  close(): Promise<void>;
}

/** Real incidents on a server whose clock jumps, with activities that each test writes. One a file. */
export async function openIncidentTheatre(): Promise<IncidentTheatre> {
  const stage = createIncidentStage();
  const { env, close } = await openTimeSkipping(stage.activities);
  let declared: WorkflowHandle[] = [];

  return {
    env,
    async declare(requestId, { input = {}, activities = {} } = {}) {
      const recorder = stage.enter(requestId, activities);
      const handle = await env.client.workflow.start<typeof incident>('incident', {
        workflowId: requestId,
        taskQueue: QUEUES.main,
        args: [sampleIncident({ requestId, ...input })],
      });
      declared.push(handle);
      await recorder.called('recordIncident');
      return playOf(handle, recorder);
    },
    async clear() {
      await Promise.allSettled(declared.map((handle) => handle.cancel()));
      declared = [];
    },
    pass: (duration) => env.sleep(duration as number),
    close,
  };
}

export function playOf(handle: WorkflowHandle<typeof incident>, recorder: IncidentRecorder): IncidentPlay {
  let keys = 0;
  return {
    ...recorder,
    handle,
    state: () => handle.query(getIncidentQuery),
    act(person, act, key = `${person}-${++keys}`) {
      return handle.executeUpdate(actUpdate, { args: [{ key, person, act }] });
    },
    timeline: () => recorder.of('recordIncident').flatMap(({ entries }) => entries),
    told: () =>
      recorder
        .of('tellRooms')
        .filter(({ state }) => state.rooms[0]?.platform === 'slack')
        .map(({ message }) => message.headline),
    reminded: () => recorder.of('remind').map(({ reminder }) => `${reminder.person} ${reminder.about.kind}`),
    paged: () => recorder.of('page').map(({ record }) => record.person),
  };
}
