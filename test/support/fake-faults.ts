/** What goes wrong with the next calls of a method. */
export type Fault =
  /** HTTP 429 with `Retry-After`, in seconds. */
  | { kind: 'rate-limited'; retryAfter: number }
  | { kind: 'http'; status: number; code?: string }
  /** `{ok: false, error}` */
  | { kind: 'error'; error: string }
  /** The connection is cut, and nothing was done. */
  | { kind: 'drop-before' }
  /** The connection is cut after it was done: the answer is lost. */
  | { kind: 'drop-after' }
  /** Answers only when released, after it was done. */
  | { kind: 'hang'; until: Promise<unknown> };

export interface Faults {
  /** The next `times` calls of `method` (`*` for any) have the fault. */
  inject(method: string, fault: Fault, times?: number): void;
  take(method: string): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  const queue: { method: string; fault: Fault; left: number }[] = [];
  return {
    inject(method, fault, times = 1) {
      queue.push({ method, fault, left: times });
    },
    take(method) {
      const next = queue.find((entry) => entry.left > 0 && (entry.method === method || entry.method === '*'));
      if (next === undefined) return undefined;
      next.left -= 1;
      return next.fault;
    },
    clear() {
      queue.length = 0;
    },
  };
}
