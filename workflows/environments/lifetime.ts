import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  patched,
} from '@temporalio/workflow';
import { warnings } from './activities.ts';
import {
  change,
  context,
  inMs,
  type Life,
  milestone,
  now,
  type Order,
  renewalDue,
} from './environment-state.ts';
import { PATCHES } from './patches.ts';
import { tryAgain } from './provisioning.ts';
import { beginDeletion, beginRollback, expire } from './teardown.ts';

/** So long a warning that reaches nobody puts the end off. */
const PATIENCE = 24 * 3_600_000;

/** Ready or failed: it is there until somebody asks for something or its time is up. */
export async function liveUntilExpiry(life: Life): Promise<void> {
  while (life.order === undefined && !renewalDue(life)) {
    const left = timeLeft(life);
    const due = unwarned(life).filter((window) => window >= left);
    if (due.length > 0) await warn(life, due);
    else if (left <= 0) return expire(life);
    else await condition(() => life.order !== undefined || renewalDue(life), left - nextWindow(life));
  }
  if (life.order !== undefined) obey(life, life.order);
}

function obey(life: Life, { kind, person }: Order): void {
  if (kind === 'delete') beginDeletion(life, person);
  else if (kind === 'retry') tryAgain(life);
  else beginRollback(life);
}

function timeLeft(life: Life): number {
  return Date.parse(life.state.expiresAt ?? life.state.requestedAt) - Date.now();
}

/** Windows that fit into the life at all, and that nobody was told of yet. */
function unwarned(life: Life): number[] {
  return windows(life).filter((window) => !life.warned.includes(window));
}

function windows(life: Life): number[] {
  const { ttlMs, warnMs } = life.input.lifecycle;
  return warnMs.filter((window) => window < ttlMs);
}

function nextWindow(life: Life): number {
  return Math.max(0, ...unwarned(life));
}

/**
 * Nothing is deleted without its shortest warning delivered in time, or tried for a day. A longer one that cannot be
 * delivered is let go; when the shortest cannot, or its time passed while nothing ran, the deletion waits for one more
 * such window.
 */
async function warn(life: Life, due: number[]): Promise<void> {
  const shortest = Math.min(...windows(life));
  const last = due.includes(shortest);
  if (last) keepNotice(life, shortest);
  const delivered = await deliver(life);
  if (life.order !== undefined) return;
  if (last && !delivered && !isOverdue(life)) {
    change(life, { unwarnedSince: life.state.unwarnedSince ?? now() });
    return postpone(life, timeLeft(life) + shortest);
  }
  life.warned = [...life.warned, ...due];
  if (!delivered) return;
  if (life.state.unwarnedSince !== undefined) change(life, { unwarnedSince: undefined });
  if (last) keepNotice(life, shortest);
}

function isOverdue({ state }: Life): boolean {
  const { unwarnedSince } = state;
  if (unwarnedSince === undefined || Date.now() - Date.parse(unwarnedSince) < PATIENCE) return false;
  return patched(PATCHES.boundedPostponement);
}

/** Moves the end when a warning now would come too late; a tenth of the window is not worth it. */
function keepNotice(life: Life, window: number): void {
  if (timeLeft(life) < window * 0.9) postpone(life, window);
}

function postpone(life: Life, leftMs: number): void {
  log.warn('deletion postponed: a warning has to come first', { leftMs });
  milestone(life, { expiresAt: inMs(leftMs) });
  life.expiryNote.renew();
}

/** `false` when it reached nobody. An order interrupts it. */
async function deliver(life: Life): Promise<boolean> {
  const attempt = new CancellationScope();
  life.working = attempt;
  try {
    await attempt.run(() => warnings.warnOfExpiry({ ...context(life), leftMs: timeLeft(life) }));
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    return false;
  } finally {
    life.working = undefined;
  }
}
