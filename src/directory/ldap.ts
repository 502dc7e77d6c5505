import type { Holding, Identity, SystemConnector } from '../domain/systems.ts';
import { createLdapAccounts } from './ldap-accounts.ts';
import { createLdapGroups } from './ldap-groups.ts';
import { createLdap } from './ldap-session.ts';
import { type LdapSettings, ldapSettings } from './ldap-settings.ts';
import {
  type ConnectorKind,
  type ConnectorSurroundings,
  changeKey,
  knownPerson,
  peopleOf,
  planByReading,
  refusal,
} from './systems.ts';

/** A directory that speaks LDAP. Groups are named by their `cn`. */
export const ldap: ConnectorKind<LdapSettings> = {
  kind: 'ldap',
  settings: ldapSettings,
  open(name, settings, surroundings) {
    return openLdap(name, settings, surroundings);
  },
};

function openLdap(
  name: string,
  settings: LdapSettings,
  surroundings: ConnectorSurroundings,
): SystemConnector {
  const withLdap = createLdap(name, settings, surroundings);
  const accounts = createLdapAccounts(name, settings);
  const groups = createLdapGroups(name, settings, accounts);

  function readBack(identity: Identity, holding: Holding): Promise<boolean> {
    return withLdap(async (session) => {
      const account = await accounts.find(session, identity);
      if (account === undefined) return false;
      return holding.kind === 'account' ? account.enabled : await groups.holds(session, account, holding);
    });
  }

  return {
    name,
    capabilities: {
      accounts: true,
      groups: true,
      sessions: false,
      remembers: false,
      outlasts: whatOutlasts(name, settings),
    },
    idempotencyKey: changeKey,

    plan: planByReading(readBack),

    async apply({ identity, holding, signal }) {
      signal?.throwIfAborted();
      await withLdap(async (session) => {
        const account = await accounts.find(session, identity);
        if (holding.kind === 'account') return await accounts.give(session, identity, account);
        if (account === undefined) {
          throw refusal(`${name} has no account for ${identity.email}: give them the account first`);
        }
        await accounts.mark(session, identity, account);
        await groups.add(session, account, holding);
      });
    },

    readBack,

    async revoke({ identity, holding, signal }) {
      signal?.throwIfAborted();
      await withLdap(async (session) => {
        const account = await accounts.find(session, identity);
        if (account === undefined) return;
        if (holding.kind === 'account') await accounts.disable(session, account);
        else await groups.remove(session, account, holding);
      });
    },

    async endSessions() {
      throw refusal(`${name} knows of no sessions: applications that ask it at login keep their own`);
    },

    holdings(identity) {
      return withLdap(async (session) => {
        const account = await accounts.find(session, identity);
        if (account === undefined) return [];
        const held = (await groups.of(session, account)).map((group) => ({ kind: 'group', group }) as const);
        return account.enabled ? [{ kind: 'account' } as const, ...held] : held;
      });
    },

    async members(holding) {
      const found = await withLdap((session) => groups.members(session, holding));
      const people = await peopleOf(surroundings.directory);
      return found.map((member) => ({ person: knownPerson(people, member), login: member.login }));
    },
  };
}

function whatOutlasts(name: string, { people }: LdapSettings): string[] {
  return [
    `Whoever is logged in stays logged in where an application asks ${name} only at the login: its sessions end on their own`,
    `Kerberos tickets, SSH keys and passwords that a machine remembers stay good until they end`,
    ...(people.disable.attribute.toLowerCase() === 'loginshell'
      ? [
          `The password stays good: without a shell nobody logs in to a machine, but applications still take it`,
        ]
      : []),
  ];
}
