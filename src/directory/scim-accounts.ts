import { z } from 'zod';
import type { ChangeOrder, Identity, SystemError } from '../domain/systems.ts';
import { changing, type ScimClient, type ScimOperation } from './scim-client.ts';
import { inTwo, refusal } from './systems.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

export const userSchema = z.object({
  id: z.string().min(1),
  userName: z.string(),
  externalId: z.string().optional(),
  active: z.boolean().optional(),
  meta: z.object({ version: z.string().optional() }).optional(),
});

export type ScimUser = z.infer<typeof userSchema>;

export interface ScimAccounts {
  /** Of nobody else: a doubt about whose it is rejects, and is for a person to settle. */
  find(identity: Identity, signal?: AbortSignal): Promise<ScimUser | undefined>;
  /** Makes, adopts or enables it. */
  give(order: ChangeOrder): Promise<void>;
  /** Writes down whose it is, so that nobody who gets the e-mail address later gets the account with it. */
  claim(user: ScimUser, order: ChangeOrder): Promise<void>;
  disable(user: ScimUser, order: ChangeOrder): Promise<void>;
}

/** Accounts are known by `externalId`, which holds `Person.id`, and until they have it by a `userName` that is the e-mail address. */
export function createScimAccounts(name: string, client: ScimClient): ScimAccounts {
  async function find({ person, email }: Identity, signal?: AbortSignal): Promise<ScimUser | undefined> {
    const marked = await client.find('Users', { where: 'externalId', is: person }, userSchema, signal);
    if (marked.length > 1) throw doubt('with the id', person, 'there is another one');
    return marked[0] ?? (await findByUserName(email, signal));
  }

  async function findByUserName(email: string, signal?: AbortSignal): Promise<ScimUser | undefined> {
    const found = await client.find('Users', { where: 'userName', is: email }, userSchema, signal);
    if (found.length > 1) throw doubt('called', email, 'there is another one');
    if (found[0]?.externalId) throw doubt('called', email, 'its externalId says it is somebody else’s');
    return found[0];
  }

  function doubt(how: string, what: string, why: string): SystemError {
    return refusal(
      `${name} has an account ${how} ${what}, but ${why}: find out whose it is, and have its administrator correct it`,
    );
  }

  async function change(user: ScimUser, operations: ScimOperation[], { signal }: ChangeOrder): Promise<void> {
    if (operations.length === 0) return;
    const version = user.meta?.version;
    const status = await client.patch('Users', user.id, operations, { version, unless: [412], signal });
    if (status === 412) throw changing(name);
  }

  return {
    find,

    async give(order) {
      const { identity, signal } = order;
      const known = await find(identity, signal);
      if (known === undefined && (await client.create('Users', newUser(identity), signal))) return;
      // Somebody else was faster: it may be the same request.
      const user = known ?? (await find(identity, signal));
      if (user === undefined) {
        throw refusal(
          `${name} says that there is an account like that of ${identity.email}, and does not show it: look for it there`,
        );
      }
      const enable: ScimOperation[] =
        user.active === false ? [{ op: 'replace', path: 'active', value: true }] : [];
      await change(user, [...claiming(user, identity), ...enable], order);
    },

    claim: (user, order) => change(user, claiming(user, order.identity), order),

    async disable({ id, active }, { signal }) {
      if (active === false) return;
      await client.patch('Users', id, [{ op: 'replace', path: 'active', value: false }], { signal });
    },
  };
}

function claiming({ externalId }: ScimUser, { person }: Identity): ScimOperation[] {
  return externalId ? [] : [{ op: 'add', path: 'externalId', value: person }];
}

function newUser({ person, name, email }: Identity): object {
  const { given, family } = inTwo(name);
  return {
    schemas: [USER],
    externalId: person,
    userName: email,
    displayName: name,
    name: { formatted: name, givenName: given, familyName: family },
    emails: [{ value: email, type: 'work', primary: true }],
    active: true,
  };
}
