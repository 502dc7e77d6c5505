import { ActivityFailure, condition, patched } from '@temporalio/workflow';
import { removal } from './activities.ts';
import { change, context, end, type Life, list, milestone, now, renewalDue } from './environment-state.ts';
import { PATCHES } from './patches.ts';
import { troubleOf } from './trouble.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Between attempts at a namespace that does not go away; the last one for ever. */
const PAUSES = [
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
];

const REQUESTER_HEARS_AFTER = 5 * MINUTE;
const CHANNELS_HEAR_AFTER = 30 * MINUTE;
/** By whom was told last. */
const NEXT_HEARS_AFTER = {
  nobody: REQUESTER_HEARS_AFTER,
  requester: CHANNELS_HEAR_AFTER,
  'approval-channels': undefined,
} as const;

export function beginDeletion(life: Life, person: string | undefined): void {
  life.order = undefined;
  change(life, { phase: 'deleting', end: 'deleted', deletedBy: person, removal: { since: now() } });
  list(life);
}

export function beginRollback(life: Life): void {
  life.order = undefined;
  change(life, { phase: 'rolling-back', end: 'rolled-back', removal: { since: now() } });
  list(life);
}

export function expire(life: Life): void {
  change(life, { phase: 'deleting', end: 'expired', removal: { since: now() } });
  list(life);
}

/**
 * Undoes every step that was begun, newest first, and stays responsible until nothing is left: what blocks it is
 * named on the card, and in a message when it goes on, and it is tried again.
 */
export async function tearDown(life: Life): Promise<void> {
  for (let attempt = 0; !renewalDue(life); attempt += 1) {
    const blockers = await whatRemains(life);
    if (blockers.length === 0) return end(life, life.state.end ?? 'deleted', { leftovers: [] });
    if (blockers.join('\n') !== life.state.leftovers.join('\n')) milestone(life, { leftovers: blockers });
    await condition(() => renewalDue(life), pauseAfter(life, attempt));
    tellOfDelay(life);
  }
}

/** Shorter where it would keep people from hearing in time. */
function pauseAfter({ state }: Life, attempt: number): number {
  const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? MINUTE;
  const after = state.removal && NEXT_HEARS_AFTER[state.removal.told ?? 'nobody'];
  if (state.removal === undefined || after === undefined) return pause;
  const untilTold = Date.parse(state.removal.since) + after - Date.now();
  return Math.min(pause, Math.max(untilTold, SECOND));
}

/** An edit of the card notifies nobody. */
function tellOfDelay(life: Life): void {
  const { removal } = life.state;
  if (removal === undefined) return;
  const lasted = Date.now() - Date.parse(removal.since);
  if (lasted < REQUESTER_HEARS_AFTER) return;
  const told = lasted < CHANNELS_HEAR_AFTER ? 'requester' : 'approval-channels';
  if (told === removal.told || !patched(PATCHES.stuckRemoval)) return;
  milestone(life, { removal: { ...removal, told } });
}

async function whatRemains(life: Life): Promise<string[]> {
  const untouched = life.state.steps.every(({ state }) => state === 'waiting');
  if (untouched) return [];
  try {
    const { gone, blockers } = await removal.teardown({ ...context(life), inventory: life.inventory });
    if (gone) return [];
    return blockers.length > 0 ? blockers : [`Namespace ${life.state.namespace} is still being removed`];
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { object, reason } = troubleOf(error);
    return [object === undefined ? reason : `${object}: ${reason}`];
  }
}
