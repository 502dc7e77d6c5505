import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from 'ldapts';
import { PEOPLE, type Slapd, startSlapd } from '../support/slapd.ts';
import { connectorConformance } from './connector-conformance.ts';
import { type Group, order } from './connector-stage.ts';
import {
  addGroup,
  addPerson,
  dnOf,
  find,
  type Habit,
  openConnector,
  openStage,
  PLACEHOLDER,
  person,
} from './ldap-stage.ts';

const ACCOUNT = { kind: 'account' } as const;

const LOCKED: Habit = {
  objectClasses: ['inetOrgPerson'],
  made: ['inetOrgPerson'],
  more: {},
  disable: { attribute: 'pwdAccountLockedTime', disabled: '000001010000Z' },
  disabled: ({ pwdAccountLockedTime }) => pwdAccountLockedTime === '000001010000Z',
  groupClass: 'groupOfNames',
  member: 'member',
  memberOf: true,
  encrypted: 'ldap',
};

const SHELL: Habit = {
  objectClasses: ['inetOrgPerson', 'posixAccount'],
  made: ['inetOrgPerson'],
  more: { uidNumber: '1000', gidNumber: '1000', homeDirectory: '/home/account', loginShell: '/bin/bash' },
  disable: { attribute: 'loginShell', disabled: '/usr/sbin/nologin', enabled: '/bin/bash' },
  disabled: ({ loginShell }) => loginShell === '/usr/sbin/nologin',
  groupClass: 'posixGroup',
  member: 'memberUid',
  encrypted: 'ldaps',
};

const WINDOWS: Habit = {
  objectClasses: ['inetOrgPerson', 'windowsAccount'],
  made: ['inetOrgPerson', 'windowsAccount'],
  more: { userAccountControl: '512' },
  disable: { attribute: 'userAccountControl', bit: 2 },
  disabled: ({ userAccountControl }) => userAccountControl === '514',
  groupClass: 'groupOfUniqueNames',
  member: 'uniqueMember',
  encrypted: 'ldap',
};

let server: Slapd;

before(async () => {
  server = await startSlapd();
});

after(async () => {
  await server.stop();
});

connectorConformance('LDAP, with locked accounts and memberOf,', {
  open: (t) => openStage(t, server, LOCKED),
  faults: ['down', 'slow'],
});

connectorConformance('LDAP, with login shells and logins as members,', {
  open: (t) => openStage(t, server, SHELL),
  faults: ['down'],
});

connectorConformance('LDAP, with a bit as Active Directory has it,', {
  open: (t) => openStage(t, server, WINDOWS),
  faults: ['down'],
});

test('keeps somebody whose account is disabled from binding, and lets them again', async () => {
  const connector = openConnector(server.ldap, LOCKED);
  const kim = person('kim');
  const dn = await server.ask((client) =>
    addPerson(client, { ...LOCKED, more: { userPassword: 'hers' } }, kim),
  );
  assert.equal(await binds(dn, 'hers'), true);

  await connector.revoke(order(kim, ACCOUNT));
  assert.equal(await binds(dn, 'hers'), false);
  await connector.apply(order(kim, ACCOUNT));

  assert.equal(await binds(dn, 'hers'), true);
});

test('takes an account that is locked for a while for what it is, and disables it for good', async () => {
  const connector = openConnector(server.ldap, LOCKED);
  const kim = person('kim');
  const dn = await server.ask((client) =>
    addPerson(client, { ...LOCKED, more: { pwdAccountLockedTime: '20200101000000Z' } }, kim),
  );

  assert.equal(await connector.readBack(kim, ACCOUNT), true);
  await connector.revoke(order(kim, ACCOUNT));

  assert.equal(await connector.readBack(kim, ACCOUNT), false);
  const [entry] = await server.ask((client) => find(client, kim));
  assert.deepEqual([entry?.dn, entry?.pwdAccountLockedTime], [dn, '000001010000Z']);
});

test('leaves the other bits of an account as they are', async () => {
  const connector = openConnector(server.ldap, WINDOWS);
  const kim = person('kim');
  await server.ask((client) => addPerson(client, { ...WINDOWS, more: { userAccountControl: '66048' } }, kim));

  await connector.revoke(order(kim, ACCOUNT));
  const [disabled] = await server.ask((client) => find(client, kim));
  await connector.apply(order(kim, ACCOUNT));

  const [enabled] = await server.ask((client) => find(client, kim));
  assert.deepEqual([disabled?.userAccountControl, enabled?.userAccountControl], ['66050', '66048']);
});

test('knows an account again whatever became of its address', async () => {
  const connector = openConnector(server.ldap, LOCKED);
  const [kim, noor] = [person('kim'), person('noor')];
  await connector.apply(order(kim, ACCOUNT));

  const after = { ...kim, email: noor.email };
  assert.equal(await connector.readBack(after, ACCOUNT), true);
  await assert.rejects(connector.revoke(order({ ...noor, email: kim.email }, ACCOUNT)), {
    name: 'SystemError',
    retryable: false,
    message: /somebody else’s: find out whose it is/,
  });
  assert.equal(await connector.readBack(kim, ACCOUNT), true);
});

test('takes nobody for another of a similar id, nor for one of the same name', async () => {
  const connector = openConnector(server.ldap, LOCKED);
  const kim = person('kim');
  await connector.apply(order(kim, ACCOUNT));

  assert.deepEqual(await connector.holdings({ ...person('upper'), person: kim.person.toUpperCase() }), []);
  assert.deepEqual(await connector.holdings({ ...person('namesake'), name: kim.name }), []);
});

test('empties a group that may not be empty, if it is told whom to leave in it', async () => {
  const kim = person('kim');
  const group: Group = { kind: 'group', group: `last-of-${kim.person}` };
  const dn = await server.ask((client) => addPerson(client, LOCKED, kim));
  await server.ask((client) =>
    client.add(dnOf(group), { objectClass: 'groupOfNames', cn: group.group, member: dn }),
  );
  const groups = { base: 'ou=groups,dc=example,dc=test' };

  await assert.rejects(openConnector(server.ldap, LOCKED, { groups }).revoke(order(kim, group)), {
    retryable: false,
    message: /^ldap lets no group be empty, and this is the last member of “last-of-/,
  });
  await openConnector(server.ldap, LOCKED).revoke(order(kim, group));

  const left = await server.ask((client) => client.search(dnOf(group), { scope: 'base' }));
  assert.equal(left.searchEntries[0]?.member, PLACEHOLDER);
  assert.deepEqual(await openConnector(server.ldap, WINDOWS, { groups }).holdings(kim), [ACCOUNT]);
});

test('names members whom it has not met by their address, and whoever is no person here as the group does', async () => {
  const kim = person('kim');
  const elsewhere = 'cn=robot,dc=example,dc=test';
  const group: Group = { kind: 'group', group: `met-by-nobody-${kim.person}` };
  await server.ask(async (client) => {
    const dn = await addPerson(client, WINDOWS, kim);
    const entry = { objectClass: 'groupOfUniqueNames', cn: group.group, uniqueMember: [dn, elsewhere] };
    await client.add(dnOf(group), entry);
  });

  const members = await openConnector(server.ldap, WINDOWS, {}, [kim]).members(group);

  assert.deepEqual(members, [
    { person: kim.person, login: `account-of-${kim.person}` },
    { person: undefined, login: elsewhere },
  ]);
});

test('makes no account where it is not told of what kind', async () => {
  const { disable } = LOCKED;
  const connector = openConnector(server.ldap, LOCKED, { people: { base: PEOPLE, disable } });

  await assert.rejects(connector.apply(order(person('kim'), ACCOUNT)), {
    retryable: false,
    message: /and Purser makes none there: make one with this address as “mail”, and try again$/,
  });
});

test('sends its password to nobody but the server that it trusts', async () => {
  for (const protocol of ['ldap', 'ldaps'] as const) {
    const { port } = new URL(server[protocol]);
    await assert.rejects(
      openConnector(`${protocol}://localhost:${port}`, LOCKED).readBack(person('kim'), ACCOUNT),
      {
        retryable: false,
        message: /^ldap shows a certificate that Purser does not trust: /,
      },
    );
  }
});

test('says what is wrong with its own account, without its password', async () => {
  const kim = person('kim');
  const bind = (dn: string) => ({ bind: { dn, secret: 'ldap' } });
  const group: Group = { kind: 'group', group: `made-for-${kim.person}` };
  await server.ask((client) => addGroup(client, LOCKED, group));
  const dn = await server.ask((client) =>
    addPerson(client, { ...LOCKED, more: { userPassword: 'pursers-own-password' } }, kim),
  );

  await assert.rejects(openConnector(server.ldap, LOCKED, bind('cn=nobody')).readBack(kim, ACCOUNT), {
    retryable: false,
    message:
      'ldap does not take Purser’s account with its password: look at “bind” in manifests/systems.yaml',
  });
  await assert.rejects(openConnector(server.ldap, LOCKED, bind(dn)).apply(order(person('noor'), ACCOUNT)), {
    retryable: false,
    message: /^ldap does not let Purser do this: /,
  });
  await assert.rejects(openConnector(server.ldap, LOCKED, bind(dn)).revoke(order(kim, ACCOUNT)), {
    retryable: false,
    message: /Purser’s own/,
  });
  const elsewhere = { groups: { base: 'ou=nowhere,dc=example,dc=test' } };
  await assert.rejects(openConnector(server.ldap, LOCKED, elsewhere).holdings(kim), {
    retryable: false,
    message: /^ldap has no such place: look at “base”/,
  });
});

async function binds(dn: string, password: string): Promise<boolean> {
  const client = new Client({ url: server.ldaps });
  try {
    await client.bind(dn, password);
    return true;
  } catch {
    return false;
  } finally {
    await client.unbind();
  }
}
