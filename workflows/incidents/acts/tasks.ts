import { named } from '../../../src/domain/ids.ts';
import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { change, enter, type Life, now } from '../incident-state.ts';
import { type Refusal, stale, unlessMerged, wrongState } from '../refusals.ts';
import type { Doing, RulesOf } from './rules.ts';

/** All of them travel with every message; an incident with more is a project. */
const MAX_TASKS = 100;

export const TASK_ACTS: RulesOf<'task' | 'task-done'> = {
  task: {
    refusal: (state) => unlessMerged(state) ?? (state.tasks.length < MAX_TASKS ? undefined : full(state)),
    apply: add,
  },
  'task-done': { refusal: refusalOfDone, apply: finishTask },
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
}

function refusalOfDone({ tasks, number }: IncidentState, { id }: ActOf<'task-done'>): Refusal | undefined {
  const task = tasks.find((candidate) => candidate.id === id);
  if (task === undefined) return stale(`#${number} has no task ${id}. /incident tasks ${number} shows them.`);
  if (task.doneBy === undefined) return undefined;
  return wrongState(`${named(task.doneBy)} has done that already.`);
}

function finishTask(life: Life, { id }: ActOf<'task-done'>, { person }: Doing): void {
  change(life, {
    tasks: life.state.tasks.map((task) =>
      task.id === id ? { ...task, doneBy: person, doneAt: now() } : task,
    ),
  });
  const text = life.state.tasks.find((task) => task.id === id)?.text ?? id;
  enter(life, { kind: 'task', by: person, text: `Done: ${text}` });
}
