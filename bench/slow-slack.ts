/** Slack's Web API at a distance: everything is answered later by the same time, as over a network. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readText } from '../test/support/fake-server.ts';

export interface SlowSlack {
  /** The Web API to be configured. */
  apiUrl: string;
  /** When the answer went out to a call of the method whose parameters contain all of the words. */
  answered(method: string, words: string[]): Promise<number>;
  close(): Promise<void>;
}

export async function startSlowSlack(target: string, delayMs: number): Promise<SlowSlack> {
  const waiting = new Set<{ method: string; words: string[]; resolve(at: number): void }>();

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? '').replace(/^\/api\//, '');
    const body = await readText(request);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const [answer] = await Promise.all([
      fetch(new URL(method, target), {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        body,
      }),
      delay(delayMs),
    ]);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    for (const one of waiting) {
      if (one.method !== method || !one.words.every((word) => body.includes(word))) continue;
      waiting.delete(one);
      one.resolve(performance.now());
    }
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => void request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    answered: (method, words) => new Promise((resolve) => void waiting.add({ method, words, resolve })),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
