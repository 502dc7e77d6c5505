import { ActivityFailure, CancellationScope, log } from '@temporalio/workflow';
import type { EnvironmentContext } from '../../activities/index.ts';
import { chat } from './activities.ts';

/** Keeps the cards at the newest milestone. */
export interface Cards extends Omit<CatchUp, 'want'> {
  announce(): void;
}

export function createCards(context: () => EnvironmentContext): Cards {
  const { want, ...rest } = createCatchUp(() => announceOnce(context()));
  return { announce: want, ...rest };
}

/** Something outside that follows what is so here, in the background and one call at a time. */
export interface CatchUp {
  want(): void;
  idle(): boolean;
  /** Resolves when everything wanted so far is done, or given up. */
  settled(): Promise<void>;
}

/** `once` must not reject. */
export function createCatchUp(once: () => Promise<void>): CatchUp {
  let wanted = 0;
  let working: Promise<void> | undefined;

  /** However much changes while the outside is down, one more call brings it to the last. */
  async function catchUp(): Promise<void> {
    for (let shown = 0; shown < wanted; ) {
      shown = wanted;
      await once();
    }
    working = undefined;
  }

  return {
    want() {
      wanted += 1;
      working ??= catchUp();
    },
    idle: () => working === undefined,
    async settled() {
      await working;
    },
  };
}

async function announceOnce(context: EnvironmentContext): Promise<void> {
  try {
    const { undelivered } = await CancellationScope.nonCancellable(() => chat.announce(context));
    if (undelivered.length > 0) {
      log.warn('some approvers could not be reached', { people: undelivered.map(({ person }) => person) });
    }
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error('the cards could not be brought up to date', { revision: context.state.revision });
  }
}
