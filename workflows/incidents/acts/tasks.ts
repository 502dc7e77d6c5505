import { named } from '../../../src/domain/ids.ts';
import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { change, enter, type Life, now } from '../incident-state.ts';
import { type Refusal, stale, unlessMerged, wrongState } from '../refusals.ts';
import { isInTracker, sendIssue, taskOf, tickOff } from '../trackers.ts';
import type { Doing, RulesOf } from './rules.ts';

/** All of them travel with every message; an incident with more is a project. */
const MAX_TASKS = 100;

export const TASK_ACTS: RulesOf<'task' | 'task-done' | 'task-issue'> = {
  task: {
    refusal: (state) => unlessMerged(state) ?? (state.tasks.length < MAX_TASKS ? undefined : full(state)),
    apply: add,
  },
  'task-done': { refusal: refusalOfDone, apply: finishTask },
  'task-issue': {
    refusal: refusalOfIssue,
    apply: (life, { id }) => sendIssue(life, id),
  },
};

function full({ number }: IncidentState): Refusal {
  return wrongState(`#${number} has ${MAX_TASKS} tasks. Keep further ones where your team plans its work.`);
}

function add(life: Life, { text, owner, dueAt, followUp }: ActOf<'task'>, { person }: Doing): void {
  const { tasks } = life.state;
  const id = `t${tasks.length + 1}`;
  change(life, {
    tasks: [...tasks, { id, text, owner, dueAt, followUp, createdBy: person, createdAt: now() }],
  });
  const whose = owner === undefined ? '' : ` (${named(owner)})`;
  enter(life, { kind: 'task', by: person, text: `${followUp ? 'Follow-up' : 'Task'}${whose}: ${text}` });
  if (followUp && life.state.rules.tracker !== undefined) sendIssue(life, id);
}

function refusalOfDone(state: IncidentState, { id }: ActOf<'task-done'>): Refusal | undefined {
  const task = taskOf(state, id);
  if (task === undefined) return noTask(state, id);
  if (task.doneBy === undefined) return undefined;
  return wrongState(`${named(task.doneBy)} has done that already.`);
}

function noTask({ number }: IncidentState, id: string): Refusal {
  return stale(`#${number} has no task ${id}. /incident tasks ${number} shows them.`);
}

function finishTask(life: Life, { id }: ActOf<'task-done'>, { person }: Doing): void {
  tickOff(life, id, person);
  const text = taskOf(life.state, id)?.text ?? id;
  enter(life, { kind: 'task', by: person, text: `Done: ${text}` });
  if (isInTracker(life, id)) sendIssue(life, id);
}

function refusalOfIssue(state: IncidentState, { id }: ActOf<'task-issue'>): Refusal | undefined {
  const task = taskOf(state, id);
  if (task === undefined) return noTask(state, id);
  if (task.issue !== undefined) return wrongState(`It is an issue already: ${task.issue.url}`);
  if (task.doneAt !== undefined) return wrongState('It is done, so there is nothing to plan any more.');
  if (state.rules.tracker !== undefined) return unlessMerged(state);
  if (state.drill) return wrongState('This is a drill: nothing of it goes to other systems.');
  const where = state.private ? 'tracker.private' : 'tracker';
  return wrongState(
    `#${state.number} was declared without a tracker. The platform team names one as ${where} in manifests/incidents.yaml.`,
  );
}
