import type { IncomingMessage, ServerResponse } from 'node:http';

/** All of it, unless it is larger than `max` bytes: then the rest is left unread. */
export async function readBody(request: IncomingMessage, max: number): Promise<Buffer | 'too large'> {
  if (Number(request.headers['content-length'] ?? 0) > max) return 'too large';
  const chunks: Buffer[] = [];
  let size = 0;
  // The socket must outlive a refusal, to carry the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) return 'too large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Ends what has not been answered yet. */
export function end(response: ServerResponse, status: number, answer?: unknown): void {
  if (response.headersSent) return;
  if (answer === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
