import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the fakes' servers have in common. */

/** The first truthy value of `look`, tried when a watcher is called and every 50 ms. */
export function until<Value>(
  watchers: Set<() => void>,
  look: () => Value | undefined | false,
  timeoutMs: number,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const poll = setInterval(check, 50);
    const limit = setTimeout(
      () => finish(() => reject(new Error(`not seen within ${timeoutMs} ms`))),
      timeoutMs,
    );
    watchers.add(check);
    check();

    function check(): void {
      try {
        const value = look();
        if (value !== undefined && value !== false) finish(() => resolve(value));
      } catch (error) {
        finish(() => reject(error));
      }
    }

    function finish(settle: () => void): void {
      clearInterval(poll);
      clearTimeout(limit);
      watchers.delete(check);
      settle();
    }
  });
}

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function readText(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString();
}

export function json(response: ServerResponse, answer: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

export function cut(request: IncomingMessage): void {
  request.socket.destroy();
}
