import {
  AndFilter,
  EqualityFilter,
  NoSuchAttributeError,
  ObjectClassViolationError,
  TypeOrValueExistsError,
} from 'ldapts';
import type { Holding } from '../domain/systems.ts';
import { changing, type LdapAccount, type LdapAccounts, valuesOf } from './ldap-accounts.ts';
import type { LdapSession } from './ldap-session.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { refusal } from './systems.ts';

type GroupHolding = Extract<Holding, { kind: 'group' }>;

/** Somebody in a group; of whoever is not among the people, the group's own word alone. */
export type LdapMember = Partial<LdapAccount> & { login: string };

export interface LdapGroups {
  /** The names of the groups somebody is in. */
  of(session: LdapSession, account: LdapAccount): Promise<string[]>;
  holds(session: LdapSession, account: LdapAccount, holding: GroupHolding): Promise<boolean>;
  add(session: LdapSession, account: LdapAccount, holding: GroupHolding): Promise<void>;
  remove(session: LdapSession, account: LdapAccount, holding: GroupHolding): Promise<void>;
  members(session: LdapSession, holding: GroupHolding): Promise<LdapMember[]>;
}

/** Groups are found by name below their base; who is in them stands in the attribute `groups.member`. */
export function createLdapGroups(
  name: string,
  { people, groups }: LdapSettings,
  accounts: LdapAccounts,
): LdapGroups {
  const { base, member, memberOf, placeholder } = groups;

  function memberValue({ dn, login }: LdapAccount): string {
    return member === 'memberUid' ? login : dn;
  }

  function has(account: LdapAccount): EqualityFilter {
    return new EqualityFilter({ attribute: member, value: memberValue(account) });
  }

  /** The server compares names without case; here they are the same or they are not. */
  async function lookUp(session: LdapSession, { group, scope }: GroupHolding): Promise<string | undefined> {
    if (scope !== undefined) return undefined;
    const entries = await session.search(base, called(group), ['cn']);
    const [found, another] = entries.filter((entry) => valuesOf(entry, 'cn').includes(group));
    if (another !== undefined) throw refusal(`${name} has two groups “${group}”: have one of them renamed`);
    return found?.dn;
  }

  async function need(session: LdapSession, holding: GroupHolding): Promise<string> {
    const dn = await lookUp(session, holding);
    if (dn !== undefined) return dn;
    const where = holding.scope === undefined ? '' : ` in “${holding.scope}”: it has no such places`;
    throw refusal(`${name} has no group “${holding.group}”${where}: make it there, or correct the name`);
  }

  async function removeLast(session: LdapSession, dn: string, group: string, value: string): Promise<void> {
    if (placeholder === undefined) {
      throw refusal(
        `${name} lets no group be empty, and this is the last member of “${group}”: set “placeholder” in manifests/systems.yaml`,
      );
    }
    const changes = [changing('add', member, [placeholder]), changing('delete', member, [value])];
    await session.modify(dn, changes, NoSuchAttributeError, TypeOrValueExistsError);
  }

  async function memberOfValue(session: LdapSession, value: string): Promise<LdapMember> {
    const filter = new EqualityFilter({ attribute: people.login, value });
    const entry =
      member === 'memberUid'
        ? (await session.search(people.base, filter, accounts.attributes))[0]
        : await session.read(value, accounts.attributes);
    return entry === undefined ? { login: value } : accounts.read(entry);
  }

  return {
    async of(session, account) {
      const entries = await session.search(base, has(account), ['cn']);
      return entries.flatMap((entry) => valuesOf(entry, 'cn').slice(0, 1));
    },

    async holds(session, account, { group, scope }) {
      if (scope !== undefined) return false;
      const filters = [called(group), has(account)];
      const entries = await session.search(base, new AndFilter({ filters }), ['cn']);
      return entries.some((entry) => valuesOf(entry, 'cn').includes(group));
    },

    async add(session, account, holding) {
      const dn = await need(session, holding);
      await session.modify(dn, [changing('add', member, [memberValue(account)])], TypeOrValueExistsError);
    },

    async remove(session, account, holding) {
      const dn = await lookUp(session, holding);
      if (dn === undefined) return;
      const value = memberValue(account);
      try {
        await session.modify(dn, [changing('delete', member, [value])], NoSuchAttributeError);
      } catch (error) {
        if (!(error instanceof ObjectClassViolationError)) throw error;
        await removeLast(session, dn, holding.group, value);
      }
    },

    async members(session, holding) {
      const dn = await need(session, holding);
      if (memberOf) {
        const filter = new EqualityFilter({ attribute: 'memberOf', value: dn });
        const entries = await session.search(people.base, filter, accounts.attributes);
        return entries.map((entry) => accounts.read(entry));
      }
      const entry = await session.read(dn, [member]);
      const values = entry === undefined ? [] : valuesOf(entry, member);
      const found: LdapMember[] = [];
      for (const value of values.filter((value) => value !== placeholder)) {
        found.push(await memberOfValue(session, value));
      }
      return found;
    },
  };
}

function called(group: string): EqualityFilter {
  return new EqualityFilter({ attribute: 'cn', value: group });
}
