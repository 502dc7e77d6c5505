import { ActivityFailure, log } from '@temporalio/workflow';
import { busily, inMs, isPast, type Life, now } from './incident-state.ts';
import { JOBS, type JobRules } from './jobs.ts';
import type { Errand, Job } from './memory.ts';
import { until } from './timekeeping.ts';
import { isPermanent, reasonOf } from './trouble.ts';

const SECOND = 1_000;
const PAUSES = [2 * SECOND, 10 * SECOND, 30 * SECOND, 60 * SECOND, 120 * SECOND, 300 * SECOND];

/**
 * Runs what was sent on its way: within a lane one after the other, the lanes beside each other. What is still on its
 * way when the workflow leaves is carried into the next run; every job is done once by its key.
 */
export async function runErrands(life: Life): Promise<void> {
  while (!life.leaving) {
    for (const { lane } of life.memory.errands) {
      if (!life.lanes.has(lane)) life.lanes.set(lane, runLane(life, lane));
    }
    await until(life, () => life.memory.errands.some(({ lane }) => !life.lanes.has(lane)));
  }
  await Promise.all(life.lanes.values());
}

async function runLane(life: Life, lane: string): Promise<void> {
  for (;;) {
    const errand = life.memory.errands.find((candidate) => candidate.lane === lane);
    if (errand === undefined || life.leaving) break;
    await run(life, errand);
  }
  life.lanes.delete(lane);
}

async function run(life: Life, errand: Errand): Promise<void> {
  const { job } = errand;
  const rules = JOBS[job.kind] as JobRules<Job>;
  const expires = inMs(rules.lastsMs, errand.since);
  await until(life, () => rules.isReady?.(life, job) ?? true, expires);
  await until(life, () => false, errand.at);
  if (life.leaving) return;
  if (rules.isWorth?.(life, job) === false) return forget(life, errand);
  try {
    await busily(life, () => rules.run(life, job));
    forget(life, errand);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    failed(life, errand, error, expires);
  }
}

function failed(life: Life, errand: Errand, error: ActivityFailure, expires: string): void {
  const { job } = errand;
  const rules = JOBS[job.kind] as JobRules<Job>;
  if (!isPermanent(error) && !isPast(expires)) {
    errand.at = inMs(PAUSES[Math.min(errand.tries, PAUSES.length - 1)] ?? SECOND);
    errand.tries += 1;
    rules.troubled?.(life, job, reasonOf(error));
    return;
  }
  log.warn('something could not be sent', {
    kind: job.kind,
    lane: errand.lane,
    since: errand.since,
    now: now(),
  });
  forget(life, errand);
  rules.failed?.(life, job, reasonOf(error));
}

function forget(life: Life, errand: Errand): void {
  const at = life.memory.errands.indexOf(errand);
  if (at >= 0) life.memory.errands.splice(at, 1);
}
