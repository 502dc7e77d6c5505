import { log, TemporalFailure } from '@temporalio/workflow';
import { named } from '../../src/domain/ids.ts';
import type { Doer, IncidentState, UpdatePromise } from '../../src/domain/incidents.ts';
import { lookups } from './activities.ts';
import { pathOf, startPath } from './chains.ts';
import { change, context, enter, inMs, isOpen, isPast, isPerson, type Life, now } from './incident-state.ts';
import { answererOf, commsOf, firstPagedOf, leadOf } from './people.ts';
import { remind } from './telling.ts';
import { type Due, keepTime, until } from './timekeeping.ts';

const AGAIN_MS = 60_000;

/** How often the severity wants to hear something. */
export function cadenceOf({ rules, severity }: IncidentState): number | undefined {
  return rules.severities.find(({ id }) => id === severity)?.updateEvery;
}

/** From now on, or from whatever the last update was. */
export function promise(life: Life, ms = cadenceOf(life.state), from = now()): void {
  const dueAt = ms === undefined || !isOpen(life.state) ? undefined : inMs(ms, from);
  changeUpdate(life, { dueAt, stage: 'quiet', snooze: undefined });
}

/** Whichever way it came, it is the update that was due. */
export function fulfil(life: Life, said: { what: string; impact?: string; by: Doer }, nextMs?: number): void {
  const { dueAt, stage, kept, last } = life.state.update;
  const inTime = dueAt !== undefined && (stage === 'quiet' || stage === 'asked');
  const impact = said.impact ?? last?.impact;
  changeUpdate(life, { last: { ...said, impact, at: now() }, kept: kept + (inTime ? 1 : 0) });
  promise(life, nextMs);
}

/** Another cadence counts from the last update; what would be overdue by it is asked for in a moment. */
export function recount(life: Life): void {
  const { last, snooze } = life.state.update;
  if (snooze !== undefined && !isPast(snooze.until)) return;
  const every = cadenceOf(life.state);
  const due = every === undefined ? undefined : inMs(every, last?.at ?? life.state.times.declaredAt);
  const soonest = inMs(life.state.rules.timers.updateGrace);
  changeUpdate(life, { dueAt: due !== undefined && due < soonest ? soonest : due, stage: 'quiet' });
}

export function promiseNothing(life: Life): void {
  changeUpdate(life, { dueAt: undefined, stage: 'quiet', snooze: undefined });
  nameAsked(life, undefined, undefined);
}

export function changeUpdate(life: Life, patch: Partial<UpdatePromise>): void {
  change(life, { update: { ...life.state.update, ...patch } });
}

/** One person is asked; then their deputy; then the path is paged. Then the next update is due. */
export async function keepCadence(life: Life): Promise<void> {
  await Promise.all([keepTime(life, () => nextAsking(life)), keepNames(life)]);
}

function nextAsking(life: Life): Due | undefined {
  const { dueAt, stage } = life.state.update;
  if (dueAt === undefined) return undefined;
  const { updateGrace } = life.state.rules.timers;
  const after = (graces: number) => inMs(graces * updateGrace, dueAt);
  if (stage === 'quiet') return { at: dueAt, work: () => askOne(life, dueAt) };
  if (stage === 'asked') return { at: after(1), work: () => askDeputy(life, dueAt) };
  if (stage === 'deputy-asked') return { at: after(2), work: () => pagePath(life, dueAt) };
  const next = Math.max(cadenceOf(life.state) ?? 0, 3 * updateGrace);
  return {
    at: inMs(next, dueAt),
    work: () => changeUpdate(life, { dueAt: inMs(next, dueAt), stage: 'quiet' }),
  };
}

/** Resolved anew: over a night, whoever was next at the last update is not on call any more. */
async function askOne(life: Life, dueAt: string): Promise<void> {
  await refresh(life);
  if (life.state.update.dueAt !== dueAt) return;
  changeUpdate(life, { stage: 'asked', snooze: undefined });
  const { by } = life.state.update;
  remind(life, `update:${dueAt}:first`, by, { kind: 'update-due' });
  enter(life, {
    kind: 'update',
    by: 'purser',
    text: `An update is due${by === undefined ? '.' : `: ${named(by)} is asked.`}`,
  });
}

async function askDeputy(life: Life, dueAt: string): Promise<void> {
  await refresh(life);
  if (life.state.update.dueAt !== dueAt) return;
  const { missed, then } = life.state.update;
  changeUpdate(life, { stage: 'deputy-asked', missed: missed + 1 });
  remind(life, `update:${dueAt}:deputy`, then, { kind: 'update-due' });
  const whom = then === undefined ? 'There is no deputy to ask.' : `${named(then)} is asked.`;
  enter(life, {
    kind: 'update',
    by: 'purser',
    text: `The update due at ${clock(dueAt)} did not come. ${whom}`,
  });
}

function pagePath(life: Life, dueAt: string): void {
  changeUpdate(life, { stage: 'path-paged' });
  enter(life, { kind: 'update', by: 'purser', text: `Nobody has said anything since ${clock(dueAt)}.` });
  startPath(life, pathOf(life.state), {
    message: `The update due at ${clock(dueAt)} did not come.`,
    by: 'purser',
  });
}

/** Who is asked, and who after them, is shown at any time, so it follows every change of roles and path. */
async function keepNames(life: Life): Promise<void> {
  for (;;) {
    await until(life, () => life.memory.deputyFor !== namesFrom(life));
    if (life.leaving) return;
    if (!(await refresh(life))) await until(life, () => false, inMs(AGAIN_MS));
  }
}

/** `false` when the schedule could not be read. */
async function refresh(life: Life): Promise<boolean> {
  const from = namesFrom(life);
  const { state } = life;
  const promised = state.update.dueAt !== undefined;
  const by = promised ? askedFirst(state) : undefined;
  try {
    const then = [commsOf(state), leadOf(state)].find((person) => person !== undefined && person !== by);
    const next = promised ? (then ?? (await nextOnCall(life, by))) : undefined;
    if (isOpen(state) && (state.update.by !== by || state.update.then !== next)) {
      nameAsked(life, by, next);
    }
    life.memory.deputyFor = from;
    return true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.warn('who is on call could not be read; it is tried again');
    return false;
  }
}

function nameAsked(life: Life, by: string | undefined, next: string | undefined): void {
  // biome-ignore lint/suspicious/noThenProperty: a person, never a function.
  changeUpdate(life, { by, then: next });
}

function namesFrom({ state }: Life): string {
  const promised = isOpen(state) && state.update.dueAt !== undefined;
  return [promised, askedFirst(state), commsOf(state), leadOf(state), pathOf(state)?.id].join(' ');
}

function askedFirst(state: IncidentState): string | undefined {
  const people = [commsOf(state), leadOf(state), state.declaredBy, answererOf(state), firstPagedOf(state)];
  return people.find(isPerson);
}

async function nextOnCall(life: Life, except: string | undefined): Promise<string | undefined> {
  const { state } = life;
  if (state.drill) return state.rules.drillPeople.find((person) => person !== except);
  const targets = pathOf(state)?.levels.flatMap(({ notify }) => notify) ?? [];
  if (targets.length === 0) return undefined;
  const { people } = await life.inTurn(() => lookups.resolveTargets({ ...context(life), targets }));
  return people.find((person) => person !== except);
}

function clock(iso: string): string {
  return `${iso.slice(11, 16)} UTC`;
}
