import { setTimeout as delay } from 'node:timers/promises';

/** Work for a key, one at a time and at most one in `everyMs`. */
export type TakingTurns<Input, Outcome> = (key: number, input: Input) => Promise<Outcome>;

/**
 * However many ask for the same key, one call answers all who asked before it began. The first asks at once; those who
 * ask while it is out, or soon after, wait for the next.
 */
export function createTakingTurns<Input, Outcome>(
  everyMs: number,
  call: (input: Input) => Promise<Outcome>,
): TakingTurns<Input, Outcome> {
  type Waiting = { input: Input } & Pick<PromiseWithResolvers<Outcome>, 'resolve' | 'reject'>;
  const lines = new Map<number, Waiting[]>();

  async function serve(key: number, line: Waiting[]): Promise<void> {
    for (let [first] = line; first !== undefined; [first] = line) {
      const batch = line.splice(0);
      const pause = delay(everyMs, undefined, { ref: false });
      try {
        const outcome = await call(first.input);
        for (const { resolve } of batch) resolve(outcome);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      await pause;
    }
    lines.delete(key);
  }

  return (key, input) => {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const line = lines.get(key);
    const asked = { input, resolve, reject };
    if (line !== undefined) line.push(asked);
    else {
      const began = [asked];
      lines.set(key, began);
      void serve(key, began);
    }
    return promise;
  };
}
