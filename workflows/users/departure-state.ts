import { ActivityFailure, CancellationScope, log, workflowInfo } from '@temporalio/workflow';
import type {
  DepartureContext,
  DepartureEnd,
  DepartureInput,
  DepartureState,
  LedgerLine,
} from '../../src/domain/departures.ts';
import { departureWorkflowId } from '../../src/domain/ids.ts';
import { type CatchUp, createCatchUp } from '../environments/cards.ts';
import { chat } from './departure-activities.ts';

/** What somebody asked for and was allowed; by nobody, when the workflow was cancelled from outside. */
export interface DepartureOrder {
  kind: 'withdraw' | 'undo';
  person?: string;
}

/** One departure, as its workflow holds it. */
export interface Leaving {
  readonly input: DepartureInput;
  readonly state: DepartureState;
  readonly cards: CatchUp;
  readonly certificate: CatchUp;
  order?: DepartureOrder;
  /** Lines somebody says they have done: those are looked at now. */
  readonly pressed: Set<string>;
}

export function beginLeaving(input: DepartureInput): Leaving {
  const state = input.carried ?? requestedState(input);
  return {
    input,
    state,
    cards: createCatchUp(() => orLog(() => chat.showDeparture({ state, origin: input.origin }))),
    certificate: createCatchUp(() => orLog(() => chat.certifyDeparture({ state, origin: input.origin }))),
    pressed: new Set(),
  };
}

function requestedState(input: DepartureInput): DepartureState {
  const { id, person, name, email, requester, reason, at, heirs, preview } = input;
  return {
    id,
    person,
    name,
    email,
    requester,
    reason,
    at,
    heirs,
    preview,
    phase: 'requested',
    round: 1,
    approval: { because: '', needed: 1, approvers: [], votes: [] },
    ledger: [],
    requestedAt: now(),
    revision: 1,
  };
}

async function orLog(tell: () => Promise<void>): Promise<void> {
  try {
    await CancellationScope.nonCancellable(tell);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error('people could not be told of a departure', { error: error.cause?.message });
  }
}

export function now(): string {
  return new Date().toISOString();
}

export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

export function msUntil(moment: string): number {
  return Date.parse(moment) - Date.now();
}

export function contextOf({ state, input }: Leaving): DepartureContext {
  return { state, origin: input.origin };
}

/** The only way the state changes: people are told of all of it. */
export function change(leaving: Leaving, patch: Partial<DepartureState>): void {
  Object.assign(leaving.state, patch);
  leaving.state.revision += 1;
  leaving.cards.want();
}

export function changeLine(leaving: Leaving, id: string, patch: Partial<LedgerLine>): void {
  const ledger = leaving.state.ledger.map((line) => (line.id === id ? { ...line, ...patch } : line));
  change(leaving, { ledger });
}

/** A line that is there stays as it is. */
export function addLines(leaving: Leaving, lines: LedgerLine[]): void {
  const known = new Set(leaving.state.ledger.map(({ id }) => id));
  const added = lines.filter(({ id }) => !known.has(id));
  if (added.length > 0) change(leaving, { ledger: [...leaving.state.ledger, ...added] });
}

export function lineOf({ state }: Leaving, id: string): LedgerLine {
  const line = state.ledger.find((candidate) => candidate.id === id);
  if (line === undefined) throw new TypeError(`the ledger has no line ${id}`);
  return line;
}

export function end(leaving: Leaving, how: DepartureEnd, patch: Partial<DepartureState> = {}): void {
  change(leaving, { phase: 'ended', end: how, endedAt: now(), ...patch });
}

/** For the audit, and so that a change is made once however often it is asked for. */
export function changeOf({ state }: Leaving, system: string) {
  const { person, name, email, id, requester } = state;
  const newcomer = { person, name, email };
  return { system, person, newcomer, request: departureWorkflowId(person, id), actor: requester };
}

/** Long enough a history. Messages on their way are no reason to wait: the next run brings them to the last. */
export function renewalDue(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

/** What goes on waits no longer: there is something else to do first. */
export function interrupted(leaving: Leaving): boolean {
  return leaving.order !== undefined || renewalDue();
}

export function isOpen({ state }: LedgerLine): boolean {
  return state === 'waiting' || state === 'stuck' || state === 'by-hand';
}

export function linesOf({ state }: Leaving, kind: LedgerLine['kind'], system?: string): LedgerLine[] {
  return state.ledger.filter(
    (line) => line.kind === kind && (system === undefined || line.system === system),
  );
}
