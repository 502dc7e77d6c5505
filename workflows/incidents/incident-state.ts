import { patched, workflowInfo } from '@temporalio/workflow';
import type { IncidentContext } from '../../activities/incidents/contract.ts';
import type { Doer, IncidentInput, IncidentState, TimelineEntry } from '../../src/domain/incidents.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { createTurns, type InTurn } from '../environments/turns.ts';
import { blankMemory, type IncidentRun, type Memory } from './memory.ts';
import { PATCHES } from './patches.ts';

/** Repeats of an act come within minutes; these are more than anybody types in that time. */
const TAKEN_KEPT = 500;
/** An activity under way is waited for, unless it keeps the history from ever being cut. */
const LONG_HISTORY = 20_000;

/** One incident, as its workflow holds it. */
export interface Life {
  readonly input: IncidentInput;
  readonly state: IncidentState;
  readonly memory: Memory;
  readonly inTurn: InTurn;
  /** Keys of acts that were taken. */
  readonly taken: string[];
  /** Entries that the store does not have yet. */
  readonly unrecorded: TimelineEntry[];
  /** Lanes in which an errand is being run. */
  readonly lanes: Map<string, Promise<void>>;
  /** What is waited for, by its time. */
  readonly alarms: Set<{ at: number }>;
  /** When a timer last ended, in milliseconds; nothing in histories that let the time of day decide. */
  clock: number | undefined;
  /** The revision that the cards show, and the one the store has. */
  shown: number;
  recorded: number;
  /** The rooms that have a header. */
  headed: Platform[];
  /** Activities under way. */
  busy: number;
  /** The first run of it. */
  readonly fresh: boolean;
  /** Every loop ends at the next opportunity: it is over, or a new run takes over. */
  leaving: boolean;
}

export function beginLife(input: IncidentRun): Life {
  const { carried, memory, ...declaration } = input;
  return {
    input: declaration,
    state: carried?.state ?? declaredState(declaration),
    memory: memory ?? blankMemory(now()),
    inTurn: createTurns(),
    taken: [...(carried?.taken ?? [])],
    unrecorded: [...(carried?.unrecorded ?? [])],
    lanes: new Map(),
    alarms: new Set(),
    clock: patched(PATCHES.timersTell) ? 0 : undefined,
    shown: 0,
    recorded: 0,
    headed: [],
    busy: 0,
    fresh: carried === undefined,
    leaving: false,
  };
}

function declaredState(input: IncidentInput): IncidentState {
  const { number, requestId, title, summary, severity, service, drill, declaredBy, detectedAt, rules } =
    input;
  return {
    number,
    requestId,
    title,
    summary,
    severity,
    service,
    private: input.private,
    drill,
    status: 'declared',
    declaredBy,
    rules,
    times: { detectedAt, declaredAt: now() },
    rooms: [],
    resources: [],
    roles: rules.roles.map(({ id }) => ({ role: id })),
    members: [],
    update: { stage: 'quiet', kept: 0, missed: 0 },
    escalations: [],
    tasks: [],
    links: { related: [], children: [], merged: [] },
    silences: [],
    environments: [],
    webhooks: [],
    entries: 0,
    revision: 1,
  };
}

export function now(): string {
  return new Date().toISOString();
}

export function inMs(ms: number, from = now()): string {
  return new Date(Date.parse(from) + ms).toISOString();
}

export function isPast(iso: string): boolean {
  return Date.parse(iso) <= Date.now();
}

export function context(life: Life): IncidentContext {
  return { state: life.state };
}

/** The only way the state changes. The cards and the store follow of their own accord. */
export function change(life: Life, patch: Partial<IncidentState>): void {
  Object.assign(life.state, patch);
  life.state.revision += 1;
}

export type Entry = Pick<TimelineEntry, 'kind' | 'by' | 'text'> & Partial<TimelineEntry>;

/** One more line of the timeline. Its key is its number, so that a replay writes the same. */
export function enter(life: Life, entry: Entry): void {
  change(life, { entries: life.state.entries + 1 });
  life.unrecorded.push({ key: `e${life.state.entries}`, at: now(), ...entry });
}

export function take(life: Life, key: string): void {
  life.taken.push(key);
  if (life.taken.length > TAKEN_KEPT) life.taken.shift();
}

/** Nobody cuts the history while this is under way, and whether it began in public is known when it ends. */
export async function busily<T>(life: Life, work: () => Promise<T>): Promise<T> {
  const wasPrivate = life.state.private;
  life.busy += 1;
  try {
    return await work();
  } finally {
    life.busy -= 1;
    if (life.state.private !== wasPrivate) life.memory.stragglers = (life.memory.stragglers ?? 0) + 1;
  }
}

/**
 * Long enough a history, and a quiet moment. While alerts pour in there is none: a new run does not begin as long as
 * something else comes in, and every attempt goes through the whole history.
 */
export function renewalDue({ busy, memory }: Life): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  const isQuiet = busy === 0 && memory.alerts.changedAt === undefined;
  return continueAsNewSuggested && (isQuiet || historyLength > LONG_HISTORY);
}

/** Whether work on it goes on. */
export function isOpen({ status }: IncidentState): boolean {
  return status !== 'resolved' && status !== 'closed';
}

export function isPerson(doer: Doer | undefined): doer is string {
  return doer !== undefined && doer !== 'alerts' && doer !== 'purser';
}
