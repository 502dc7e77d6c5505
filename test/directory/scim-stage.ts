import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express, { type RequestHandler } from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { scim } from '../../src/directory/scim.ts';
import type { Person } from '../../src/domain/people.ts';
import type { Holding, Identity } from '../../src/domain/systems.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { surroundings } from '../support/surroundings.ts';
import type { ConnectorStage, Group } from './connector-stage.ts';

/** What the server keeps, as SCIM says it. */
export interface ScimUser {
  id: string;
  userName: string;
  externalId?: string;
  active?: boolean;
  meta?: { version: string };
}
interface ScimGroup {
  id: string;
  displayName: string;
  members?: { value: string }[];
}
export interface ScimStore {
  users: Map<string, ScimUser>;
  groups: Map<string, ScimGroup>;
}

export interface ScimStage extends ConnectorStage {
  store: ScimStore;
  /** What was asked of the server, past what it answers with by itself. */
  requests: { method: string; url: string; ifMatch?: string }[];
  /** Runs before the server does. */
  before(handler: RequestHandler | undefined): void;
}

const TOKEN = 'canary-of-the-bearer-token';
const CANARY = 'canary-of-the-scim-server';
const CROWD = 120;

/** scimmy's server, with users and groups in memory, behind a way to it that can be broken. */
export async function openScim(t: TestContext): Promise<ScimStage> {
  const store: ScimStore = { users: new Map(), groups: new Map() };
  const requests: ScimStage['requests'] = [];
  let before: RequestHandler | undefined;
  const app = express()
    .use((request, _response, next) => {
      requests.push({ method: request.method, url: request.url, ifMatch: request.get('if-match') });
      // Express 5 reads the query anew each time; the server's router writes numbers into it.
      Object.defineProperty(request, 'query', { value: request.query });
      next();
    })
    .use((request, response, next) => (before === undefined ? next() : before(request, response, next)))
    .use('/scim/v2', new SCIMMYRouters({ type: 'bearer', handler: signedIn, context: () => store }));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
  const proxy = await startFaultProxy(target, { canary: CANARY });
  t.after(() => proxy.close());
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  for (const identity of [known, another]) addUser(store, identity);
  const group: Group = { kind: 'group', group: 'crew' };
  addGroup(store, group.group);
  const people = [known, another].map(
    ({ person: id, ...rest }): Person => ({ ...rest, id, active: true, roles: [], accounts: [] }),
  );
  return {
    store,
    requests,
    before(handler) {
      before = handler;
    },
    connector: scim.open(
      'wiki',
      scim.settings.parse({ url: proxy.url, secret: 'wiki' }),
      surroundings({ secret: () => TOKEN, directory: { snapshot: async () => ({ people, teams: [] }) } }),
    ),
    known,
    another,
    stranger,
    group,
    outside: {
      holds: async (identity, holding) => holds(store, identity, holding),
      give: async (identity, holding) => give(store, identity, holding),
      async fill(into) {
        for (const identity of crowd()) {
          addUser(store, identity);
          give(store, identity, into);
        }
        return CROWD;
      },
      async pile(identity) {
        const groups = crowd().map((_, at): Group => ({ kind: 'group', group: `crew-${at}` }));
        for (const one of groups) {
          addGroup(store, one.group);
          give(store, identity, one);
        }
        return groups;
      },
      accounts: async ({ email }) => usersOf(store, email).length,
    },
    break: async (fault) => proxy.break(fault),
    mend: async () => proxy.mend(),
    canaries: [TOKEN, CANARY, new URL(proxy.url).host, new URL(target).host],
  };
}

/** The library keeps its resources for the whole process; which store they are in is the request's. */
SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .ingress((resource, data, { users }: ScimStore) => {
    const sent = plain<ScimUser>(data);
    const twin = [...users.values()].find(
      ({ id, userName }) =>
        id !== resource.id && userName.toLowerCase() === String(sent.userName).toLowerCase(),
    );
    if (twin !== undefined) throw new SCIMMY.Types.Error(409, 'uniqueness', `${CANARY} exists`);
    return keep(users, { ...sent, id: resource.id ?? randomUUID() });
  })
  .egress((resource, { users }: ScimStore) => shown(users, resource));
SCIMMY.Resources.declare(SCIMMY.Resources.Group)
  .ingress((resource, data, { groups }: ScimStore) =>
    keep(groups, { ...plain<ScimGroup>(data), id: resource.id ?? randomUUID() }),
  )
  .egress((resource, { groups }: ScimStore) => shown(groups, resource));

function shown<Kept extends { id: string }>(
  kept: Map<string, Kept>,
  { id, filter }: { id?: string; filter?: { match(values: object[]): object[] } },
) {
  if (id !== undefined) return structuredClone(kept.get(id)) as Kept;
  const all = structuredClone([...kept.values()]);
  return (filter === undefined ? all : filter.match(all)) as Kept[];
}

function keep<Kept extends { id: string }>(kept: Map<string, Kept>, value: Kept): Kept {
  kept.set(value.id, value);
  return structuredClone(value);
}

function plain<Kept>(data: unknown): Kept {
  const { meta, schemas, ...rest } = JSON.parse(JSON.stringify(data));
  return rest;
}

function signedIn(request: { header(name: string): string | undefined }): string {
  if (request.header('authorization') !== `Bearer ${TOKEN}`) throw new Error(`${CANARY}: who are you?`);
  return 'purser';
}

export function person(name: string): Identity {
  const id = `${name}-${randomUUID()}`;
  return { person: id, name, email: `${id}@example.test` };
}

export function addUser({ users }: ScimStore, { email }: Identity, rest: Partial<ScimUser> = {}): ScimUser {
  return keep(users, { id: randomUUID(), userName: email, active: true, ...rest });
}

export function addGroup({ groups }: ScimStore, displayName: string): void {
  keep(groups, { id: randomUUID(), displayName });
}

function crowd(): Identity[] {
  return Array.from({ length: CROWD }, (_, at) => person(`crowd-${at}`));
}

export function usersOf({ users }: ScimStore, email: string): ScimUser[] {
  return [...users.values()].filter(({ userName }) => userName === email);
}

function groupOf({ groups }: ScimStore, { group }: Group): ScimGroup | undefined {
  return [...groups.values()].find(({ displayName }) => displayName === group);
}

function holds(store: ScimStore, { email }: Identity, holding: Holding): boolean {
  const [user] = usersOf(store, email);
  if (user === undefined) return false;
  if (holding.kind === 'account') return user.active === true;
  return groupOf(store, holding)?.members?.some(({ value }) => value === user.id) ?? false;
}

function give(store: ScimStore, { email }: Identity, holding: Holding): void {
  const [user] = usersOf(store, email);
  if (user === undefined) throw new TypeError(`there is no ${email}`);
  if (holding.kind === 'account') return void keep(store.users, { ...user, active: true });
  const group = groupOf(store, holding);
  if (group === undefined) throw new TypeError(`there is no ${holding.group}`);
  keep(store.groups, { ...group, members: [...(group.members ?? []), { value: user.id }] });
}
