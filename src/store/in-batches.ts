import { setImmediate as endOfTurn } from 'node:timers/promises';

/**
 * Those that come in one turn of the event loop, or while a call is at work, wait together and are then done as one.
 * Everybody gets what came of the call that began after they asked.
 */
export function inBatches<Item, Result>(
  work: (items: Item[]) => Promise<Result>,
): (item: Item) => Promise<Result> {
  let running: Promise<unknown> = Promise.resolve();
  let waiting: Item[] = [];
  let next: Promise<Result> | undefined;

  function begin(): Promise<Result> {
    const items = waiting;
    waiting = [];
    next = undefined;
    const done = work(items);
    running = done.catch(() => undefined);
    return done;
  }

  return (item) => {
    waiting.push(item);
    next ??= running.then(endOfTurn).then(begin);
    return next;
  };
}
