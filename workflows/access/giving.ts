import { ActivityFailure, condition, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { Recheck } from '../../activities/access/contract.ts';
import type { HoldingState } from '../../src/domain/access.ts';
import { grantWorkflowId } from '../../src/domain/ids.ts';
import { isPermanent } from '../incidents/trouble.ts';
import { lookups, systems } from './activities.ts';
import {
  beginRevoking,
  change,
  changeHolding,
  context,
  end,
  inMs,
  isPast,
  type Life,
  milestone,
  now,
} from './grant-state.ts';
import { heldRival } from './rivals.ts';
import { pauseAfter, steadily } from './steadily.ts';
import { interruptibly, isInterrupted } from './timekeeping.ts';
import { wordsOf } from './trouble.ts';

/** A system may lag behind what it was told by a few seconds. */
const SHOWN_AFTER_TRIES = 3;
const THEIRS_ANYWAY = 'They have all of it anyway, and keep it.';
/** So long it may take until all of it is there, however short it is wanted for. */
const LEAST_PATIENCE_MS = 3_600_000;

/**
 * Who takes part is asked once more, then what they have anyway, then its end is armed; only then is anything given. It
 * counts from when all of it was read back.
 */
export async function give(life: Life): Promise<void> {
  if (life.memory.giveBy === undefined && !(await prepare(life))) return;
  for (const [at, { state }] of life.state.holdings.entries()) {
    if (state === 'held' || state === 'elsewhere') continue;
    if (!(await giveOne(life, at))) break;
  }
  const { order } = life;
  if (life.state.phase !== 'granting') return;
  if (order !== undefined) beginRevoking(life, 'withdrawn', endedBy(order));
  else if (life.state.holdings.every(isThere)) activate(life);
}

/** `false` when it is not to be given: it has ended, or is to be approved again. */
async function prepare(life: Life): Promise<boolean> {
  try {
    const found = await lookups.recheckGrant(context(life));
    if (found.kind === 'ask') return askAgain(life, found);
    life.memory.identity = found.identity;
    const rival = await heldRival(life, found.rivals);
    if (rival !== undefined) return refuse(life, rival);
    const plans = await plan(life);
    if (plans === undefined) return withdraw(life);
    if (plans.every(({ elsewhere }) => elsewhere)) return refuse(life, THEIRS_ANYWAY);
    await arm(life, plans);
    return life.state.holdings.every(({ state }) => state === 'elsewhere')
      ? refuse(life, THEIRS_ANYWAY)
      : true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return refuse(life, wordsOf(error));
  }
}

type Plans = (Parameters<typeof lookups.armGrant>[0]['plans'][number] & { held: boolean })[];

async function plan(life: Life): Promise<Plans | undefined> {
  const plans: Plans = [];
  for (const { system, holding } of life.state.holdings) {
    const found = await steadily(life, () => systems.planHolding({ ...whom(life), system, holding }));
    if (found === undefined) return undefined;
    plans.push({ system, holding, ...found });
  }
  return life.order === undefined ? plans : undefined;
}

/**
 * From here on everything is taken away by then, whatever becomes of this. What they have before anything was given stays
 * theirs, also what Purser gave them with their role: only what another request gave is taken away one day.
 */
async function arm(life: Life, found: Plans): Promise<void> {
  const plans = found.map(({ system, holding, held }) => ({ system, holding, elsewhere: held }));
  const giveBy = inMs(Math.max(life.state.durationMs, LEAST_PATIENCE_MS));
  const become = await lookups.armGrant({ ...context(life), plans, endsAt: giveBy });
  life.memory.giveBy = giveBy;
  change(life, {
    holdings: life.state.holdings.map((one, at) => ({ ...one, state: become[at] ?? one.state })),
  });
}

function askAgain(life: Life, { entitlement, digest, stages }: Extract<Recheck, { kind: 'ask' }>): false {
  life.entitlement = entitlement;
  const anew = stages.map((stage) => ({ ...stage, deadline: undefined }));
  milestone(life, { digest, stages: anew, phase: 'awaiting-approval' });
  return false;
}

function refuse(life: Life, trouble: string): false {
  end(life, 'refused', { trouble });
  return false;
}

function withdraw(life: Life): false {
  if (life.order !== undefined) end(life, 'withdrawn', endedBy(life.order));
  return false;
}

function endedBy({ person, reason }: { person: string; reason?: string }) {
  return { endedBy: person, endReason: reason };
}

/** `false` when it was stopped, or could not be done in time or at all: then everything is taken back. */
async function giveOne(life: Life, at: number): Promise<boolean> {
  for (let tries = 0; !isInterrupted(life); tries += 1) {
    const trouble = await tryOnce(life, at);
    if (trouble === undefined) return true;
    if (life.state.phase !== 'granting' || life.order !== undefined) return false;
    const pause = pauseAfter(tries);
    if (tries >= SHOWN_AFTER_TRIES) {
      changeHolding(life, at, { state: 'stuck', trouble, nextTryAt: inMs(pause) });
    }
    await condition(() => isInterrupted(life), pause);
    if (isPast(life.memory.giveBy ?? now())) fail(life, at, `It could not be given in time. ${trouble}`);
    if (life.state.phase !== 'granting') return false;
  }
  return false;
}

/** What is in the way; nothing when it is there. */
async function tryOnce(life: Life, at: number): Promise<string | undefined> {
  const { system, holding } = holdingAt(life, at);
  const order = { ...whom(life), system, holding };
  try {
    const isHeld = await interruptibly(life, async () => {
      await systems.giveHolding({ ...order, ...changeFor(life) });
      return await systems.readHolding(order);
    });
    if (!isHeld) return `${system} does not show it yet.`;
    changeHolding(life, at, { state: 'held', trouble: undefined, nextTryAt: undefined });
    return undefined;
  } catch (error) {
    if (isCancellation(error)) return 'It was stopped.';
    if (!(error instanceof ActivityFailure)) throw error;
    if (isPermanent(error)) fail(life, at, wordsOf(error));
    return wordsOf(error);
  }
}

function fail(life: Life, at: number, trouble: string): void {
  changeHolding(life, at, { state: 'stuck', trouble, nextTryAt: undefined });
  beginRevoking(life, 'failed', { trouble });
}

function activate(life: Life): void {
  const activatedAt = now();
  milestone(life, { phase: 'active', activatedAt, endsAt: inMs(life.state.durationMs) });
  life.ledger.want();
}

function isThere({ state }: HoldingState): boolean {
  return state === 'held' || state === 'elsewhere';
}

function holdingAt({ state }: Life, at: number): HoldingState {
  const holding = state.holdings[at];
  if (holding === undefined) throw new TypeError(`there is no holding ${at}`);
  return holding;
}

/** As they were when it was given, where the directory does not know them any more. */
export function whom({ state, memory }: Life) {
  return { person: state.beneficiary, newcomer: memory.identity };
}

export function changeFor({ state }: Life) {
  return { request: grantWorkflowId(state.beneficiary, state.id), actor: state.endedBy ?? state.requester };
}
