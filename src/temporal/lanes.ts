/** Runs the work, and rejects as it does, when it is its turn among the work for the same key. */
export type Lanes = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** At most `width` pieces of work for a key are under way; the others wait, in the order asked. */
export function createLanes(width: number): Lanes {
  const lanes = new Map<string, { busy: number; waiting: (() => void)[] }>();

  return async (key, work) => {
    const lane = lanes.get(key) ?? { busy: 0, waiting: [] };
    lanes.set(key, lane);
    if (lane.busy < width) lane.busy += 1;
    // Whoever leaves hands over the place.
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next === undefined) lane.busy -= 1;
      else next();
      if (lane.busy === 0) lanes.delete(key);
    }
  };
}
