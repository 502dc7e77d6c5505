import { ActivityFailure, CancellationScope, log } from '@temporalio/workflow';
import type { EnvironmentContext } from '../../activities/index.ts';
import { chat } from './activities.ts';

/** Keeps the cards at the newest milestone, in the background and one call at a time. */
export interface Cards {
  announce(): void;
  idle(): boolean;
  /** Resolves when everything announced so far is shown, or given up. */
  settled(): Promise<void>;
}

export function createCards(context: () => EnvironmentContext): Cards {
  let wanted = 0;
  let working: Promise<void> | undefined;

  /** However many milestones pass while chat is down, one more call shows the last of them. */
  async function catchUp(): Promise<void> {
    for (let shown = 0; shown < wanted; ) {
      shown = wanted;
      await announceOnce(context());
    }
    working = undefined;
  }

  return {
    announce() {
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
