import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { keycloak } from '../../src/directory/keycloak.ts';
import type { Identity, SystemConnector } from '../../src/domain/systems.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import type { Keycloak } from '../support/keycloak.ts';
import type { KeycloakRealm } from '../support/keycloak-realm.ts';
import { directoryOf, surroundings } from '../support/surroundings.ts';
import type { ConnectorStage, Group } from './connector-stage.ts';

const CROWD = 120;
const AT_ONCE = 10;

export type Kind = 'group' | 'role';

export function openConnector(
  url: string,
  { realm, clientId, clientSecret }: KeycloakRealm,
  people: Identity[] = [],
): SystemConnector {
  const parsed = keycloak.settings.parse({ url, realm, clientId, secret: 'sso' });
  return keycloak.open(
    'keycloak',
    parsed,
    surroundings({ secret: () => clientSecret, directory: directoryOf(people) }),
  );
}

/** A stage in a realm that others share: its people and groups are its own. */
export async function openStage(
  t: TestContext,
  server: Keycloak,
  realm: KeycloakRealm,
  kind: Kind,
): Promise<ConnectorStage> {
  const canary = randomUUID();
  const proxy = await startFaultProxy(server.url, { canary });
  t.after(() => proxy.close());
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  const connector = openConnector(proxy.url, realm, [known, another, stranger]);
  const group: Group = { kind: 'group', group: nameOf(kind, `crew ${randomUUID()}`) };
  await realm.ask(async (client) => {
    for (const identity of [known, another]) await createUser(client, identity);
    await make(client, group);
  });
  // It has its token before anything is broken.
  await connector.holdings(known);

  return {
    connector,
    known,
    another,
    stranger,
    group,
    outside: {
      holds: (identity, holding) =>
        realm.ask(async (client) => {
          const [user] = await find(client, identity);
          if (user?.id === undefined) return false;
          if (holding.kind === 'account') return user.enabled === true;
          const [groups, roles] = await Promise.all([
            client.users.listGroups({ id: user.id, max: 1_000 }),
            client.users.listRealmRoleMappings({ id: user.id }),
          ]);
          return [...groups.map(({ path }) => path), ...roles.map(({ name }) => name)].includes(
            holding.group,
          );
        }),
      give: (identity, holding) =>
        realm.ask(async (client) => {
          const [user] = await find(client, identity);
          const id = user?.id ?? '';
          if (holding.kind === 'account') await client.users.update({ id }, { enabled: true });
          else await put(client, id, holding);
        }),
      async fill(into) {
        await inTurns(
          async (at) =>
            await realm.ask(async (client) => {
              const { id } = await createUser(client, person(`crowd-${at}`));
              await put(client, id, into);
            }),
        );
        return CROWD;
      },
      pile: async (identity) => {
        const [user] = await realm.ask((client) => find(client, identity));
        return await inTurns(async (at) => {
          const one: Group = { kind: 'group', group: nameOf(kind, `crew-${at}-${randomUUID()}`) };
          await realm.ask(async (client) => {
            await make(client, one);
            await put(client, user?.id ?? '', one);
          });
          return one;
        });
      },
      accounts: (identity) => realm.ask(async (client) => (await find(client, identity)).length),
    },
    async break(fault) {
      proxy.break(fault);
    },
    async mend() {
      proxy.mend();
    },
    canaries: [canary, realm.clientSecret, new URL(proxy.url).host, new URL(server.url).host],
  };
}

export function person(name: string): Identity {
  const id = `${name}-${randomUUID()}`;
  return { person: id, name: `${name} Person`, email: `${id}@example.test` };
}

export async function createUser(
  client: KeycloakAdminClient,
  { email, name }: Identity,
): Promise<{ id: string }> {
  return await client.users.create({
    username: email,
    email,
    emailVerified: true,
    enabled: true,
    firstName: name,
  });
}

/** What others made with the address in mind. */
export async function find(client: KeycloakAdminClient, { email }: Identity) {
  return await client.users.find({ email, exact: true });
}

function nameOf(kind: Kind, name: string): string {
  return kind === 'group' ? `/crews/${name}` : name;
}

async function make(client: KeycloakAdminClient, { group }: Group): Promise<void> {
  if (!group.startsWith('/')) return void (await client.roles.create({ name: group }));
  const [parent] = await client.groups.find({ search: 'crews', exact: true });
  const id = parent?.id ?? (await client.groups.create({ name: 'crews' })).id;
  await client.groups.createChildGroup({ id }, { name: group.slice('/crews/'.length) });
}

async function put(client: KeycloakAdminClient, id: string, { group }: Group): Promise<void> {
  if (group.startsWith('/')) {
    const found = await client.realms.getGroupByPath({ realm: client.realmName, path: group });
    await client.users.addToGroup({ id, groupId: found.id ?? '' });
  } else {
    const role = await client.roles.findOneByName({ name: group });
    await client.users.addRealmRoleMappings({ id, roles: [{ id: role?.id ?? '', name: group }] });
  }
}

async function inTurns<Value>(run: (at: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (let at = 0; at < CROWD; at += AT_ONCE) {
    values.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, step) => run(at + step)))));
  }
  return values;
}
