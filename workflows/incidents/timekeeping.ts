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

/**
 * Until it is true, or the time has come, or the workflow leaves.
 *
 * The time comes with a timer. An update that is refused runs what waits as well, and leaves nothing in the history: what
 * the time of day let go on then would not go on when it is replayed.
 */
export async function until(life: Life, isTrue: () => boolean, at?: string): Promise<void> {
  if (life.leaving || isTrue() || (at !== undefined && isPast(at))) return;
  const alarm = { at: at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at) };
  life.alarms.add(alarm);
  await condition(() => life.leaving || isTrue() || alarm.at <= timeIn(life));
  life.alarms.delete(alarm);
}

function timeIn({ clock }: Life): number {
  return clock ?? Date.now();
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
    void sleep(at - Date.now()).then(() => {
      running.delete(at);
      if (life.clock !== undefined) life.clock = Date.now();
    });
  }
}

/** What is past wakes up by itself. */
function nextAlarm(life: Life): number | undefined {
  const times = [...life.alarms].map(({ at }) => at).filter((at) => at > timeIn(life) && Number.isFinite(at));
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
