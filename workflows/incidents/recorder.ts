import { log, TemporalFailure } from '@temporalio/workflow';
import { lookups } from './activities.ts';
import { context, inMs, type Life } from './incident-state.ts';
import { until } from './timekeeping.ts';

const PAGES_FIRST = 200;
const AT_ONCE = 50;
const PAUSES = [2_000, 5_000, 15_000, 60_000];

/** Brings the store up to date, in the background, for as long as it takes. However much has changed is one call. */
export async function keepRecord(life: Life): Promise<void> {
  // Pages go out first: with the store down, its first call would hold them up for seconds.
  if (life.fresh) await until(life, () => false, inMs(PAGES_FIRST));
  for (let failures = 0; ; ) {
    await until(life, () => !isRecorded(life));
    if (life.leaving) return;
    if (await recordOnce(life)) failures = 0;
    else {
      const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 60_000;
      failures += 1;
      await until(life, () => false, inMs(pause));
    }
  }
}

export function isRecorded(life: Life): boolean {
  return life.recorded >= life.state.revision && life.unrecorded.length === 0;
}

async function recordOnce(life: Life): Promise<boolean> {
  return await life.inTurn(async () => {
    const { revision } = life.state;
    const entries = life.unrecorded.slice(0, AT_ONCE);
    try {
      await lookups.recordIncident({ ...context(life), entries });
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      log.warn('the incident could not be recorded; it is tried again', { revision });
      return false;
    }
    life.unrecorded.splice(0, entries.length);
    life.recorded = revision;
    return true;
  });
}
