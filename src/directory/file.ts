import { z } from 'zod';
import { type DirectorySnapshot, findPerson, findTeam } from '../domain/people.ts';
import { idSchema, type PlatformConfig } from '../domain/platform.ts';
import type { DirectoryChangeStore } from '../domain/ports.ts';
import {
  type ChangeOrder,
  type Holding,
  type Identity,
  type SystemConnector,
  SystemError,
  type SystemMember,
} from '../domain/systems.ts';
import type { DirectoryConnector } from './connector.ts';
import {
  isMember,
  layOver,
  type Membership,
  membershipOf,
  membershipsOf,
  membersOf,
  withoutWord,
  wordOf,
} from './overlay.ts';
import { OWN_WORDS } from './platform-file.ts';
import { type ConnectorKind, changeKey, refusal, refusalIn } from './systems.ts';

/** People and teams as `platform.yaml` has them, and as Purser was asked to change them since. */
export function createFileConnector(
  platform: () => Promise<PlatformConfig>,
  changes: Pick<DirectoryChangeStore, 'list'>,
): DirectoryConnector {
  return {
    name: 'file',
    async read() {
      const [{ people, teams }, made] = await Promise.all([platform(), changes.list()]);
      return layOver({ people, teams }, made);
    },
  };
}

const settingsSchema = z.strictObject({
  /** Platform roles that people may be given, as `role/<id>`. Teams can be given anyway, as `team/<id>` and `leads/<id>`. */
  roles: z.array(idSchema).default([]),
});
type Settings = z.infer<typeof settingsSchema>;

interface Own {
  system: string;
  settings: Settings;
  platform(): Promise<PlatformConfig>;
  changes: DirectoryChangeStore;
}

/** Purser's own directory: `platform.yaml` stays as it is, what is changed lies on top of it. */
export const file: ConnectorKind<Settings> = {
  kind: 'file',
  settings: settingsSchema,
  misfit: (system, settings, { holding, platform }) =>
    refusalIn(() => offered({ system, settings }, platform, holding)),
  open(system, settings, { platform, directoryChanges: changes }): SystemConnector {
    const own: Own = { system, settings, platform, changes };
    return {
      name: system,
      own: true,
      // Nobody has a session: whoever speaks is looked up anew each time.
      capabilities: { accounts: true, groups: true, sessions: true, remembers: true, outlasts: [] },
      idempotencyKey: changeKey,
      plan: (identity, holding) => plan(own, identity, holding),
      apply: (order) => (order.holding.kind === 'account' ? enable(own, order) : join(own, order)),
      readBack: async ({ person }, holding) => holds((await read(own)).now, person, holding),
      revoke: (order) => (order.holding.kind === 'account' ? disable(own, order) : leave(own, order)),
      endSessions: async () => void (await read(own)),
      holdings: (identity) => holdings(own, identity),
      members: (group) => members(own, group),
    };
  },
};

/** What the file says, and what is true with the changes. */
async function read({
  platform,
  changes,
}: Own): Promise<{ said: DirectorySnapshot; now: DirectorySnapshot }> {
  const [said, made] = await Promise.all([platform(), changes.list()]).catch(unreadable);
  return { said, now: layOver(said, made) };
}

async function plan(own: Own, { person }: Identity, holding: Holding) {
  const { said, now } = await read(own);
  const held = holds(now, person, holding);
  return { held, elsewhere: held && holds(said, person, holding) };
}

function holds(directory: DirectorySnapshot, person: string, holding: Holding): boolean {
  if (holding.kind === 'account') return findPerson(directory, person)?.active === true;
  const membership = membershipOf(holding);
  return membership !== undefined && isMember(directory, person, membership);
}

async function enable(own: Own, { identity, key }: ChangeOrder): Promise<void> {
  const { person, name, email, manager } = identity;
  const { said, now } = await read(own);
  if (findPerson(said, person)?.active === false) {
    throw refusal(`platform.yaml says that ${name} is not active: change it there`);
  }
  if (findPerson(now, person) === undefined) {
    assertPossible(now, identity);
    await write(own.changes.add({ person, what: 'account', key, identity: { name, email, manager } }));
  }
  await write(own.changes.end({ person, what: 'disabled', endedBy: key }));
}

async function disable(own: Own, { identity: { person }, key }: ChangeOrder): Promise<void> {
  const { now } = await read(own);
  if (findPerson(now, person) === undefined) return;
  await write(own.changes.add({ person, what: 'disabled', key }));
}

async function join(own: Own, { identity, holding, key }: ChangeOrder): Promise<void> {
  const { said, now } = await read(own);
  const taken = takenFromFile({ said, now }, identity.person, holding);
  if (taken !== undefined) {
    return await write(own.changes.end({ person: identity.person, what: withoutWord(taken), endedBy: key }));
  }
  const membership = offered(own, now, holding);
  if (findPerson(now, identity.person) === undefined) {
    throw refusal(`Purser does not know ${identity.name}: onboard them first, or add them to platform.yaml`);
  }
  await write(own.changes.add({ person: identity.person, what: wordOf(membership), key }));
}

/** What the file says is offered by it, whatever Purser gives out itself. */
function takenFromFile(
  { said, now }: { said: DirectorySnapshot; now: DirectorySnapshot },
  person: string,
  holding: Holding,
): Membership | undefined {
  const membership = membershipOf(holding);
  if (membership === undefined || !isMember(said, person, membership)) return undefined;
  return isMember(now, person, membership) ? undefined : membership;
}

/** Also of what is offered no more. */
async function leave(own: Own, { identity: { person }, holding, key, whoever }: ChangeOrder): Promise<void> {
  const membership = membershipOf(holding);
  if (membership === undefined || !idSchema.safeParse(person).success) return;
  const { said } = await read(own);
  if (whoever && isMember(said, person, membership)) {
    await write(own.changes.add({ person, what: withoutWord(membership), key }));
  }
  await write(
    own.changes.end({ person, what: wordOf(membership), ...(whoever ? {} : { key }), endedBy: key }),
  );
}

async function holdings(own: Own, { person }: Identity): Promise<Holding[]> {
  const { now } = await read(own);
  const groups = membershipsOf(now, person).map(
    (membership) => ({ kind: 'group', group: wordOf(membership) }) as const,
  );
  return holds(now, person, { kind: 'account' }) ? [{ kind: 'account' }, ...groups] : groups;
}

async function members(own: Own, holding: Holding): Promise<SystemMember[]> {
  const { now } = await read(own);
  const membership = membershipOf(holding);
  if (membership === undefined) return [];
  return membersOf(now, membership).map((person) => ({ person, login: person }));
}

function offered(
  { settings, system }: Pick<Own, 'settings' | 'system'>,
  now: DirectorySnapshot,
  holding: Holding,
): Membership {
  const membership = membershipOf(holding);
  const word = holding.kind === 'group' ? holding.group : holding.kind;
  if (membership === undefined) {
    throw refusal(`${system} has no group “${word}”: it has team/…, leads/… and role/…, without a scope`);
  }
  if (membership.list === 'role' && !settings.roles.includes(membership.id)) {
    throw refusal(
      `${system} does not give out the role “${membership.id}”: add it in manifests/systems.yaml`,
    );
  }
  if (membership.list !== 'role' && findTeam(now, membership.id) === undefined) {
    throw refusal(`there is no team “${membership.id}”: make it by /team create, or add it to platform.yaml`);
  }
  return membership;
}

function assertPossible({ people }: DirectorySnapshot, { person, name, email }: Identity): void {
  if (!idSchema.safeParse(person).success || OWN_WORDS.includes(person)) {
    throw refusal(
      `“${person}” cannot be the id of ${name}: small letters, digits and dashes, starting with a letter`,
    );
  }
  if (!z.email().safeParse(email).success) {
    throw refusal(`“${email}” is no e-mail address: correct it for ${name}`);
  }
  // Systems that were there before Purser know people by it.
  const owner = people.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (owner !== undefined) {
    throw refusal(`${email} is the address of ${owner.name} already: give ${name} one of their own`);
  }
}

async function write(change: Promise<void>): Promise<void> {
  await change.catch(() => {
    throw new SystemError('Purser’s own list of people cannot be changed now', { retryable: true });
  });
}

function unreadable(): never {
  throw new SystemError('Purser’s own list of people cannot be read now', { retryable: true });
}
