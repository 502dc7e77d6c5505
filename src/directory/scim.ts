import { z } from 'zod';
import type { ChangeOrder, Holding, Identity, SystemConnector, SystemMember } from '../domain/systems.ts';
import { createScimAccounts, type ScimAccounts, type ScimUser, userSchema } from './scim-accounts.ts';
import { createScimClient, type ScimClient, type ScimSettings, scimSettings } from './scim-client.ts';
import {
  type ConnectorKind,
  changeKey,
  knownPerson,
  peopleOf,
  planByReading,
  refusal,
  refusedBy,
} from './systems.ts';

const groupSchema = z.object({
  id: z.string().min(1),
  displayName: z.string(),
  members: z
    .array(z.object({ value: z.string(), display: z.string().optional(), type: z.string().optional() }))
    .default([]),
});
const GROUP = ['displayName', 'members'];

type ScimGroup = z.infer<typeof groupSchema>;
type GroupHolding = Extract<Holding, { kind: 'group' }>;

/** Anything with a SCIM 2.0 interface: accounts, and groups by their `displayName`. */
export const scim: ConnectorKind<ScimSettings> = {
  kind: 'scim',
  settings: scimSettings,
  open(name, settings, surroundings) {
    const client = createScimClient(name, settings, surroundings);
    return openScim(name, client, createScimAccounts(name, client), () => peopleOf(surroundings.directory));
  },
};

function openScim(
  name: string,
  client: ScimClient,
  accounts: ScimAccounts,
  people: () => ReturnType<typeof peopleOf>,
): SystemConnector {
  async function readBack(identity: Identity, holding: Holding, signal?: AbortSignal): Promise<boolean> {
    const user = await accounts.find(identity, signal);
    if (user === undefined) return false;
    if (holding.kind === 'account') return isActive(user);
    const group = await findGroup(name, client, holding, signal);
    return group !== undefined && isIn(group, user);
  }

  return {
    name,
    capabilities: {
      accounts: true,
      groups: true,
      sessions: false,
      remembers: false,
      outlasts: [
        `Who is signed in to ${name} stays so until the session ends by itself, unless ${name} ends those of disabled accounts`,
        `Tokens and keys that somebody made in ${name} for themselves may go on working`,
      ],
    },
    idempotencyKey: changeKey,

    plan: planByReading(readBack),

    async apply(order) {
      if (order.holding.kind === 'account') return await accounts.give(order);
      const { user, group } = await memberToBe(order, order.holding);
      await accounts.claim(user, order);
      if (!isIn(group, user)) await changeMembers(order, group, add(user));
    },

    readBack,

    async revoke(order) {
      const user = await accounts.find(order.identity, order.signal);
      if (user === undefined) return;
      if (order.holding.kind === 'account') return await accounts.disable(user, order);
      const group = await findGroup(name, client, order.holding, order.signal);
      if (group !== undefined && isIn(group, user)) await changeMembers(order, group, remove(user));
    },

    endSessions: async () => {
      throw refusal(`${name} has no way to end sessions: have its administrator sign the person out`);
    },

    async holdings(identity) {
      const user = await accounts.find(identity);
      if (user === undefined) return [];
      const groups = await client.list('Groups', GROUP, groupSchema);
      return [
        ...(isActive(user) ? [{ kind: 'account' } as const] : []),
        ...groups
          .filter((group) => isIn(group, user))
          .map(({ displayName }) => ({ kind: 'group', group: displayName }) as const),
      ];
    },

    async members(holding) {
      const group = await findGroup(name, client, holding);
      if (group === undefined || group.members.length === 0) return [];
      const [users, directory] = await Promise.all([
        client.list('Users', ['userName', 'externalId'], userSchema),
        people(),
      ]);
      const byId = new Map(users.map((user) => [user.id, user]));
      // Some servers add somebody again who is added twice at the same time.
      const members = new Map(group.members.map((member) => [member.value, member]));
      return [...members].map(([id, member]): SystemMember => {
        const user = byId.get(id);
        if (user === undefined) return { login: nameOf(member) };
        const { externalId: person, userName: login } = user;
        return { person: knownPerson(directory, { person, email: login }), login };
      });
    },
  };

  async function memberToBe({ identity, signal }: ChangeOrder, holding: GroupHolding) {
    const user = await accounts.find(identity, signal);
    if (user === undefined) {
      throw refusal(`${identity.name} has no account in ${name}: give them one first`);
    }
    const group = await findGroup(name, client, holding, signal);
    if (group === undefined) throw noSuchGroup(holding);
    return { user, group };
  }

  function noSuchGroup({ group, scope }: GroupHolding) {
    if (scope === undefined) return refusal(`${name} has no group “${group}”: create it there`);
    return refusal(`${name} has no group “${group}” in “${scope}”: its groups are in no place, leave it out`);
  }

  /** Of a member that is there already, or gone, servers say different things: what counts is what is there then. */
  async function changeMembers(order: ChangeOrder, group: ScimGroup, change: MemberChange): Promise<void> {
    const { identity, holding, signal } = order;
    const status = await client.patch('Groups', group.id, [change.operation], {
      unless: [400, 404, 409, 412],
      signal,
    });
    if (status < 300) return;
    if ((await readBack(identity, holding, signal)) !== change.held) throw refusedBy(name, status);
  }
}

interface MemberChange {
  held: boolean;
  operation: Parameters<ScimClient['patch']>[2][number];
}

function add({ id }: ScimUser): MemberChange {
  return { held: true, operation: { op: 'add', path: 'members', value: [{ value: id }] } };
}

function remove({ id }: ScimUser): MemberChange {
  return { held: false, operation: { op: 'remove', path: `members[value eq ${JSON.stringify(id)}]` } };
}

/** SCIM groups count everywhere: one with a place is another system's. */
async function findGroup(
  name: string,
  client: ScimClient,
  { group, scope }: GroupHolding,
  signal?: AbortSignal,
): Promise<ScimGroup | undefined> {
  if (scope !== undefined) return undefined;
  const query = { where: 'displayName', is: group, attributes: GROUP } as const;
  const [found, another] = await client.find('Groups', query, groupSchema, signal);
  if (another === undefined) return found;
  throw refusal(`${name} has two groups “${group}”: have its administrator rename one`);
}

function isIn({ members }: ScimGroup, { id }: ScimUser): boolean {
  return members.some(({ value }) => value === id);
}

/** Where a server knows no disabled accounts, all are active. */
function isActive({ active = true }: ScimUser): boolean {
  return active;
}

/** Of a group in a group, or of somebody who has just been deleted. */
function nameOf({ value, display = value, type }: ScimGroup['members'][number]): string {
  return type === 'Group' ? `Group ${display}` : display;
}
