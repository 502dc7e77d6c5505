import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { readBytes } from './fake-server.ts';

export const GITHUB_TOKEN = 'ghp_sample';

/** What comes of one call: it works but its answer is lost, it never gets there, or it is answered like this instead. */
export type Fault =
  | 'lost answer'
  | 'cut off'
  | { status: number; headers?: Record<string, string>; body?: string };

export interface TestGitHub {
  /** Of the API. */
  url: string;
  /** `POST /repos/acme/ops/issues`, in order. */
  calls: string[];
  /** The next call that fits is spoiled. */
  spoil(call: RegExp, fault: Fault): void;
  /** As somebody who works there. */
  api(method: string, path: string, body?: object): Promise<unknown>;
  close(): Promise<void>;
}

/** `emulate`'s GitHub with the repositories of `acme`, and people who are not in it, behind a line that can be spoiled. */
export async function startGitHub(repositories: string[], people: string[] = []): Promise<TestGitHub> {
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { [GITHUB_TOKEN]: { login: 'purser-bot', scopes: ['repo'] } },
      github: {
        users: ['purser-bot', ...people].map((login) => ({ login })),
        orgs: [{ login: 'acme', members: [{ login: 'purser-bot', role: 'admin' }] }],
        repos: repositories.map((name) => ({ owner: 'acme', name, auto_init: true })),
      },
    },
  });
  const calls: string[] = [];
  const faults: { call: RegExp; fault: Fault }[] = [];

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${decodeURIComponent((request.url ?? '').replace(/\?.*/, ''))}`;
    calls.push(call);
    const at = faults.findIndex((spoiled) => spoiled.call.test(call));
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
    if (fault === 'cut off') return void request.socket.destroy();
    if (typeof fault === 'object')
      return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '{}');
    const answer = await pass(emulator.url, request);
    if (fault === 'lost answer') return void request.socket.destroy();
    const passed = ['content-type', 'link'].map((name) => [name, answer.headers.get(name) ?? '']);
    response.writeHead(answer.status, Object.fromEntries(passed));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    spoil: (call, fault) => void faults.push({ call, fault }),
    async api(method, path, body) {
      const response = await fetch(`${emulator.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${GITHUB_TOKEN}` },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.status === 204 ? undefined : await response.json();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await emulator.close();
    },
  };
}

async function pass(url: string, request: IncomingMessage): Promise<Response> {
  const body = await readBytes(request);
  const { authorization = '', accept = '*/*' } = request.headers;
  return await fetch(`${url}${request.url}`, {
    method: request.method,
    headers: { authorization, accept, 'content-type': 'application/json' },
    body: body.length === 0 ? undefined : new Uint8Array(body),
  });
}
