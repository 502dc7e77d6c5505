import { ActivityFailure, condition } from '@temporalio/workflow';
import type { Release } from '../../activities/access/contract.ts';
import { isPermanent } from '../incidents/trouble.ts';
import { checks, systems } from './activities.ts';
import { changeFor, whom } from './giving.ts';
import { changeHolding, context, end, inMs, type Life, renewalDue } from './grant-state.ts';
import { pauseAfter } from './steadily.ts';
import { wordsOf } from './trouble.ts';

const SHOWN_AFTER_TRIES = 2;

/**
 * Takes everything away that was given or may have been, each beside the others: a system that is down keeps nobody in the
 * others. It goes on until all of it is gone.
 */
export async function takeBack(life: Life): Promise<void> {
  await Promise.all(
    life.state.holdings.map(async ({ state }, at) => {
      if (state !== 'elsewhere' && state !== 'revoked') await takeOne(life, at);
    }),
  );
  const isOver = life.state.holdings.every(({ state }) => state === 'elsewhere' || state === 'revoked');
  if (isOver) end(life, life.state.end ?? 'expired');
}

async function takeOne(life: Life, at: number): Promise<void> {
  for (let tries = 0; !renewalDue(life); tries += 1) {
    const trouble = await tryOnce(life, at);
    if (trouble === undefined) return;
    const pause = pauseAfter(tries);
    if (tries >= SHOWN_AFTER_TRIES) {
      changeHolding(life, at, { state: 'stuck', trouble, nextTryAt: inMs(pause) });
    }
    await condition(() => renewalDue(life), pause);
  }
}

/** What is in the way; nothing when it is gone. */
async function tryOnce(life: Life, at: number): Promise<string | undefined> {
  const place = life.state.holdings[at];
  if (place === undefined) throw new TypeError(`there is no holding ${at}`);
  const { system, holding } = place;
  const order = { ...whom(life), ...changeFor(life), system, holding };
  try {
    const release = await checks.releaseHolding({ ...context(life), place: { system, holding } });
    const outlasts = [...release.outlasts];
    if (!release.isKept) {
      await systems.takeHolding(order);
      if (release.sessions) outlasts.push(...(await endSessions(order)));
      if (await isStillThere(order, release)) return `${system} still shows it.`;
    }
    await checks.noteRevoked({ ...context(life), place: { system, holding } });
    changeHolding(life, at, {
      state: 'revoked',
      trouble: undefined,
      nextTryAt: undefined,
      ...(outlasts.length === 0 ? {} : { outlasts }),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return wordsOf(error);
  }
}

type Order = Parameters<typeof systems.takeHolding>[0];

/** What is left where the system will not do it, however often it is asked. */
async function endSessions(order: Order): Promise<string[]> {
  try {
    await systems.endSessions(order);
    return [];
  } catch (error) {
    if (error instanceof ActivityFailure && isPermanent(error)) {
      return [`what they are logged in with goes on: ${wordsOf(error)}`];
    }
    throw error;
  }
}

/** What they have from elsewhere stays, and what was given for another request as well. */
async function isStillThere(order: Order, { isShared, remembers }: Release): Promise<boolean> {
  if (isShared) return false;
  if (!remembers) return await systems.readHolding(order);
  const { held, elsewhere } = await systems.planHolding(order);
  return held && !elsewhere;
}
