import { ActivityFailure, log } from '@temporalio/workflow';
import { cards } from './activities.ts';
import { busily, context, inMs, type Life, now } from './incident-state.ts';
import { finish, giveUp, isExpired } from './resources.ts';
import { until } from './timekeeping.ts';
import { isPermanent, reasonOf } from './trouble.ts';

const SECOND = 1_000;
const PAUSES = [2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND];
/** A change need not wait for longer: one platform may be up. */
const CHANGED_MS = 5 * SECOND;

/**
 * Keeps the headers, announcements and pages at the newest state, one call at a time: however much changes while chat
 * is down, the next call shows the last of it.
 */
export async function keepCards(life: Life): Promise<void> {
  for (let failures = 0; ; ) {
    await until(life, () => !isShown(life));
    if (life.leaving) return;
    if (await showOnce(life)) failures = 0;
    else {
      const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? SECOND;
      const failed = { revision: life.state.revision, at: now() };
      failures += 1;
      await until(life, () => false, inMs(Math.min(pause, CHANGED_MS), failed.at));
      await until(life, () => life.state.revision !== failed.revision, inMs(pause, failed.at));
    }
  }
}

/** What is archived cannot be edited any more. */
export function isShown(life: Life): boolean {
  return life.memory.archived || life.shown >= life.state.revision;
}

/** `false` when it is worth trying again. */
async function showOnce(life: Life): Promise<boolean> {
  const { revision } = life.state;
  const rooms = life.state.rooms.map(({ platform }) => platform);
  try {
    const { undelivered } = await busily(life, () => cards.announceIncident(context(life)));
    if (undelivered.length > 0) {
      log.warn('some people could not be reached', { people: undelivered.map(({ person }) => person) });
    }
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('the cards could not be brought up to date; it is tried again', { revision });
    return failed(life, error);
  }
  shownUpTo(life, revision);
  life.headed = rooms;
  life.memory.cardsFailingSince = undefined;
  finish(life, 'announce');
  return true;
}

/** What is refused for good is shown again only with the next change; a day of silence is as good as that. */
function failed(life: Life, error: ActivityFailure): boolean {
  life.memory.cardsFailingSince ??= now();
  const forGood = isPermanent(error) || isExpired(life.memory.cardsFailingSince, 24);
  if (forGood || isExpired(life.memory.cardsFailingSince, 1)) giveUp(life, 'announce', reasonOf(error));
  if (forGood) shownUpTo(life, life.state.revision);
  return forGood;
}

function shownUpTo(life: Life, revision: number): void {
  life.shown = Math.max(life.shown, revision);
}
