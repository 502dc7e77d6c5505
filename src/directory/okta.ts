import { z } from 'zod';
import type { ChangeOrder, Holding, Identity, SystemConnector, SystemMember } from '../domain/systems.ts';
import { createOktaClient, type OktaClient, type OktaSettings, oktaSettings } from './okta-client.ts';
import {
  type ConnectorKind,
  changeKey,
  inTwo,
  knownPerson,
  peopleOf,
  planByReading,
  refusal,
  refusedBy,
} from './systems.ts';

const PAGE = 200;
/** Groups that Okta itself keeps. */
const OWN = 'OKTA_GROUP';
/** Okta refuses longer ones. */
const LONGEST_NAME = 50;

const userSchema = z.object({
  id: z.string().min(1),
  status: z.enum([
    'STAGED',
    'PROVISIONED',
    'ACTIVE',
    'RECOVERY',
    'LOCKED_OUT',
    'PASSWORD_EXPIRED',
    'SUSPENDED',
    'DEPROVISIONED',
  ]),
  profile: z.object({ login: z.string() }),
});
const groupSchema = z.object({
  id: z.string().min(1),
  type: z.string(),
  profile: z.object({ name: z.string() }),
});
const done = z.unknown();

type User = z.infer<typeof userSchema>;
type Group = z.infer<typeof groupSchema>;
type GroupHolding = Extract<Holding, { kind: 'group' }>;

interface Org {
  name: string;
  client: OktaClient;
}

/** An Okta organisation: accounts, and groups by their name. */
export const okta: ConnectorKind<OktaSettings> = {
  kind: 'okta',
  settings: oktaSettings,
  open(name, settings, surroundings) {
    const org: Org = { name, client: createOktaClient(name, settings, surroundings) };
    return openOkta(org, () => peopleOf(surroundings.directory));
  },
};

function openOkta(org: Org, people: () => ReturnType<typeof peopleOf>): SystemConnector {
  const { name, client } = org;

  async function readBack(identity: Identity, holding: Holding): Promise<boolean> {
    const user = await findUser(org, identity);
    if (user === undefined) return false;
    if (holding.kind === 'account') return isOpen(user);
    if (holding.scope !== undefined) return false;
    return (await groupsOf(org, user)).some(({ profile }) => profile.name === holding.group);
  }

  return {
    name,
    capabilities: {
      accounts: true,
      groups: true,
      sessions: true,
      remembers: false,
      outlasts: [
        `An application keeps a session of its own until it ends, unless ${name} tells it by Universal Logout`,
        `An access token stays good until it ends, wherever it is not checked with ${name}: an hour, unless the authorisation server says otherwise`,
      ],
    },
    idempotencyKey: changeKey,

    plan: planByReading(readBack),

    apply: (order) => apply(org, order),
    readBack,
    revoke: (order) => revoke(org, order),

    async endSessions(identity) {
      const user = await findUser(org, identity);
      if (user === undefined) return;
      await client.askUnless(
        [404],
        ({ userApi }) => userApi.revokeUserSessions({ userId: user.id, oauthTokens: true }),
        done,
      );
    },

    async holdings(identity) {
      const user = await findUser(org, identity);
      if (user === undefined) return [];
      const groups = (await groupsOf(org, user)).filter(({ type }) => type !== 'BUILT_IN');
      return [
        ...(isOpen(user) ? [{ kind: 'account' } as const] : []),
        ...groups.map(({ profile }) => ({ kind: 'group', group: profile.name }) as const),
      ];
    },

    async members(holding) {
      const group = await findGroup(org, holding);
      if (group === undefined) return [];
      const [users, directory] = await Promise.all([
        client.list(
          ({ groupApi }) => groupApi.listGroupUsers({ groupId: group.id, limit: PAGE }),
          userSchema,
        ),
        people(),
      ]);
      return users.map(
        ({ profile: { login } }): SystemMember => ({
          person: knownPerson(directory, { email: login }),
          login,
        }),
      );
    },
  };
}

async function apply(org: Org, { identity, holding, signal }: ChangeOrder): Promise<void> {
  signal?.throwIfAborted();
  const user = await findUser(org, identity);
  if (holding.kind === 'account') return await giveAccount(org, identity, user, signal);
  if (user === undefined) {
    throw refusal(`${identity.name} has no account in ${org.name}: give them one first`);
  }
  const group = await findGroup(org, holding);
  if (group === undefined) throw noSuchGroup(org, holding);
  assertOurs(org, group);
  signal?.throwIfAborted();
  const membership = { userId: user.id, groupId: group.id };
  await org.client.ask(({ groupApi }) => groupApi.assignUserToGroup(membership), done);
}

async function revoke(org: Org, { identity, holding, signal }: ChangeOrder): Promise<void> {
  signal?.throwIfAborted();
  const user = await findUser(org, identity);
  if (user === undefined) return;
  if (holding.kind === 'account') return await closeAccount(org, identity, user, signal);
  if (holding.scope !== undefined) return;
  const group = named(await groupsOf(org, user), holding.group);
  if (group === undefined) return;
  assertOurs(org, group);
  signal?.throwIfAborted();
  const membership = { userId: user.id, groupId: group.id };
  await org.client.askUnless([404], ({ groupApi }) => groupApi.unassignUserFromGroup(membership), done);
}

async function giveAccount(
  org: Org,
  identity: Identity,
  known: User | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  if (known === undefined && (await createUser(org, identity))) return;
  // Somebody else was faster: it may be the same request.
  const user = known ?? (await findUser(org, identity));
  if (user === undefined) {
    throw refusal(
      `${org.name} makes no account for ${identity.email}, and does not show one: look there whether another account has the address`,
    );
  }
  if (isOpen(user)) return;
  const { id: userId } = user;
  const suspended = user.status === 'SUSPENDED';
  await settle(org, identity, true, ({ userApi }) =>
    suspended ? userApi.unsuspendUser({ userId }) : userApi.activateUser({ userId, sendEmail: true }),
  );
}

/** Suspended, a person keeps groups and applications. Okta suspends only whoever has logged in once: others are deactivated. */
async function closeAccount(
  org: Org,
  identity: Identity,
  user: User,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isOpen(user)) return;
  signal?.throwIfAborted();
  const { id: userId } = user;
  const suspend = user.status === 'ACTIVE';
  await settle(org, identity, false, ({ userApi }) =>
    suspend ? userApi.suspendUser({ userId }) : userApi.deactivateUser({ userId }),
  );
}

/** Okta refuses to suspend twice, and the like: what counts is what is so then. */
async function settle(
  org: Org,
  identity: Identity,
  open: boolean,
  call: Parameters<OktaClient['ask']>[0],
): Promise<void> {
  const taken = async (client: Parameters<typeof call>[0]) => {
    await call(client);
    return true;
  };
  if (await org.client.askUnless([400, 404], taken, z.literal(true))) return;
  const user = await findUser(org, identity);
  if ((user !== undefined && isOpen(user)) !== open) throw refusedBy(org.name, 400);
}

/** Whether it was made; not where the login or the address is taken. */
async function createUser({ client }: Org, { name, email }: Identity): Promise<boolean> {
  const { given, family = given } = inTwo(name);
  const profile = {
    login: email,
    email,
    firstName: given.slice(0, LONGEST_NAME),
    lastName: family.slice(0, LONGEST_NAME),
  };
  const create = { body: { profile }, activate: true };
  return (
    (await client.askUnless([400], ({ userApi }) => userApi.createUser(create), userSchema)) !== undefined
  );
}

/** By `filter`, which knows of every change, as `search` does not for a while. */
async function findUser({ client }: Org, { email }: Identity): Promise<User | undefined> {
  const filter = `profile.login eq ${JSON.stringify(email)}`;
  const found = await client.list(({ userApi }) => userApi.listUsers({ filter, limit: PAGE }), userSchema);
  return found.find(({ profile }) => profile.login.toLowerCase() === email.toLowerCase());
}

async function findGroup({ client }: Org, { group, scope }: GroupHolding): Promise<Group | undefined> {
  if (scope !== undefined) return undefined;
  const search = `profile.name eq ${JSON.stringify(group)}`;
  const found = await client.list(
    ({ groupApi }) => groupApi.listGroups({ search, limit: PAGE }),
    groupSchema,
  );
  return named(found, group);
}

async function groupsOf({ client }: Org, { id: userId }: User): Promise<Group[]> {
  return await client.list(({ userApi }) => userApi.listUserGroups({ userId }), groupSchema);
}

/** A group of an application may be called like one of Okta’s own. */
function named(groups: Group[], name: string): Group | undefined {
  const found = groups.filter(({ profile }) => profile.name === name);
  return found.find(({ type }) => type === OWN) ?? found[0];
}

function assertOurs({ name }: Org, { type, profile }: Group): void {
  if (type === OWN) return;
  throw refusal(`${name} does not decide who is in “${profile.name}”: change it where the group comes from`);
}

function noSuchGroup({ name }: Org, { group, scope }: GroupHolding) {
  if (scope === undefined) return refusal(`${name} has no group “${group}”: create it there`);
  return refusal(`${name} has no group “${group}” in “${scope}”: its groups are in no place, leave it out`);
}

/** Whether somebody can log in, be it after choosing a password. */
function isOpen({ status }: User): boolean {
  return !['STAGED', 'SUSPENDED', 'DEPROVISIONED'].includes(status);
}
