import { ActivityFailure, CancellationScope, log, patched } from '@temporalio/workflow';
import type { EnvironmentContext } from '../../activities/index.ts';
import { expiryNotes } from './activities.ts';
import { type CatchUp, createCatchUp } from './cards.ts';
import { PATCHES } from './patches.ts';

/** What the last step wrote on the namespace, when the end is another one since. */
export interface ExpiryNote extends Omit<CatchUp, 'want'> {
  renew(): void;
}

export function createExpiryNote(context: () => EnvironmentContext): ExpiryNote {
  const { want, ...rest } = createCatchUp(() => noteOnce(context()));
  return {
    ...rest,
    renew() {
      if (patched(PATCHES.notedExpiry)) want();
    },
  };
}

async function noteOnce(context: EnvironmentContext): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() => expiryNotes.noteExpiry(context));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error('the namespace does not say when it ends', { expiresAt: context.state.expiresAt });
  }
}
