import { z } from 'zod';
import type { ChangeOrder, Holding, Identity, SystemConnector, SystemMember } from '../domain/systems.ts';
import {
  createGitHubClient,
  type GitHubClient,
  type GitHubSettings,
  githubSettings,
} from './github-client.ts';
import { type ConnectorKind, changeKey, planByReading, refusal } from './systems.ts';

const accountSchema = z.object({ login: z.string(), id: z.int() });
const teamSchema = z.object({ slug: z.string() });
/** `pending` is who was invited and has not accepted: nothing is theirs until then. */
const membershipSchema = z.object({ state: z.enum(['active', 'pending']), role: z.string() });
const done = z.unknown();

const SLUG = /^[a-z0-9_-]+$/;
/** So many questions at once: GitHub takes a hundred. */
const AT_ONCE = 10;

/** Where somebody is a member: in the organisation, or in one team of it. */
type Place = { team?: string };
type Membership = z.infer<typeof membershipSchema>;
interface Hub {
  name: string;
  settings: GitHubSettings;
  client: GitHubClient;
}

/** An organisation on GitHub. Of the holdings, `acme` is membership of it, and `acme/platform` that of a team, by its slug. */
export const github: ConnectorKind<GitHubSettings> = {
  kind: 'github',
  settings: githubSettings,
  open(name, settings, surroundings) {
    return openGitHub({ name, settings, client: createGitHubClient(name, settings, surroundings) });
  },
};

function openGitHub(hub: Hub): SystemConnector {
  const { name, settings, client } = hub;
  const org = settings.organisation;

  async function readBack(identity: Identity, holding: Holding): Promise<boolean> {
    const place = placeOf(hub, holding);
    const login = await loginOf(hub, identity);
    if (place === undefined || login === undefined) return false;
    return (await membership(hub, place, login))?.state === 'active';
  }

  return {
    name,
    capabilities: {
      accounts: false,
      groups: true,
      sessions: false,
      remembers: false,
      outlasts: [
        `The account on GitHub is the person’s own: its sessions, tokens and keys go on, and reach of ${org} what everybody may see`,
        'Clones stay where they are, and so do the deploy keys, apps and webhooks that the person added to repositories',
        `Whom a team brought into ${org} stays a member of ${org} until that is taken away as well`,
      ],
    },
    idempotencyKey: changeKey,

    plan: planByReading(readBack),

    apply: (order) => apply(hub, order),
    readBack,
    revoke: (order) => revoke(hub, order),

    endSessions: async () => {
      throw refusal(`${name} cannot end sessions and tokens on GitHub: they are the person’s own`);
    },

    holdings: (identity) => holdings(hub, identity),

    async members(group) {
      const place = placeOf(hub, group);
      if (place === undefined) return [];
      const found =
        place.team === undefined
          ? await client.list('GET /orgs/{org}/members', { org }, accountSchema)
          : await client.listIfThere(
              'GET /orgs/{org}/teams/{team}/members',
              { org, ...place },
              accountSchema,
            );
      return found.map((account): SystemMember => ({ person: personOf(hub, account), login: account.login }));
    },
  };
}

async function apply(hub: Hub, { identity, holding, signal }: ChangeOrder): Promise<void> {
  const { name, settings, client } = hub;
  const org = settings.organisation;
  if (holding.kind === 'account') {
    throw refusal(`${name} makes no accounts: people bring their own, and are let into ${org}`);
  }
  const nowhere = `${name} has no “${holding.group}”: write “${org}” for the organisation, or “${org}/” and the last part of a team’s address`;
  const place = placeOf(hub, holding);
  if (place === undefined) throw refusal(nowhere);
  const login = await loginOf(hub, identity, signal);
  if (login === undefined) {
    throw refusal(
      `${name} does not know which account is ${identity.name}’s: add “${identity.person}” to its accounts in manifests/systems.yaml`,
    );
  }
  // Given again, an owner or a maintainer would become a mere member.
  if ((await membership(hub, place, login, signal)) !== undefined) return;
  const route = `PUT ${routeOf(place)}`;
  const given = await client.askUnless([404], route, { org, login, role: 'member', ...place }, done, signal);
  if (given === undefined) throw refusal(nowhere);
}

/** Takes back an invitation as well. */
async function revoke(hub: Hub, { identity, holding, signal }: ChangeOrder): Promise<void> {
  const org = hub.settings.organisation;
  const place = placeOf(hub, holding);
  const login = await loginOf(hub, identity, signal);
  if (place === undefined || login === undefined) return;
  const found = await membership(hub, place, login, signal);
  if (found === undefined) return;
  const isMember = place.team === undefined && found.state === 'active';
  if (isMember && found.role === 'admin') await leaveAnOwner(hub, login);
  const route = isMember ? '/orgs/{org}/members/{login}' : routeOf(place);
  await hub.client.askUnless([404], `DELETE ${route}`, { org, login, ...place }, done, signal);
}

async function leaveAnOwner({ name, settings, client }: Hub, login: string): Promise<void> {
  const org = settings.organisation;
  const owners = await client.list('GET /orgs/{org}/members', { org, role: 'admin' }, accountSchema);
  if (owners.some((owner) => owner.login !== login)) return;
  throw refusal(`${login} is the only owner of ${org} in ${name}: make somebody else an owner first`);
}

/** Invitations are among them: who leaves must not accept one later. */
async function holdings(hub: Hub, identity: Identity): Promise<Holding[]> {
  const org = hub.settings.organisation;
  const login = await loginOf(hub, identity);
  if (login === undefined || (await membership(hub, {}, login)) === undefined) return [];
  const teams = await hub.client.list('GET /orgs/{org}/teams', { org }, teamSchema);
  const held: Holding[] = [{ kind: 'group', group: org }];
  for (let at = 0; at < teams.length; at += AT_ONCE) {
    const some = teams.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map(({ slug }) => membership(hub, { team: slug }, login)));
    const theirs = some.filter((_, index) => found[index] !== undefined);
    held.push(...theirs.map(({ slug }) => ({ kind: 'group', group: `${org}/${slug}` }) as const));
  }
  return held;
}

async function membership(
  { settings, client }: Hub,
  place: Place,
  login: string,
  signal?: AbortSignal,
): Promise<Membership | undefined> {
  const parameters = { org: settings.organisation, login, ...place };
  return await client.askUnless([404], `GET ${routeOf(place)}`, parameters, membershipSchema, signal);
}

/** The login of the person's account, which has to be the same account still. */
async function loginOf(
  { name, settings, client }: Hub,
  { person }: Identity,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { login, id } = settings.accounts[person] ?? {};
  if (login === undefined) {
    await client.seeOrganisation(signal);
    return undefined;
  }
  const account = await client.askUnless([404], 'GET /users/{login}', { login }, accountSchema, signal);
  if (account?.id === id) return login;
  const now = account === undefined ? 'is gone' : 'is another account now';
  throw refusal(
    `${login} ${now} in ${name}: look what the account with the id ${id} is called, and correct it in manifests/systems.yaml`,
  );
}

function personOf({ settings }: Hub, { id }: { id: number }): string | undefined {
  return Object.entries(settings.accounts).find(([, account]) => account.id === id)?.[0];
}

function placeOf({ settings }: Hub, holding: Holding): Place | undefined {
  if (holding.kind !== 'group' || holding.scope !== undefined) return undefined;
  const [org, team, ...rest] = holding.group.split('/');
  if (org !== settings.organisation || rest.length > 0) return undefined;
  if (team === undefined) return {};
  return SLUG.test(team) ? { team } : undefined;
}

function routeOf({ team }: Place): string {
  return team === undefined
    ? '/orgs/{org}/memberships/{login}'
    : '/orgs/{org}/teams/{team}/memberships/{login}';
}
