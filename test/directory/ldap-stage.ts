import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Attribute, Change, type Client, type Entry, EqualityFilter } from 'ldapts';
import { ldap } from '../../src/directory/ldap.ts';
import type { Identity, SystemConnector } from '../../src/domain/systems.ts';
import { GROUPS, PEOPLE, PURSER, type Slapd } from '../support/slapd.ts';
import { directoryOf, surroundings } from '../support/surroundings.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import type { ConnectorFault, ConnectorStage, Group } from './connector-stage.ts';

const CROWD = 120;
export const PLACEHOLDER = `cn=nobody,${GROUPS}`;

/** One way of keeping people and groups. */
export interface Habit {
  objectClasses: string[];
  /** Of people whom Purser adds. */
  made: string[];
  /** Of people who are there before Purser. */
  more: Record<string, string>;
  disable: Record<string, unknown>;
  disabled(entry: Entry): boolean;
  groupClass: string;
  member: 'member' | 'uniqueMember' | 'memberUid';
  memberOf?: boolean;
  encrypted: 'ldap' | 'ldaps';
}

export function openConnector(
  url: string,
  habit: Habit,
  changed: Record<string, unknown> = {},
  people: Identity[] = [],
): SystemConnector {
  const { made, disable, member, memberOf = false } = habit;
  const settings = ldap.settings.parse({
    url,
    bind: { dn: PURSER.dn, secret: 'ldap' },
    people: { base: PEOPLE, objectClasses: made, disable },
    groups: { base: GROUPS, member, memberOf, placeholder: PLACEHOLDER },
    ...changed,
  });
  return ldap.open(
    'ldap',
    settings,
    surroundings({ secret: () => PURSER.password, directory: directoryOf(people) }),
  );
}

export async function openStage(t: TestContext, server: Slapd, habit: Habit): Promise<ConnectorStage> {
  const target = new URL(server[habit.encrypted]);
  const proxy = await startTcpProxy(target.host);
  t.after(() => proxy.close());
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  const group: Group = { kind: 'group', group: `crew ${randomUUID()}` };
  await server.ask(async (client) => {
    for (const identity of [known, another]) await addPerson(client, habit, identity);
    await addGroup(client, habit, group);
  });

  return {
    connector: openConnector(`${target.protocol}//${proxy.address}`, habit, {}, [known, another, stranger]),
    known,
    another,
    stranger,
    group,
    outside: {
      holds: (identity, holding) =>
        server.ask(async (client) => {
          const [entry] = await find(client, identity);
          if (entry === undefined) return false;
          if (holding.kind === 'account') return !habit.disabled(entry);
          const { searchEntries } = await client.search(dnOf(holding), {
            scope: 'base',
            attributes: [habit.member],
          });
          return [searchEntries[0]?.[habit.member] ?? []].flat().includes(memberValue(habit, entry));
        }),
      give: (identity, holding) =>
        server.ask(async (client) => {
          const [entry] = await find(client, identity);
          if (holding.kind === 'group' && entry !== undefined) await put(client, habit, entry, holding);
        }),
      fill: (into) =>
        server.ask(async (client) => {
          for (const one of many((at) => person(`crowd-${at}`))) {
            await addPerson(client, habit, one);
            const [entry] = await find(client, one);
            if (entry !== undefined) await put(client, habit, entry, into);
          }
          return CROWD;
        }),
      pile: (identity) =>
        server.ask(async (client) => {
          const [entry] = await find(client, identity);
          const groups = many((at): Group => ({ kind: 'group', group: `crew-${at}-${randomUUID()}` }));
          for (const one of groups) {
            await addGroup(client, habit, one);
            if (entry !== undefined) await put(client, habit, entry, one);
          }
          return groups;
        }),
      accounts: (identity) => server.ask(async (client) => (await find(client, identity)).length),
    },
    async break(fault: ConnectorFault) {
      if (fault === 'slow') proxy.stall();
      else proxy.cut();
    },
    async mend() {
      proxy.restore();
    },
    canaries: [PURSER.password, proxy.address, target.host],
  };
}

export function person(name: string): Identity {
  const id = `${name}-${randomUUID()}`;
  return { person: id, name: `${name} Person`, email: `${id}@example.test` };
}

/** Called by something else than by their id, as people were before Purser came. */
export async function addPerson(
  client: Client,
  habit: Habit,
  { person, name, email }: Identity,
): Promise<string> {
  const uid = `account-of-${person}`;
  const dn = `uid=${uid},${PEOPLE}`;
  await client.add(dn, {
    objectClass: habit.objectClasses,
    uid,
    cn: name,
    sn: name,
    mail: email,
    ...habit.more,
  });
  return dn;
}

export async function addGroup(client: Client, habit: Habit, group: Group): Promise<void> {
  const [attribute, value] =
    habit.member === 'memberUid' ? ['gidNumber', '1000'] : [habit.member, PLACEHOLDER];
  await client.add(dnOf(group), { objectClass: habit.groupClass, cn: group.group, [attribute]: value });
}

export async function find(client: Client, { email }: Identity): Promise<Entry[]> {
  const filter = new EqualityFilter({ attribute: 'mail', value: email });
  const { searchEntries } = await client.search(PEOPLE, {
    filter,
    attributes: ['*', 'pwdAccountLockedTime'],
  });
  return searchEntries;
}

export async function put(client: Client, habit: Habit, entry: Entry, group: Group): Promise<void> {
  const modification = new Attribute({ type: habit.member, values: [memberValue(habit, entry)] });
  await client.modify(dnOf(group), new Change({ operation: 'add', modification }));
}

export function dnOf({ group }: Group): string {
  return `cn=${group},${GROUPS}`;
}

function memberValue(habit: Habit, entry: Entry): string {
  return habit.member === 'memberUid' ? String(entry.uid) : entry.dn;
}

function many<Item>(make: (at: number) => Item): Item[] {
  return Array.from({ length: CROWD }, (_, at) => make(at));
}
