import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { InventoryItem } from '../../src/domain/environments.ts';
import { kubernetes } from './activities.ts';
import { change, changeStep, context, inMs, type Life, milestone, now } from './environment-state.ts';
import { beginDeletion } from './teardown.ts';
import { troubleOf } from './trouble.ts';

/** Runs the steps that are not done yet, in order. A deletion stops the one under way and waits for it to stop. */
export async function provision(life: Life): Promise<void> {
  const work = new CancellationScope();
  life.working = work;
  try {
    await work.run(() => applySteps(life));
    becomeReady(life);
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    if (life.order !== undefined) beginDeletion(life, life.order.person);
    else if (error instanceof ActivityFailure) fail(life, error);
    else throw error;
  } finally {
    life.working = undefined;
  }
}

async function applySteps(life: Life): Promise<void> {
  for (const { id, state } of life.state.steps) {
    if (state !== 'done') await applyStep(life, id);
  }
}

/**
 * A step that is not `waiting` may have left something behind, even when it failed before it could say what: marking
 * it before it begins is what registers it for being undone.
 */
async function applyStep(life: Life, id: string): Promise<void> {
  const since = Date.now();
  changeStep(life, id, { state: 'running' });
  try {
    const created = await kubernetes.applyStep({ ...context(life), stepId: id });
    life.inventory = withoutRepeats([...life.inventory, ...created]);
  } catch (error) {
    changeStep(life, id, { state: 'failed', tookMs: Date.now() - since });
    throw error;
  }
  changeStep(life, id, { state: 'done', tookMs: Date.now() - since });
}

function withoutRepeats(items: InventoryItem[]): InventoryItem[] {
  return [...new Map(items.map((item) => [item.uid, item])).values()];
}

function becomeReady(life: Life): void {
  const { lifecycle, urls, secretKeys } = life.input;
  life.warned = [];
  milestone(life, { phase: 'ready', readyAt: now(), expiresAt: inMs(lifecycle.ttlMs), urls, secretKeys });
}

/** Kept for a look at what went wrong, for as long as it would have lived. */
function fail(life: Life, failure: ActivityFailure): void {
  const step = life.state.steps.find(({ state }) => state === 'failed')?.id;
  life.warned = [];
  milestone(life, {
    phase: 'failed',
    trouble: troubleOf(failure, step),
    expiresAt: inMs(life.input.lifecycle.ttlMs),
  });
}

/** From the step that failed. */
export function tryAgain(life: Life): void {
  life.order = undefined;
  change(life, {
    steps: life.state.steps.map((step) => (step.state === 'failed' ? { ...step, state: 'waiting' } : step)),
  });
  milestone(life, { phase: 'provisioning', trouble: undefined, expiresAt: undefined });
}
