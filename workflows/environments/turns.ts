/** Runs one piece of work at a time, in the order asked. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Local activities that overlap are resolved one by one when they run, but together when they are replayed; whatever
 * happens in between then happens in another order. So a workflow has at most one of them under way. It also makes
 * every decision on what the one before it left.
 */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
