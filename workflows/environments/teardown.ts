import { ActivityFailure, condition } from '@temporalio/workflow';
import { kubernetes } from './activities.ts';
import { change, context, end, type Life, list, milestone, renewalDue } from './environment-state.ts';
import { troubleOf } from './trouble.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Between attempts at a namespace that does not go away; the last one for ever. */
const PAUSES = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE];

export function beginDeletion(life: Life, person: string | undefined): void {
  life.order = undefined;
  change(life, { phase: 'deleting', end: 'deleted', deletedBy: person });
  list(life);
}

export function beginRollback(life: Life): void {
  life.order = undefined;
  change(life, { phase: 'rolling-back', end: 'rolled-back' });
  list(life);
}

export function expire(life: Life): void {
  change(life, { phase: 'deleting', end: 'expired' });
  list(life);
}

/**
 * Undoes every step that was begun, newest first, and stays responsible until nothing is left: what blocks it is
 * named on the card, and it is tried again.
 */
export async function tearDown(life: Life): Promise<void> {
  for (let attempt = 0; !renewalDue(life); attempt += 1) {
    const blockers = await whatRemains(life);
    if (blockers.length === 0) return end(life, life.state.end ?? 'deleted', { leftovers: [] });
    if (blockers.join('\n') !== life.state.leftovers.join('\n')) milestone(life, { leftovers: blockers });
    await condition(() => renewalDue(life), PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? MINUTE);
  }
}

async function whatRemains(life: Life): Promise<string[]> {
  const untouched = life.state.steps.every(({ state }) => state === 'waiting');
  if (untouched) return [];
  try {
    const { gone, blockers } = await kubernetes.teardown({ ...context(life), inventory: life.inventory });
    if (gone) return [];
    return blockers.length > 0 ? blockers : [`Namespace ${life.state.namespace} is still being removed`];
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { object, reason } = troubleOf(error);
    return [object === undefined ? reason : `${object}: ${reason}`];
  }
}
