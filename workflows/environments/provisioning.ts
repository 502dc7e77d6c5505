import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { InventoryItem } from '../../src/domain/environments.ts';
import { kubernetes } from './activities.ts';
import { change, changeStep, context, inMs, type Life, milestone, now } from './environment-state.ts';
import { beginDeletion } from './teardown.ts';
import { troubleOf } from './trouble.ts';

/** A wave that is over sooner is shown once it is over. */
const QUICK_MS = 5_000;

/** So much the end may be later than the namespace says. */
const UNNOTICED_MS = 60_000;

/** Runs the steps that are not done yet, in order. A deletion stops those under way and waits for them to stop. */
export async function provision(life: Life): Promise<void> {
  const { order } = life;
  if (order !== undefined) return beginDeletion(life, order.person);
  const work = new CancellationScope();
  life.working = work;
  try {
    const noted = await work.run(() => applySteps(life));
    becomeReady(life, noted);
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    if (life.order !== undefined) beginDeletion(life, life.order.person);
    else if (error instanceof ActivityFailure) fail(life, error);
    else throw error;
  } finally {
    life.working = undefined;
  }
}

/** The last of them writes on the namespace when it will end, if that takes no time: it returns what it wrote. */
async function applySteps(life: Life): Promise<string | undefined> {
  const waves = wavesLeft(life);
  let expiresAt: string | undefined;
  for (const steps of waves) {
    if (steps === waves.at(-1)) expiresAt = inMs(life.input.lifecycle.ttlMs);
    await applyTogether(life, steps, expiresAt);
  }
  return expiresAt;
}

/** Steps of one wave stand next to each other; one without a wave is alone. */
function wavesLeft({ input, state }: Life): string[][] {
  const done = new Set(state.steps.filter((step) => step.state === 'done').map(({ id }) => id));
  const waves = input.steps.reduce<{ wave?: number; ids: string[] }[]>((found, { id, wave }) => {
    const last = found.at(-1);
    if (wave !== undefined && last?.wave === wave) last.ids.push(id);
    else found.push({ wave, ids: [id] });
    return found;
  }, []);
  return waves.map(({ ids }) => ids.filter((id) => !done.has(id))).filter((ids) => ids.length > 0);
}

/**
 * Side by side. The first that fails stops the others, so that nobody waits for them to hear of it; those are
 * `waiting` again, for a retry.
 *
 * A step that is not `waiting` may have left something behind, even when it failed before it could say what: marking
 * it before it begins is what registers it for being undone.
 */
async function applyTogether(life: Life, ids: string[], expiresAt?: string): Promise<void> {
  const together = new CancellationScope();
  const since = Date.now();
  for (const id of ids) changeStep(life, id, { state: 'running' });
  let failure: unknown;
  const apply = async (id: string): Promise<void> => {
    try {
      await applyStep(life, { id, since, expiresAt });
      tick(life, since);
    } catch (error) {
      const stopped = failure !== undefined && isCancellation(error);
      changeStep(life, id, stopped ? { state: 'waiting' } : { state: 'failed', tookMs: Date.now() - since });
      failure ??= error;
      together.cancel();
    }
  };
  await together.run(() => Promise.all(ids.map(apply)));
  if (failure !== undefined) throw failure;
}

async function applyStep(
  life: Life,
  { id, since, expiresAt }: { id: string; since: number; expiresAt?: string },
): Promise<void> {
  const created = await kubernetes.applyStep({ ...context(life), stepId: id, expiresAt });
  life.inventory = withoutRepeats([...life.inventory, ...created]);
  changeStep(life, id, { state: 'done', tookMs: Date.now() - since });
}

/** The next step shows what is done. When others still take long, the card is worth a message of its own. */
function tick(life: Life, since: number): void {
  const others = life.state.steps.some(({ state }) => state === 'running');
  if (others && Date.now() - since > QUICK_MS) life.cards.announce();
}

function withoutRepeats(items: InventoryItem[]): InventoryItem[] {
  return [...new Map(items.map((item) => [item.uid, item])).values()];
}

function becomeReady(life: Life, noted: string | undefined): void {
  const { lifecycle, urls, secretKeys } = life.input;
  const expiresAt = inMs(lifecycle.ttlMs);
  life.warned = [];
  milestone(life, { phase: 'ready', readyAt: now(), expiresAt, urls, secretKeys });
  if (noted === undefined || Date.parse(expiresAt) - Date.parse(noted) > UNNOTICED_MS)
    life.expiryNote.renew();
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
  life.expiryNote.renew();
}

/** From the step that failed. */
export function tryAgain(life: Life): void {
  life.order = undefined;
  change(life, {
    steps: life.state.steps.map((step) => (step.state === 'failed' ? { ...step, state: 'waiting' } : step)),
  });
  milestone(life, {
    phase: 'provisioning',
    trouble: undefined,
    expiresAt: undefined,
    unwarnedSince: undefined,
  });
}
