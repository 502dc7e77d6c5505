import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createEmulator } from 'emulate';
import { okta } from '../../src/directory/okta.ts';
import type { Person } from '../../src/domain/people.ts';
import type { Holding, Identity } from '../../src/domain/systems.ts';
import { readBytes } from '../support/fake-server.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { surroundings } from '../support/surroundings.ts';
import type { ConnectorStage, Group } from './connector-stage.ts';

const TOKEN = 'canary-of-the-okta-token';
const CANARY = 'canary-of-okta';
/** A page of this Okta has 30. */
const CROWD = 40;

export interface OktaStage extends ConnectorStage {
  /** `POST /api/v1/users`, in order. */
  calls: string[];
  /** Answers instead of Okta, where it returns something. */
  instead(answer: (call: string) => { status: number; body?: object; headers?: object } | undefined): void;
  /** As its administrator. */
  api(method: string, path: string, body?: object): Promise<unknown>;
}

/** `emulate`'s Okta, which knows no sessions: that they were to be ended is seen in what it was asked. */
export async function openOkta(t: TestContext): Promise<OktaStage> {
  const crowd = Array.from({ length: CROWD }, (_, at) => person(`crowd-${at}`));
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  const group: Group = { kind: 'group', group: 'crew' };
  const emulator = await createEmulator({
    service: 'okta',
    port: 0,
    seed: {
      tokens: { [TOKEN]: { login: 'purser' } },
      okta: {
        users: [known, another, ...crowd].map(({ email }) => ({ login: email })),
        groups: [{ name: group.group }, { name: 'everybody', type: 'BUILT_IN' }],
      },
    },
  });
  t.after(() => emulator.close());
  const { url, calls, instead } = await listen(t, emulator.url);
  const proxy = await startFaultProxy(url, { canary: CANARY });
  t.after(() => proxy.close());
  const api = (method: string, path: string, body?: object) => call(`${emulator.url}${path}`, method, body);
  const people = [known, another].map(
    ({ person: id, ...rest }): Person => ({ ...rest, id, active: true, roles: [], accounts: [] }),
  );
  const usersOf = async ({ email }: Identity) =>
    (await everything<OktaUser>(api, '/api/v1/users')).filter(({ profile }) => profile.login === email);
  const idOf = async (identity: Identity) => (await usersOf(identity))[0]?.id ?? 'nobody';
  const pathOf = async (identity: Identity, { group }: Group) => {
    const groups = await everything<OktaGroup>(api, '/api/v1/groups');
    const found = groups.find(({ profile }) => profile.name === group);
    return `/api/v1/groups/${found?.id}/users/${await idOf(identity)}`;
  };
  async function give(identity: Identity, holding: Holding): Promise<void> {
    if (holding.kind === 'group') await api('PUT', await pathOf(identity, holding));
    else await api('POST', `/api/v1/users/${await idOf(identity)}/lifecycle/activate`);
  }
  return {
    calls,
    instead,
    api,
    connector: okta.open(
      'login',
      okta.settings.parse({ url: proxy.url, secret: 'okta' }),
      surroundings({ secret: () => TOKEN, directory: { snapshot: async () => ({ people, teams: [] }) } }),
    ),
    known,
    another,
    stranger,
    group,
    outside: {
      give,
      async holds(identity, holding) {
        const [user] = await usersOf(identity);
        if (holding.kind === 'account') return user?.status === 'ACTIVE';
        const groups = (await api('GET', `/api/v1/users/${user?.id}/groups`)) as OktaGroup[];
        return groups.some(({ profile }) => profile.name === holding.group);
      },
      async fill(into) {
        for (const identity of crowd) await give(identity, into);
        return CROWD;
      },
      async pile(identity) {
        const groups = crowd.map((_, at): Group => ({ kind: 'group', group: `crew-${at}` }));
        for (const one of groups) {
          await api('POST', '/api/v1/groups', { profile: { name: one.group } });
          await give(identity, one);
        }
        return groups;
      },
      accounts: async (identity) => (await usersOf(identity)).length,
    },
    break: async (fault) => proxy.break(fault),
    mend: async () => proxy.mend(),
    canaries: [TOKEN, CANARY, new URL(proxy.url).host, new URL(emulator.url).host],
  };
}

interface OktaUser {
  id: string;
  status: string;
  profile: { login: string };
}
interface OktaGroup {
  id: string;
  profile: { name: string };
}

async function everything<Item>(api: OktaStage['api'], path: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let page = 1; ; page += 1) {
    const items = (await api('GET', `${path}?per_page=100&page=${page}`)) as Item[];
    found.push(...items);
    if (items.length < 100) return found;
  }
}

async function listen(t: TestContext, target: string) {
  const calls: string[] = [];
  let answer: Parameters<OktaStage['instead']>[0] = () => undefined;

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const made = `${request.method} ${request.url}`;
    calls.push(made);
    const body = await readBytes(request);
    const other = answer(made) ?? (/^DELETE .*\/sessions\?/.test(made) ? { status: 204 } : undefined);
    if (other !== undefined) {
      response.writeHead(other.status, { 'content-type': 'application/json', ...other.headers });
      return void response.end(other.status === 204 ? undefined : JSON.stringify(other.body ?? {}));
    }
    const given = await fetch(`${target}${request.url}`, {
      method: request.method,
      headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
      body: body.length === 0 ? undefined : new Uint8Array(body),
    });
    const passed = ['content-type', 'link'].flatMap((name) => {
      const value = given.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    response.writeHead(given.status, Object.fromEntries(passed));
    response.end(Buffer.from(await given.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    instead(other: typeof answer) {
      answer = other;
    },
  };
}

async function call(url: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `SSWS ${TOKEN}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : await response.json();
}

export function person(name: string): Identity {
  const id = `${name}-${randomUUID()}`;
  return { person: id, name, email: `${id}@example.test` };
}
