import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readText } from '../support/fake-server.ts';

export interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What it does with the next request: a status with headers, nothing at all, or breaking off. */
export type Answer = { status: number; headers?: Record<string, string> } | 'silence' | 'break-off';

/** Somebody else's system on this machine, which answers as it is told; 202 when it was told nothing. */
export async function openListener(): Promise<{
  url: string;
  heard: Heard[];
  answer(...answers: Answer[]): void;
  close(): Promise<void>;
}> {
  const heard: Heard[] = [];
  let answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    heard.push({ path: request.url ?? '', headers: request.headers, body: await readText(request) });
    const answer = answers.shift() ?? { status: 202 };
    if (answer === 'silence') return;
    if (answer === 'break-off') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`,
    heard,
    answer: (...next) => {
      answers = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
