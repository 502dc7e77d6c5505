import { type CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { EnvironmentContext } from '../../activities/index.ts';
import type {
  EnvironmentEnd,
  EnvironmentInput,
  EnvironmentState,
  InventoryItem,
  StepProgress,
} from '../../src/domain/environments.ts';
import { list as showInLists } from '../listing.ts';
import { createLookups, type Lookups } from '../lookups.ts';
import { type Cards, createCards } from './cards.ts';
import { createExpiryNote, type ExpiryNote } from './expiry-note.ts';
import { createTurns, type InTurn } from './turns.ts';

/** What somebody asked for and was allowed. Nobody, when the workflow was cancelled from outside. */
export interface Order {
  kind: 'delete' | 'retry' | 'roll-back';
  person?: string;
}

/** One environment, as its workflow holds it. */
export interface Life {
  readonly input: EnvironmentInput;
  readonly state: EnvironmentState;
  readonly cards: Cards;
  readonly expiryNote: ExpiryNote;
  readonly inTurn: InTurn;
  readonly lookups: Lookups;
  inventory: InventoryItem[];
  /** The warnings that have been dealt with, by their time before the end in milliseconds. */
  warned: number[];
  order?: Order;
  /** What an order interrupts. */
  working?: CancellationScope;
}

export function beginLife(input: EnvironmentInput): Life {
  const state = input.carried?.state ?? requestedState(input);
  return {
    input,
    state,
    cards: createCards(() => ({ state, origin: input.origin })),
    expiryNote: createExpiryNote(() => ({ state, origin: input.origin })),
    inTurn: createTurns(),
    lookups: createLookups(),
    inventory: input.carried?.inventory ?? [],
    warned: input.carried?.warned ?? [],
  };
}

function requestedState(input: EnvironmentInput): EnvironmentState {
  const { cluster, name, namespace, requestId, digest, template, requester, team, parameters } = input;
  return {
    cluster,
    name,
    namespace,
    requestId,
    digest,
    template,
    requester,
    team,
    parameters,
    phase: 'requested',
    steps: input.steps.map(({ id, title }) => ({ id, title, state: 'waiting' })),
    approval: {
      because: input.approval.because,
      needed: input.approval.auto ? 0 : input.approval.count,
      ...(input.approval.auto || input.approval.signIn !== true ? {} : { signIn: true }),
      votes: [],
      approvers: [],
    },
    leftovers: [],
    urls: [],
    secretKeys: [],
    ttlMs: input.lifecycle.ttlMs,
    requestedAt: now(),
    revision: 1,
  };
}

export function now(): string {
  return new Date().toISOString();
}

export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

export function context(life: Life): EnvironmentContext {
  return { state: life.state, origin: life.input.origin };
}

/** The only way the state changes: whatever is shown of it can be told from what was shown before. */
export function change(life: Life, patch: Partial<EnvironmentState>): void {
  Object.assign(life.state, patch);
  life.state.revision += 1;
}

export function changeStep(life: Life, id: string, patch: Omit<StepProgress, 'id' | 'title'>): void {
  change(life, {
    steps: life.state.steps.map((step) => (step.id === id ? { id, title: step.title, ...patch } : step)),
  });
}

/** A change that people are told of, and that `/env list` shows. */
export function milestone(life: Life, patch: Partial<EnvironmentState>): void {
  change(life, patch);
  life.cards.announce();
  list(life);
}

export function end(life: Life, how: EnvironmentEnd, patch: Partial<EnvironmentState> = {}): void {
  change(life, { phase: 'gone', end: how, endedAt: now(), ...patch });
  life.cards.announce();
}

export function list({ state: { phase, expiresAt } }: Life): void {
  showInLists({ phase, endsAt: expiresAt });
}

export function placeOrder(life: Life, order: Order): void {
  life.order = order;
  life.working?.cancel();
}

/** Long enough a history, and nothing on its way that a new run would lose. */
export function renewalDue(life: Life): boolean {
  return workflowInfo().continueAsNewSuggested && life.cards.idle() && life.expiryNote.idle();
}
