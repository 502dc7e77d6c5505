import { z } from 'zod';
import { type Identity, SystemError } from '../domain/systems.ts';
import { type AskKeycloak, type KeycloakSettings, unlessThere } from './keycloak-client.ts';
import { inTwo, refusal } from './systems.ts';

export const userSchema = z.looseObject({
  id: z.string(),
  username: z.string(),
  enabled: z.boolean(),
  email: z.string().optional(),
  emailVerified: z.boolean().optional(),
  attributes: z.record(z.string(), z.array(z.string())).optional(),
});

export type KeycloakUser = z.infer<typeof userSchema>;

const profileSchema = z.object({
  attributes: z.array(
    z.object({ name: z.string(), permissions: z.object({ edit: z.array(z.string()) }).optional() }),
  ),
  unmanagedAttributePolicy: z.string().optional(),
});

const createdSchema = z.object({ id: z.string() }).optional();

/** Keycloak takes none of these in a name. */
const NOT_IN_NAMES = /[<>&"$%!#?§;*~/\\|^=[\]{}()\p{Cc}\s]+/gu;

export interface KeycloakAccounts {
  /** Of nobody else: a doubt about whose it is rejects, and is for a person to settle. */
  find(identity: Identity): Promise<KeycloakUser | undefined>;
  /** Makes, adopts or enables it. */
  give(identity: Identity, user: KeycloakUser | undefined): Promise<void>;
  /** Writes down whose it is, so that nobody who gets the e-mail address later gets the account with it. */
  mark(user: KeycloakUser, identity: Identity): Promise<void>;
  disable(user: KeycloakUser): Promise<void>;
  personOf(user: KeycloakUser): string | undefined;
  /** Rejects unless administrators alone write the attribute that says whose an account is. */
  trustAttribute(): Promise<void>;
}

/** Accounts are known by an attribute that holds `Person.id`, and by a verified e-mail address until they have it. */
export function createKeycloakAccounts(
  name: string,
  { personAttribute }: KeycloakSettings,
  ask: AskKeycloak,
): KeycloakAccounts {
  let trusted = false;

  async function trustAttribute(): Promise<void> {
    if (trusted) return;
    const profile = await ask((client) => client.users.getProfile(), profileSchema);
    if (!administratorsAloneWrite(personAttribute, profile)) {
      throw refusal(
        `${name} has no attribute “${personAttribute}” that only administrators edit: add it under Realm settings → User profile`,
      );
    }
    trusted = true;
  }

  function personOf({ attributes }: KeycloakUser): string | undefined {
    return attributes?.[personAttribute]?.[0];
  }

  async function find({ person, email }: Identity): Promise<KeycloakUser | undefined> {
    await trustAttribute();
    const q = `${personAttribute}:"${person.replace(/["\\]/g, '\\$&')}"`;
    const marked = (await search({ q })).filter((user) => personOf(user) === person);
    if (marked.length > 1) {
      throw refusal(
        `${name} has two accounts with “${person}” in “${personAttribute}”: have its administrator correct one`,
      );
    }
    return marked[0] ?? (await findByEmail(person, email));
  }

  async function findByEmail(person: string, email: string): Promise<KeycloakUser | undefined> {
    const found = await search({ email, exact: true });
    const [user, another] = found.filter((user) => user.email?.toLowerCase() === email.toLowerCase());
    if (user === undefined) return undefined;
    if (another !== undefined) throw doubt(email, 'is not the only one');
    // Marked only since it was searched for, by another request: known.
    if (personOf(user) === person) return user;
    if (personOf(user) !== undefined) throw doubt(email, 'is somebody else’s');
    if (verifiedEmail(user) === undefined) throw doubt(email, 'never verified the address');
    return user;
  }

  async function search(query: { q: string } | { email: string; exact: true }): Promise<KeycloakUser[]> {
    return await ask((client) => client.users.find({ ...query, max: 2 }), z.array(userSchema));
  }

  function doubt(email: string, why: string): SystemError {
    return refusal(
      `${name} has an account with ${email} that ${why}: find out whose it is, and have its administrator write that person’s id into “${personAttribute}” there`,
    );
  }

  /** Whether it was made; not where the username or the address is taken. */
  async function create({ person, name: personName, email }: Identity): Promise<boolean> {
    const account = {
      username: email,
      email,
      emailVerified: true,
      enabled: true,
      ...namesOf(personName),
      attributes: { [personAttribute]: [person] },
    };
    const made = await ask((client) => client.users.create(account).catch(unlessThere), createdSchema);
    return made !== undefined;
  }

  /** As a whole: of an account that is sent with attributes, Keycloak forgets what is not sent with them. */
  async function mark(user: KeycloakUser, identity: Identity): Promise<void> {
    const { person } = identity;
    if (personOf(user) === person) return;
    const attributes = { ...user.attributes, [personAttribute]: [person] };
    const written = await ask(
      (client) => client.users.update({ id: user.id }, { ...user, attributes }).then(() => true, unlessThere),
      z.boolean().optional(),
    );
    if (written) return;
    const now = await find(identity);
    if (now !== undefined && personOf(now) === person) return;
    throw new SystemError(`Somebody else changed an account in ${name} at the same moment`, {
      retryable: true,
    });
  }

  async function enable({ id }: KeycloakUser, enabled: boolean): Promise<void> {
    await ask((client) => client.users.update({ id }, { enabled }), z.unknown());
  }

  return {
    find,
    mark,
    personOf,
    trustAttribute,

    async give(identity, known) {
      if (known === undefined && (await create(identity))) return;
      // Somebody else was faster: it may be the same request.
      const user = known ?? (await find(identity));
      if (user === undefined) {
        throw refusal(
          `${name} has an account with the username ${identity.email}, but another address: have its administrator rename it`,
        );
      }
      await mark(user, identity);
      if (!user.enabled) await enable(user, true);
    },

    disable: (user) => enable(user, false),
  };
}

/** Anybody can write down an address. */
export function verifiedEmail({ email, emailVerified }: KeycloakUser): string | undefined {
  return emailVerified === true ? email : undefined;
}

function administratorsAloneWrite(name: string, profile: z.infer<typeof profileSchema>): boolean {
  const declared = profile.attributes.find((attribute) => attribute.name === name);
  if (declared === undefined) return profile.unmanagedAttributePolicy === 'ADMIN_EDIT';
  return !(declared.permissions?.edit ?? []).includes('user');
}

function namesOf(name: string): { firstName?: string; lastName?: string } {
  const { given, family } = inTwo(name.replace(NOT_IN_NAMES, ' '));
  return { firstName: given, lastName: family };
}
