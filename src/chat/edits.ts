export type Edits<Content> = (
  message: string,
  content: Content,
  steps: { turn(): Promise<void>; edit(content: Content): Promise<unknown> },
) => Promise<void>;

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

interface EditQueue<Content> {
  newest: { content: Content; waiters: Waiter[] } | undefined;
  running: boolean;
}

/** Edits of one message go one after the other; of those that wait, only the newest goes, and answers for all. */
export function createEdits<Content>(): Edits<Content> {
  const queues = new Map<string, EditQueue<Content>>();

  async function run(
    id: string,
    queue: EditQueue<Content>,
    { turn, edit }: { turn(): Promise<void>; edit(content: Content): Promise<unknown> },
  ): Promise<void> {
    queue.running = true;
    while (queue.newest !== undefined) {
      let waiters = queue.newest.waiters;
      try {
        await turn();
        // What came while waiting for the turn is newer.
        const job = queue.newest;
        waiters = job.waiters;
        queue.newest = undefined;
        await edit(job.content);
        for (const waiter of waiters) waiter.resolve();
      } catch (error) {
        if (queue.newest?.waiters === waiters) queue.newest = undefined;
        for (const waiter of waiters) waiter.reject(error);
      }
    }
    queues.delete(id);
  }

  return (
    id: string,
    content: Content,
    steps: { turn(): Promise<void>; edit(content: Content): Promise<unknown> },
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = queues.get(id) ?? { newest: undefined, running: false };
      queues.set(id, queue);
      queue.newest = { content, waiters: [...(queue.newest?.waiters ?? []), { resolve, reject }] };
      if (!queue.running) void run(id, queue, steps);
    });
}
