import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { type Keycloak, startKeycloak } from '../support/keycloak.ts';
import { createRealm, type KeycloakRealm } from '../support/keycloak-realm.ts';
import { connectorConformance } from './connector-conformance.ts';
import { order } from './connector-stage.ts';
import { createUser, find, openConnector, openStage, person } from './keycloak-stage.ts';

const ACCOUNT = { kind: 'account' } as const;

let server: Keycloak;
let realm: KeycloakRealm;

before(async () => {
  server = await startKeycloak();
  realm = await createRealm(server);
});

after(async () => {
  await server.stop();
});

connectorConformance('Keycloak, with its groups,', {
  open: (t) => openStage(t, server, realm, 'group'),
  faults: ['down', 'slow', 'error', 'limited', 'empty', 'lost'],
});

connectorConformance('Keycloak, with its realm roles,', {
  open: (t) => openStage(t, server, realm, 'role'),
  faults: ['lost'],
});

test('knows an account again whatever became of its address', async () => {
  const connector = openConnector(server.url, realm);
  const [kim, noor] = [person('kim'), person('noor')];
  await connector.apply(order(kim, ACCOUNT));
  await realm.ask(async (client) => {
    const [user] = await find(client, kim);
    await client.users.update({ id: user?.id ?? '' }, { email: noor.email });
  });

  assert.equal(await connector.readBack(kim, ACCOUNT), true);
  for (const run of [
    () => connector.readBack(noor, ACCOUNT),
    () => connector.apply(order(noor, ACCOUNT)),
    () => connector.revoke(order(noor, ACCOUNT)),
    () => connector.endSessions(noor),
  ]) {
    await assert.rejects(run, { name: 'SystemError', retryable: false, message: /somebody else’s/ });
  }
  assert.equal(await connector.readBack(kim, ACCOUNT), true);
});

test('adopts nobody by an address they never verified, nor by a name', async () => {
  const connector = openConnector(server.url, realm);
  const [kim, namesake] = [person('kim'), person('namesake')];
  await realm.ask(async (client) => {
    const { id } = await createUser(client, kim);
    await client.users.update({ id }, { emailVerified: false });
    await createUser(client, { ...namesake, name: 'Robin Doe' });
  });

  await assert.rejects(connector.apply(order(kim, ACCOUNT)), {
    name: 'SystemError',
    retryable: false,
    message: /never verified the address: find out whose it is/,
  });
  assert.deepEqual(await connector.holdings({ ...person('robin'), name: 'Robin Doe' }), []);
});

test('gives to ten at once what they ask for the same person, whom it has not met', async () => {
  const connector = openConnector(server.url, realm);
  const kim = person('kim');
  const group = { kind: 'group', group: `/asked-by-ten-${kim.person}` } as const;
  await realm.ask(async (client) => {
    await createUser(client, kim);
    await client.groups.create({ name: group.group.slice(1) });
  });

  await Promise.all(Array.from({ length: 10 }, () => connector.apply(order(kim, group))));

  assert.deepEqual(await connector.holdings(kim), [ACCOUNT, group]);
});

test('leaves everything else of an account it adopts as it was', async () => {
  const connector = openConnector(server.url, realm);
  const kim = person('kim');
  const { id } = await realm.ask((client) => createUser(client, kim));
  const before = await realm.ask((client) => client.users.findOne({ id }));

  await connector.apply(order(kim, ACCOUNT));
  await connector.revoke(order(kim, ACCOUNT));

  const now = await realm.ask((client) => client.users.findOne({ id }));
  assert.deepEqual(now, { ...before, enabled: false, attributes: { purserPerson: [kim.person] } });
});

test('does not take an account for somebody’s where people write down themselves who they are', async () => {
  const open = await createRealm(server);
  const connector = openConnector(server.url, open);
  const permissions = { view: ['admin', 'user'], edit: ['admin', 'user'] };
  await open.ask(async (client) => {
    const profile = await client.users.getProfile();
    const attributes = profile.attributes?.filter(({ name }) => name !== 'purserPerson') ?? [];
    await client.users.updateProfile({
      ...profile,
      attributes: [...attributes, { name: 'purserPerson', permissions }],
    });
  });

  await assert.rejects(connector.readBack(person('kim'), ACCOUNT), {
    retryable: false,
    message:
      'keycloak has no attribute “purserPerson” that only administrators edit: add it under Realm settings → User profile',
  });
});

test('ends sessions and what outlives them: offline tokens, even one of the same second', async () => {
  const connector = openConnector(server.url, realm);
  const kim = person('kim');
  await connector.apply(order(kim, ACCOUNT));
  const { id } = await realm.ask(async (client) => {
    const [user] = await find(client, kim);
    const credential = { type: 'password', value: 'hers alone', temporary: false };
    await client.users.resetPassword({ id: user?.id ?? '', credential });
    return { id: user?.id ?? '' };
  });
  const login = { grant_type: 'password', username: kim.email, password: 'hers alone' };
  const online = await token({ ...login, scope: 'openid' });
  const offline = await token({ ...login, scope: 'openid offline_access' });
  assert.equal((await refresh(offline.body)).status, 200);

  await connector.endSessions(kim);

  assert.equal((await refresh(online.body)).status, 400);
  assert.equal((await refresh(offline.body)).status, 400);
  assert.deepEqual(await realm.ask((client) => client.users.listSessions({ id })), []);
  assert.deepEqual(await realm.ask((client) => client.users.listConsents({ id })), []);
  // They may log in again: that is what disabling is for.
  assert.equal((await token(login)).status, 200);
  await connector.revoke(order(kim, ACCOUNT));
  assert.equal((await token(login)).status, 400);
});

test('counts a role that comes by a group, and says so until the group is gone', async (t) => {
  const { connector, known } = await openStage(t, server, realm, 'group');
  const role = { kind: 'group', group: `by-group-${known.person}` } as const;
  const group = { kind: 'group', group: `/leads-${known.person}` } as const;
  await realm.ask(async (client) => {
    await client.roles.create({ name: role.group });
    const { id = '' } = (await client.roles.findOneByName({ name: role.group })) ?? {};
    const made = await client.groups.create({ name: group.group.slice(1) });
    await client.groups.addRealmRoleMappings({ id: made.id, roles: [{ id, name: role.group }] });
  });
  await connector.apply(order(known, group));

  await connector.revoke(order(known, role));
  const whileInGroup = await connector.readBack(known, role);
  await connector.revoke(order(known, group));

  assert.equal(whileInGroup, true);
  assert.equal(await connector.readBack(known, role), false);
});

test('names members whom it has not met by their address, if it is verified', async () => {
  const [kim, noor] = [person('kim'), person('noor')];
  const group = { kind: 'group', group: `/met-by-nobody-${kim.person}` } as const;
  await realm.ask(async (client) => {
    const { id: groupId } = await client.groups.create({ name: group.group.slice(1) });
    for (const identity of [kim, noor]) {
      const { id } = await createUser(client, identity);
      await client.users.update({ id }, { emailVerified: identity === kim });
      await client.users.addToGroup({ id, groupId });
    }
  });

  const members = await openConnector(server.url, realm, [kim, noor]).members(group);

  assert.deepEqual(
    new Set(members.map(({ person, login }) => `${login} is ${person}`)),
    new Set([`${kim.email} is ${kim.person}`, `${noor.email} is undefined`]),
  );
});

test('gets one new token when Keycloak takes the old one no more', async () => {
  const rotated = await createRealm(server);
  const connector = openConnector(server.url, rotated);
  await connector.holdings(person('kim'));

  await rotated.ask(async (client) => {
    const realmKeys = {
      type: 'org.keycloak.keys.KeyProvider',
      parent: (await client.realms.findOne({ realm: rotated.realm }))?.id,
    };
    const keys = await client.components.find(realmKeys);
    for (const { id = '', providerId } of keys) {
      if (providerId === 'rsa-generated') await client.components.del({ id });
    }
  });

  assert.deepEqual(await connector.holdings(person('kim')), []);
});

test('says what is wrong with its own account, without its secret', async () => {
  const powerless = await createRealm(server, []);
  const wrong = { ...realm, clientSecret: 'never told' };
  const asked = person('kim');

  await assert.rejects(openConnector(server.url, wrong).readBack(asked, ACCOUNT), {
    retryable: false,
    message: /^keycloak does not take the client “purser” with its secret: /,
  });
  await assert.rejects(openConnector(server.url, { ...realm, realm: 'elsewhere' }).readBack(asked, ACCOUNT), {
    retryable: false,
    message: /^keycloak has no realm “elsewhere”/,
  });
  await assert.rejects(openConnector(server.url, powerless).readBack(asked, ACCOUNT), {
    retryable: false,
    message: /^keycloak does not let Purser do this \(403\)/,
  });
});

test('does not wait for ever for a token', async (t) => {
  const proxy = await startFaultProxy(server.url, { canary: 'unread' });
  t.after(() => proxy.close());
  const connector = openConnector(proxy.url, realm);
  proxy.break('slow');

  await assert.rejects(connector.readBack(person('kim'), ACCOUNT), { retryable: true });
  proxy.mend();

  assert.equal(await connector.readBack(person('kim'), ACCOUNT), false);
});

async function token(
  fields: Record<string, string>,
): Promise<{ status: number; body: { refresh_token?: string } }> {
  const response = await fetch(`${server.url}/realms/${realm.realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'app', ...fields }),
  });
  return { status: response.status, body: (await response.json()) as { refresh_token?: string } };
}

async function refresh({ refresh_token = '' }: { refresh_token?: string }): Promise<{ status: number }> {
  return await token({ grant_type: 'refresh_token', refresh_token });
}
