import { z } from 'zod';
import type { ChangeOrder, Holding, Identity, SystemConnector, SystemError } from '../domain/systems.ts';
import { createKeycloakAccounts, type KeycloakUser, userSchema, verifiedEmail } from './keycloak-accounts.ts';
import {
  type AskKeycloak,
  createKeycloakClient,
  type KeycloakSettings,
  keycloakSettings,
} from './keycloak-client.ts';
import {
  type ConnectorKind,
  type ConnectorSurroundings,
  changeKey,
  knownPerson,
  peopleOf,
  planByReading,
  refusal,
} from './systems.ts';

const PAGE = 100;

const groupSchema = z.object({ id: z.string(), path: z.string() });
const roleSchema = z.object({ id: z.string(), name: z.string() });
const consentsSchema = z.array(z.object({ clientId: z.string() }));
const done = z.unknown();

type GroupHolding = Extract<Holding, { kind: 'group' }>;
/** A role is named in full wherever it is given. */
type Named = { groupId: string } | { role: { id: string; name: string } };

/**
 * A realm of Keycloak. Of the holdings, `/engineering/platform` is a group by its path, and what has no slash in front is
 * a realm role.
 */
export const keycloak: ConnectorKind<KeycloakSettings> = {
  kind: 'keycloak',
  settings: keycloakSettings,
  open(name, settings, surroundings) {
    return openKeycloak(name, settings, surroundings);
  },
};

function openKeycloak(
  name: string,
  settings: KeycloakSettings,
  surroundings: ConnectorSurroundings,
): SystemConnector {
  const ask = createKeycloakClient(name, settings, surroundings);
  const accounts = createKeycloakAccounts(name, settings, ask);

  async function readBack(identity: Identity, holding: Holding): Promise<boolean> {
    const user = await accounts.find(identity);
    if (user === undefined) return false;
    return holding.kind === 'account' ? user.enabled : await holds(ask, user, holding);
  }

  async function accountFor({ identity, signal }: ChangeOrder): Promise<KeycloakUser | undefined> {
    signal?.throwIfAborted();
    return await accounts.find(identity);
  }

  return {
    name,
    capabilities: {
      accounts: true,
      groups: true,
      sessions: true,
      remembers: false,
      outlasts: [
        `An access token that ${name} handed out stays good until it ends, wherever it is not checked with ${name}: five minutes, unless the realm says otherwise`,
        `An application that keeps sessions of its own ends them only if it listens to ${name}’s back-channel logout`,
        `Who logs in to ${name} through another identity provider keeps their account and session there`,
      ],
    },
    idempotencyKey: changeKey,

    plan: planByReading(readBack),

    async apply(order) {
      const { holding } = order;
      const user = await accountFor(order);
      if (holding.kind === 'account') return await accounts.give(order.identity, user);
      if (user === undefined) throw noAccount(name, order.identity);
      const named = await lookUp(ask, holding);
      if (named === undefined) throw nothingNamed(name, holding);
      await accounts.mark(user, order.identity);
      try {
        await ask(
          (client) =>
            'role' in named
              ? client.users.addRealmRoleMappings({ id: user.id, roles: [named.role] })
              : client.users.addToGroup({ id: user.id, ...named }),
          done,
        );
      } catch (refusal) {
        // Of two who give the same at the same moment one is refused, with 409 or 400, though it is there.
        if (!(await holds(ask, user, holding))) throw refusal;
      }
    },

    readBack,

    async revoke(order) {
      const { holding } = order;
      const user = await accountFor(order);
      if (user === undefined) return;
      if (holding.kind === 'account') return await accounts.disable(user);
      const named = await lookUp(ask, holding);
      if (named === undefined) return;
      await ask(
        (client) =>
          'role' in named
            ? client.users.delRealmRoleMappings({ id: user.id, roles: [named.role] })
            : client.users.delFromGroup({ id: user.id, ...named }),
        done,
      );
    },

    async endSessions(identity) {
      const user = await accounts.find(identity);
      if (user === undefined) return;
      await ask((client) => client.users.logout({ id: user.id }), done);
      await revokeConsents(ask, user);
    },

    async holdings(identity) {
      const user = await accounts.find(identity);
      if (user === undefined) return [];
      const [groups, roles] = await Promise.all([groupsOf(ask, user), rolesOf(ask, user, settings)]);
      return [
        ...(user.enabled ? [{ kind: 'account' } as const] : []),
        ...[...groups, ...roles].map((group) => ({ kind: 'group', group }) as const),
      ];
    },

    async members(holding) {
      const named = await lookUp(ask, holding);
      if (named === undefined) throw nothingNamed(name, holding);
      await accounts.trustAttribute();
      const users = await allPages(ask, userSchema, (client, page) =>
        'role' in named
          ? client.roles.findUsersWithRole({ name: named.role.name, briefRepresentation: false, ...page })
          : client.groups.listMembers({ id: named.groupId, briefRepresentation: false, ...page }),
      );
      const people = await peopleOf(surroundings.directory);
      return users.map((user) => ({
        person: knownPerson(people, { person: accounts.personOf(user), email: verifiedEmail(user) }),
        login: user.username,
      }));
    },
  };
}

/** `undefined` where there is no such thing; what came back has to be what was asked for, whatever a path made of a name. */
async function lookUp(ask: AskKeycloak, { group, scope }: GroupHolding): Promise<Named | undefined> {
  if (scope !== undefined) return undefined;
  if (!group.startsWith('/')) {
    const role = await ask((client) => client.roles.findOneByName({ name: group }), roleSchema.nullable());
    return role?.name === group ? { role } : undefined;
  }
  const found = await ask(
    (client) =>
      client.realms.getGroupByPath({ realm: client.realmName, path: group }, { catchNotFound: true }),
    groupSchema.nullable(),
  );
  return found?.path === group ? { groupId: found.id } : undefined;
}

/** A role counts however it came, by a group or by another role: that is how applications see it. */
async function holds(ask: AskKeycloak, user: KeycloakUser, { group, scope }: GroupHolding): Promise<boolean> {
  if (scope !== undefined) return false;
  if (group.startsWith('/')) return (await groupsOf(ask, user)).includes(group);
  const effective = await ask(
    (client) => client.users.listCompositeRealmRoleMappings({ id: user.id }),
    z.array(roleSchema),
  );
  return effective.some(({ name }) => name === group);
}

async function groupsOf(ask: AskKeycloak, { id }: KeycloakUser): Promise<string[]> {
  const groups = await allPages(ask, groupSchema, (client, page) => client.users.listGroups({ id, ...page }));
  return groups.map(({ path }) => path);
}

/** Without what everybody with an account has. */
async function rolesOf(
  ask: AskKeycloak,
  { id }: KeycloakUser,
  { realm }: KeycloakSettings,
): Promise<string[]> {
  const roles = await ask((client) => client.users.listRealmRoleMappings({ id }), z.array(roleSchema));
  return roles.map(({ name }) => name).filter((name) => name !== `default-roles-${realm.toLowerCase()}`);
}

/**
 * Logging out leaves offline sessions, and an offline token of the same second goes on working: only with the consent to
 * its client does it end. Consents are told of by client, whether the person was asked or not.
 */
async function revokeConsents(ask: AskKeycloak, { id }: KeycloakUser): Promise<void> {
  const consents = await ask((client) => client.users.listConsents({ id }), consentsSchema);
  for (const { clientId } of consents) {
    await ask((client) => client.users.revokeConsent({ id, clientId }, { catchNotFound: true }), done);
  }
}

async function allPages<Item>(
  ask: AskKeycloak,
  item: z.ZodType<Item>,
  page: (
    client: Parameters<Parameters<AskKeycloak>[0]>[0],
    page: { first: number; max: number },
  ) => Promise<unknown>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const first = items.length;
    const next = await ask((client) => page(client, { first, max: PAGE }), z.array(item));
    items.push(...next);
    if (next.length < PAGE) return items;
  }
}

function noAccount(name: string, { email }: Identity): SystemError {
  return refusal(`${name} has no account with ${email}: give them the account first`);
}

function nothingNamed(name: string, { group, scope }: GroupHolding): SystemError {
  const what = group.startsWith('/')
    ? `group “${group}”`
    : `realm role “${group}” (a group’s path starts with a slash)`;
  const where = scope === undefined ? '' : ` in “${scope}”: a realm has no such places`;
  return refusal(`${name} has no ${what}${where}: make it there, or correct the name`);
}
