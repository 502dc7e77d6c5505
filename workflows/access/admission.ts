import { TemporalFailure } from '@temporalio/workflow';
import { lookups } from './activities.ts';
import { context, end, type Life, milestone } from './grant-state.ts';
import { heldRival } from './rivals.ts';
import { wordsOf } from './trouble.ts';

/** Checks that it may be asked for at all, and notes it, so that nothing that excludes it is asked for meanwhile. */
export async function admit(life: Life): Promise<void> {
  try {
    const { stages, rivals } = await lookups.admitGrant(context(life));
    const rival = await heldRival(life, rivals);
    const { order } = life;
    if (order !== undefined) {
      end(life, 'withdrawn', { endedBy: order.person, endReason: order.reason });
    } else if (rival !== undefined) {
      end(life, 'refused', { trouble: rival });
    } else {
      milestone(life, { stages, phase: stages.length === 0 ? 'granting' : 'awaiting-approval' });
    }
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    end(life, 'refused', { trouble: wordsOf(error) });
  }
}
