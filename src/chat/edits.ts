export type Edits<Content> = (
  message: string,
  content: Content,
  /** Waits for its turn, then takes the content: what came while it waited is newer. */
  send: (take: () => Content) => Promise<unknown>,
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
    send: Parameters<Edits<Content>>[2],
  ): Promise<void> {
    queue.running = true;
    while (queue.newest !== undefined) {
      let job = queue.newest;
      const take = () => {
        job = queue.newest ?? job;
        queue.newest = undefined;
        return job.content;
      };
      try {
        await send(take);
        for (const waiter of job.waiters) waiter.resolve();
      } catch (error) {
        if (queue.newest === job) queue.newest = undefined;
        for (const waiter of job.waiters) waiter.reject(error);
      }
    }
    queues.delete(id);
  }

  return (id, content, send) =>
    new Promise((resolve, reject) => {
      const queue = queues.get(id) ?? { newest: undefined, running: false };
      queues.set(id, queue);
      queue.newest = { content, waiters: [...(queue.newest?.waiters ?? []), { resolve, reject }] };
      if (!queue.running) void run(id, queue, send);
    });
}
