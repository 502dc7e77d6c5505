import { CancellationScope, condition } from '@temporalio/workflow';
import { isPast, type Life, renewalDue } from './grant-state.ts';

/** What is to be done, and from when on. Doing it must move it. */
export interface Due {
  at: string;
  work(): Promise<void> | void;
}

/** Does what is due first; where nothing is, waits until it is, or something has changed. */
export async function keepTime(life: Life, dues: (Due | undefined)[]): Promise<void> {
  const due = dues
    .filter((one) => one !== undefined)
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))[0];
  if (due !== undefined && isPast(due.at)) return await due.work();
  const { revision } = life.state;
  const isChanged = () => life.state.revision !== revision || isInterrupted(life);
  if (due === undefined) await condition(isChanged);
  else await condition(isChanged, Date.parse(due.at) - Date.now());
}

export function isInterrupted(life: Life): boolean {
  return life.order !== undefined || renewalDue(life);
}

/** An order stops it. */
export async function interruptibly<T>(life: Life, work: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  life.working = scope;
  try {
    return await scope.run(work);
  } finally {
    life.working = undefined;
  }
}
