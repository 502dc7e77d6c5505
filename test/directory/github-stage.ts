import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { github } from '../../src/directory/github.ts';
import type { Holding, Identity, SystemConnector } from '../../src/domain/systems.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { GITHUB_TOKEN, startGitHub, type TestGitHub } from '../support/github.ts';
import { surroundings } from '../support/surroundings.ts';
import type { ConnectorStage, Group } from './connector-stage.ts';

const CANARY = 'canary-of-github';
const CROWD = 120;

export interface GitHubStage extends ConnectorStage {
  hub: TestGitHub;
  /** Another one, with other settings. */
  opening(settings: object): SystemConnector;
}

/** `emulate`'s GitHub with the organisation `acme`, and people who are known by their login and its number. */
export async function openGitHub(t: TestContext): Promise<GitHubStage> {
  const crowd = Array.from({ length: CROWD }, (_, at) => `crowd-${at}`);
  const hub = await startGitHub([], ['known-gh', 'another-gh', ...crowd]);
  t.after(() => hub.close());
  const proxy = await startFaultProxy(hub.url, { canary: CANARY });
  t.after(() => proxy.close());
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  const accounts = {
    [known.person]: await accountOf(hub, 'known-gh'),
    [another.person]: await accountOf(hub, 'another-gh'),
  };
  const opening = (settings: object) =>
    github.open(
      'code',
      github.settings.parse({
        url: proxy.url,
        organisation: 'acme',
        secret: 'github',
        accounts,
        ...settings,
      }),
      surroundings({ secret: () => GITHUB_TOKEN }),
    );
  const team = await addTeam(hub, 'crew');
  const loginOf = ({ person }: Identity) => accounts[person]?.login ?? 'nobody';
  const join = (login: string, group: Group) => hub.api('PUT', pathOf(login, group), { role: 'member' });
  return {
    hub,
    opening,
    connector: opening({}),
    known,
    another,
    stranger,
    group: team,
    besides: [{ kind: 'group', group: 'acme' }],
    outside: {
      holds: async (identity, holding) =>
        await hub.api('GET', pathOf(loginOf(identity), asGroup(holding))).then(
          () => true,
          () => false,
        ),
      give: async (identity, holding) => void (await join(loginOf(identity), asGroup(holding))),
      async fill(group) {
        for (const login of crowd) await join(login, group);
        return CROWD;
      },
      async pile(identity) {
        const teams: Group[] = [];
        for (const name of crowd) teams.push(await addTeam(hub, name));
        for (const one of teams) await join(loginOf(identity), one);
        return teams;
      },
      accounts: async () => 0,
    },
    break: async (fault) => proxy.break(fault),
    mend: async () => proxy.mend(),
    canaries: [CANARY, GITHUB_TOKEN, new URL(proxy.url).host],
  };
}

export function person(name: string): Identity {
  const id = `${name}-${randomUUID()}`;
  return { person: id, name, email: `${id}@example.test` };
}

export async function accountOf(hub: TestGitHub, login: string): Promise<{ login: string; id: number }> {
  const { id } = (await hub.api('GET', `/users/${login}`)) as { id: number };
  return { login, id };
}

async function addTeam(hub: TestGitHub, name: string): Promise<Group> {
  await hub.api('POST', '/orgs/acme/teams', { name });
  return { kind: 'group', group: `acme/${name}` };
}

function pathOf(login: string, { group }: Group): string {
  const [org, team] = group.split('/');
  return `/orgs/${org}${team === undefined ? '' : `/teams/${team}`}/memberships/${login}`;
}

function asGroup(holding: Holding): Group {
  if (holding.kind !== 'group') throw new TypeError('an organisation has no accounts');
  return holding;
}
