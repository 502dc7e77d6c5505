import {
  AlreadyExistsError,
  Attribute,
  Change,
  DN,
  type Entry,
  EqualityFilter,
  NoSuchAttributeError,
  OrFilter,
} from 'ldapts';
import { type Identity, SystemError } from '../domain/systems.ts';
import type { LdapSession } from './ldap-session.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { refusal } from './systems.ts';

export interface LdapAccount {
  dn: string;
  login: string;
  email: string | undefined;
  person: string | undefined;
  enabled: boolean;
  /** Of the attribute that disables it. */
  state: string | undefined;
}

export interface LdapAccounts {
  /** What an entry has to be read with. */
  attributes: string[];
  read(entry: Entry): LdapAccount;
  /** Of nobody else: a doubt about whose it is rejects, and is for a person to settle. */
  find(session: LdapSession, identity: Identity): Promise<LdapAccount | undefined>;
  /** Makes, adopts or enables it. */
  give(session: LdapSession, identity: Identity, account: LdapAccount | undefined): Promise<void>;
  /** Writes down whose it is, so that nobody who gets the e-mail address later gets the account with it. */
  mark(session: LdapSession, identity: Identity, account: LdapAccount): Promise<void>;
  disable(session: LdapSession, account: LdapAccount): Promise<void>;
}

/** Accounts are known by an attribute that holds `Person.id`, and by their e-mail address until they have it. */
export function createLdapAccounts(name: string, { bind, people }: LdapSettings): LdapAccounts {
  const { personAttribute, login, disable } = people;
  const attributes = [personAttribute, login, 'mail', disable.attribute];

  function read(entry: Entry): LdapAccount {
    const [state] = valuesOf(entry, disable.attribute);
    return {
      dn: entry.dn,
      login: valuesOf(entry, login)[0] ?? entry.dn,
      email: valuesOf(entry, 'mail')[0],
      person: valuesOf(entry, personAttribute)[0],
      enabled: !isDisabled(disable, state),
      state,
    };
  }

  async function find(session: LdapSession, { person, email }: Identity): Promise<LdapAccount | undefined> {
    const filters = [
      new EqualityFilter({ attribute: personAttribute, value: person }),
      new EqualityFilter({ attribute: 'mail', value: email }),
    ];
    const entries = await session.search(people.base, new OrFilter({ filters }), attributes);
    const marked = entries.filter((entry) => valuesOf(entry, personAttribute).includes(person));
    const [account, another] = marked.length > 0 ? marked : entries.filter((entry) => hasMail(entry, email));
    if (account === undefined) return undefined;
    if (another !== undefined) throw doubt(email, 'is not the only one');
    const found = read(account);
    if (marked.length === 0 && found.person !== undefined) throw doubt(email, 'is somebody else’s');
    if (found.dn.toLowerCase() === bind.dn.toLowerCase()) throw doubt(email, 'is Purser’s own');
    return found;
  }

  function doubt(email: string, why: string): SystemError {
    return refusal(
      `${name} has an account for ${email} that ${why}: find out whose it is, and have its administrator write that person’s id into “${personAttribute}” there`,
    );
  }

  /** Whether it was made; not where there is one of this name. */
  async function create(
    session: LdapSession,
    { person, name: personName, email }: Identity,
  ): Promise<boolean> {
    if (people.objectClasses === undefined) {
      throw refusal(
        `${name} has no account for ${email}, and Purser makes none there: make one with this address as “mail”, and try again`,
      );
    }
    const dn = `${new DN().addPairRDN(login, person).toString()},${people.base}`;
    const account = {
      objectClass: people.objectClasses,
      [login]: person,
      [personAttribute]: person,
      cn: personName,
      sn: personName.split(' ').at(-1) || personName,
      mail: email,
    };
    try {
      await session.add(dn, account);
      return true;
    } catch (error) {
      if (error instanceof AlreadyExistsError) return false;
      throw error;
    }
  }

  async function mark(session: LdapSession, { person }: Identity, account: LdapAccount): Promise<void> {
    if (account.person !== undefined) return;
    await session.modify(account.dn, [replacing(personAttribute, [person])]);
  }

  async function enable(session: LdapSession, { dn, state }: LdapAccount, enabled: boolean): Promise<void> {
    if (!('bit' in disable)) {
      const value = enabled ? disable.enabled : disable.disabled;
      return await session.modify(dn, [replacing(disable.attribute, value === undefined ? [] : [value])]);
    }
    const before = Number(state ?? 0);
    const now = enabled ? before & ~disable.bit : before | disable.bit;
    if (now === before) return;
    // Only if the other bits are still what they were.
    const changes = [
      ...(state === undefined ? [] : [changing('delete', disable.attribute, [state])]),
      changing('add', disable.attribute, [String(now)]),
    ];
    await session.modify(dn, changes, NoSuchAttributeError);
    const entry = await session.read(dn, attributes);
    if (entry === undefined || read(entry).enabled === enabled) return;
    throw new SystemError(`Somebody else changed an account in ${name} at the same moment`, {
      retryable: true,
    });
  }

  return {
    attributes,
    read,
    find,
    mark,

    async give(session, identity, known) {
      if (known === undefined && (await create(session, identity))) return;
      // Somebody else was faster: it may be the same request.
      const account = known ?? (await find(session, identity));
      if (account === undefined) {
        throw refusal(
          `${name} has an account called ${identity.person} that is not theirs: have its administrator rename it`,
        );
      }
      await mark(session, identity, account);
      if (!account.enabled) await enable(session, account, true);
    },

    disable: (session, account) => enable(session, account, false),
  };
}

/** Attributes' names come back as the server spells them. */
export function valuesOf(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  const found = key === undefined ? [] : entry[key];
  return [found ?? []].flat().map(String);
}

export function changing(operation: 'add' | 'delete' | 'replace', type: string, values: string[]): Change {
  return new Change({ operation, modification: new Attribute({ type, values }) });
}

function replacing(type: string, values: string[]): Change {
  return changing('replace', type, values);
}

function isDisabled(disable: LdapSettings['people']['disable'], state: string | undefined): boolean {
  return 'bit' in disable ? (Number(state ?? 0) & disable.bit) !== 0 : state === disable.disabled;
}

function hasMail(entry: Entry, email: string): boolean {
  return valuesOf(entry, 'mail').some((mail) => mail.toLowerCase() === email.toLowerCase());
}
