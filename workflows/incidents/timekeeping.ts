import { condition, sleep } from '@temporalio/workflow';
import { isPast, type Life } from './incident-state.ts';

/** What is to be done, and from when on. Doing it must move it. */
export interface Due {
  at: string;
  work(): Promise<void> | void;
}

/**
 * Does what is due when it is due, until the workflow leaves. Times are absolute and come from what is kept, so that
 * nothing is lost or done twice by a restart or a new run.
 */
export async function keepTime(life: Life, next: () => Due | undefined): Promise<void> {
  while (!life.leaving) {
    const due = next();
    if (due !== undefined && isPast(due.at)) await due.work();
    else await until(life, () => next()?.at !== due?.at, due?.at);
  }
}

/** Until it is true, or the time has come, or the workflow leaves. */
export async function until(life: Life, isTrue: () => boolean, at?: string): Promise<void> {
  const wake = () => life.leaving || isTrue() || (at !== undefined && isPast(at));
  if (wake()) return;
  const alarm = at === undefined ? undefined : { at: Date.parse(at) };
  if (alarm !== undefined) life.alarms.add(alarm);
  await condition(wake);
  if (alarm !== undefined) life.alarms.delete(alarm);
}

/**
 * One timer for everything that waits, unless something earlier comes along. A timer that nobody needs any more is let
 * run: cancelling it would be an event of the history too, and a race with its firing.
 */
export async function keepAlarms(life: Life): Promise<void> {
  const running = new Set<number>();
  const missing = () => {
    const at = nextAlarm(life);
    return at !== undefined && [...running].every((other) => other > at) ? at : undefined;
  };
  for (;;) {
    await until(life, () => missing() !== undefined);
    const at = missing();
    if (life.leaving || at === undefined) return;
    running.add(at);
    void sleep(at - Date.now()).then(() => running.delete(at));
  }
}

/** What is past wakes up by itself. */
function nextAlarm({ alarms }: Life): number | undefined {
  const times = [...alarms].map(({ at }) => at).filter((at) => at > Date.now());
  return times.length === 0 ? undefined : Math.min(...times);
}

export function earliest(dues: (Due | undefined)[]): Due | undefined {
  return dues
    .filter((due) => due !== undefined)
    .reduce<Due | undefined>(
      (first, due) => (first === undefined || due.at < first.at ? due : first),
      undefined,
    );
}
