import { patched } from '@temporalio/workflow';
import type { Doer, IncidentState } from '../../src/domain/incidents.ts';
import type { RunbookEvent, RunbookPlan, RunbookRun, RunbookStep } from '../../src/domain/runbooks.ts';
import { runbooks } from './activities.ts';
import { change, context, enter, inMs, isOpen, type Life, now } from './incident-state.ts';
import type { Job } from './memory.ts';
import { PATCHES } from './patches.ts';
import { send, tell } from './telling.ts';
import { type Due, earliest, keepTime } from './timekeeping.ts';

/** All of them travel with every message. */
export const MAX_RUNS = 20;

/** Begins the runbooks that begin with it, each of them once. */
export function happened(life: Life, event: RunbookEvent): void {
  if (patched(PATCHES.runbooks)) lookForRunbooks(life, event, 'purser');
}

export function lookForRunbooks(life: Life, event: RunbookEvent, by: Doer): void {
  send(life, 'runbooks', { kind: 'runbooks', event, by });
}

export async function beginRunbooks(life: Life, { event, by }: Job & { kind: 'runbooks' }): Promise<void> {
  const { plans, times, problems } = await runbooks.findRunbooks({ ...context(life), happened: event });
  if (life.state.status === 'closed') return;
  if (event.event === 'opened') {
    life.memory.runbookTimes = times.map((after) => ({
      after,
      at: inMs(after, life.state.times.declaredAt),
    }));
    if (problems.length > 0) sayUnusable(life, problems);
  }
  for (const plan of plans) {
    if (event.event === 'by-hand' || runNamed(life.state, plan.name) === undefined) begin(life, plan, by);
  }
}

/** Whoever waits for one of them has to know that it does not come. */
function sayUnusable(life: Life, problems: string[]): void {
  const text = `Some runbooks cannot be used: ${problems.slice(0, 3).join('; ')}`;
  enter(life, { kind: 'action', by: 'purser', text });
  tell(life, 'runbooks-unusable', {
    glyph: '📘',
    headline: 'Some runbooks cannot be used. /incident runbook lists those that can.',
    quotes: [{ label: 'Why', text: problems.slice(0, 3).join('\n') }],
  });
}

export function noRunbooks(life: Life, { event, by }: Job & { kind: 'runbooks' }, reason: string): void {
  enter(life, { kind: 'action', by, text: `No runbook has begun: ${reason}` });
  tell(life, `no-runbooks:${life.state.revision}`, {
    glyph: '📘',
    headline:
      event.event === 'by-hand'
        ? 'The runbook has not begun. /incident runbook lists those that can be used.'
        : 'It could not be found out which runbooks are to begin. Begin them with /incident runbook.',
    quotes: [{ label: 'Why', text: reason }],
  });
}

function begin(life: Life, { name, version, title, steps }: RunbookPlan, by: Doer): void {
  const before = life.state.runbooks ?? [];
  if (before.length >= MAX_RUNS) return;
  const id = `r${before.length + 1}`;
  const begun = steps.map(
    (step, at): RunbookStep => ({
      ...step,
      id: `${id}.${at + 1}`,
      state: waitsForSomebody(step) ? 'waiting' : 'running',
    }),
  );
  const run = { id, name, version, title, startedBy: by, startedAt: now(), steps: begun };
  change(life, { runbooks: [...before, run] });
  enter(life, { kind: 'action', by, text: `Runbook “${title}” (version ${version}) has begun` });
  const waiting = begun.filter(({ state }) => state === 'waiting').length;
  const asks = waiting === 0 ? '' : ' Some of its steps wait for somebody: the buttons are on the card.';
  tell(life, `runbook:${id}`, { glyph: '📘', headline: `The runbook “${title}” has begun.${asks}`, by });
  for (const step of begun) if (step.state === 'running') runStep(life, step, by, step.id);
}

function waitsForSomebody({ action, approve }: Pick<RunbookStep, 'action' | 'approve'>): boolean {
  return approve !== undefined || action.do === 'environment';
}

/** Each in a lane of its own, so that it holds up nothing; what a webhook is told comes in order. */
export function runStep(life: Life, { id, action }: RunbookStep, by: Doer, key: string): void {
  const lane = action.do === 'webhook' ? `webhook:${action.webhook}` : `runbook:${id}`;
  send(life, lane, { kind: 'runbook-step', step: id, by, key: `${key}:run` });
}

/** So long after the declaration, if it goes on still. */
export async function beginLater(life: Life): Promise<void> {
  await keepTime(life, () =>
    earliest(
      (life.memory.runbookTimes ?? []).map(({ at, after }): Due => ({ at, work: () => come(life, after) })),
    ),
  );
}

function come(life: Life, after: number): void {
  life.memory.runbookTimes = life.memory.runbookTimes?.filter((time) => time.after !== after);
  if (isOpen(life.state)) lookForRunbooks(life, { event: 'time', after }, 'purser');
}

/** Nothing of them is done once it is closed. */
export function stopRunbooks(life: Life): void {
  for (const step of stepsOf(life.state)) {
    if (isUnfinished(step)) markStep(life, step.id, { state: 'skipped', note: 'It was closed before.' });
  }
}

/** One that was waited for, whoever asked for it and how. */
export function environmentRequested(life: Life, name: string, template: string): void {
  const step = stepsOf(life.state).find(
    ({ action, state }) => state === 'waiting' && action.do === 'environment' && action.template === template,
  );
  if (step !== undefined) markStep(life, step.id, { state: 'done', note: name });
}

export function isUnfinished({ state }: RunbookStep): boolean {
  return state === 'waiting' || state === 'running' || state === 'failed';
}

/** The latest of that name. */
export function runNamed({ runbooks = [] }: IncidentState, name: string): RunbookRun | undefined {
  return runbooks.findLast((run) => run.name === name);
}

export function stepNamed(state: IncidentState, id: string): RunbookStep | undefined {
  return stepsOf(state).find((step) => step.id === id);
}

function stepsOf({ runbooks = [] }: IncidentState): RunbookStep[] {
  return runbooks.flatMap(({ steps }) => steps);
}

export function markStep(life: Life, id: string, patch: Partial<RunbookStep>): void {
  change(life, {
    runbooks: life.state.runbooks?.map((run) => ({
      ...run,
      steps: run.steps.map((step) => (step.id === id ? { ...step, ...patch } : step)),
    })),
  });
}
