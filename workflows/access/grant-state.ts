import { ActivityFailure, type CancellationScope, log, workflowInfo } from '@temporalio/workflow';
import type { GrantContext } from '../../activities/access/contract.ts';
import type {
  EndGrantInput,
  Extension,
  GrantEnd,
  GrantInput,
  GrantState,
  HoldingState,
  StageState,
} from '../../src/domain/access.ts';
import type { Entitlement } from '../../src/domain/entitlements.ts';
import type { Identity } from '../../src/domain/systems.ts';
import { type CatchUp, createCatchUp } from '../environments/cards.ts';
import { createTurns, type InTurn } from '../environments/turns.ts';
import { list } from '../listing.ts';
import { chat, lookups } from './activities.ts';

/** What a grant keeps for itself, beyond what it shows. */
export interface Memory {
  /** Who they were when it was given, for when the directory has forgotten them. */
  identity?: Identity;
  /** It is armed: by then all of it is there, or all of it is taken back. */
  giveBy?: string;
  /** Of the reminders that were sent, the moment of the last. */
  remindedAt?: string;
  /** The end that was warned of. */
  warnedOf?: string;
  /** What could not be asked is asked again then. */
  askAgainAt?: string;
}

export type GrantRun = GrantInput & { memory?: Memory };

/** One grant, as its workflow holds it. */
export interface Life {
  readonly input: GrantInput;
  readonly state: GrantState;
  readonly memory: Memory;
  /** As it was asked for, or as the rules became since. */
  entitlement: Entitlement;
  readonly inTurn: InTurn;
  readonly card: CatchUp;
  readonly approvals: CatchUp;
  readonly ledger: CatchUp;
  /** Messages on their way. */
  sending: number;
  order?: EndGrantInput & { outside?: true };
  /** What an order interrupts. */
  working?: CancellationScope;
}

export function beginLife({ memory = {}, ...input }: GrantRun): Life {
  const state = input.carried ?? requestedState(input);
  const context = (): GrantContext => ({ state, entitlement: life.entitlement });
  const life: Life = {
    input,
    state,
    memory,
    entitlement: input.entitlement,
    inTurn: createTurns(),
    card: createCatchUp(() =>
      tryTo('show it on its card', () => chat.showGrant({ ...context(), origin: input.origin })),
    ),
    approvals: createCatchUp(() =>
      tryTo('show approvers how it is', () => chat.askGrantApprovers(context())),
    ),
    ledger: createCatchUp(async () => {
      const { endsAt } = state;
      if (endsAt !== undefined) await lookups.holdGrant({ ...context(), endsAt });
    }),
    sending: 0,
  };
  return life;
}

function requestedState(input: GrantInput): GrantState {
  const { id, entitlement, digest, requester, beneficiary, reason, ticket, incident, durationMs } = input;
  return {
    id,
    entitlement: { id: entitlement.id, title: entitlement.title, meaning: entitlement.meaning },
    digest,
    requester,
    beneficiary,
    reason,
    ticket,
    incident,
    durationMs,
    phase: 'requested',
    stages: [],
    holdings: entitlement.gives.map(({ system, ...place }) => ({
      system,
      holding: { kind: 'group', ...place },
      state: 'waiting',
    })),
    extensions: [],
    requestedAt: now(),
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

export function context({ state, entitlement }: Life): GrantContext {
  return { state, entitlement };
}

/** The only way the state changes: whatever is shown of it can be told from what was shown before. */
export function change(life: Life, patch: Partial<GrantState>): void {
  Object.assign(life.state, patch);
  life.state.revision += 1;
}

/** A change that people are told of, and that lists show. */
export function milestone(life: Life, patch: Partial<GrantState>): void {
  change(life, patch);
  life.card.want();
  if (life.state.stages.length > 0) life.approvals.want();
  if (life.state.phase !== 'ended') list(life.state);
}

export function changeHolding(life: Life, at: number, patch: Partial<HoldingState>): void {
  const before = life.state.holdings[at];
  const holdings = life.state.holdings.map((one, index) => (index === at ? { ...one, ...patch } : one));
  const isNews = patch.trouble !== before?.trouble || patch.state === 'revoked';
  if (isNews) milestone(life, { holdings });
  else change(life, { holdings });
}

export function changeExtension(life: Life, id: string, patch: Partial<Extension>): void {
  milestone(life, {
    extensions: life.state.extensions.map((one) => (one.id === id ? { ...one, ...patch } : one)),
  });
}

export function changeStages(life: Life, extension: string | undefined, stages: StageState[]): void {
  if (extension === undefined) milestone(life, { stages });
  else changeExtension(life, extension, { stages });
}

type Ending = Pick<GrantState, 'endedBy' | 'endReason' | 'trouble'>;

export function end(life: Life, how: GrantEnd, ending: Ending = {}): void {
  milestone(life, { phase: 'ended', end: how, endedAt: now(), ...ending });
}

/** Everything that was given, or may have been, is taken away; then it has ended. */
export function beginRevoking(life: Life, how: GrantEnd, ending: Ending = {}): void {
  life.order = undefined;
  const extensions = life.state.extensions.map((one) =>
    one.outcome === undefined ? { ...one, outcome: 'too-late' as const } : one,
  );
  milestone(life, { phase: 'revoking', end: how, extensions, ...ending });
}

export function placeOrder(life: Life, order: NonNullable<Life['order']>): void {
  life.order = order;
  life.working?.cancel();
}

/** Long enough a history, and nothing on its way that a new run would lose. */
export function renewalDue({ card, approvals, ledger, sending }: Life): boolean {
  const isQuiet = card.idle() && approvals.idle() && ledger.idle() && sending === 0;
  return workflowInfo().continueAsNewSuggested && isQuiet;
}

/** In the background; nothing waits for it, and what cannot be sent is let go. */
export function send(life: Life, what: string, work: () => Promise<void>): void {
  life.sending += 1;
  void tryTo(what, work).then(() => {
    life.sending -= 1;
  });
}

async function tryTo(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error(`could not ${what}`);
  }
}
