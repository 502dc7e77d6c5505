import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Person } from '../domain/people.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { LocalStackError } from './errors.ts';
import { isPortOpen } from './ports.ts';
import { type LocalProcess, startProcess } from './processes.ts';

export const PLAYGROUND = '@microsoft/m365agentsplayground@0.2.28';

/** Said before anything is fetched: it is not ours, and not everybody may use it for everything. */
export const PLAYGROUND_LICENCE = [
  'Teams runs in Microsoft’s 365 Agents Playground, which is not part of Purser. npx fetches it now from the npm registry.',
  'It is pre-release software under Microsoft’s own terms, for evaluation: see LICENSE in the package',
  'and https://www.npmjs.com/package/@microsoft/m365agentsplayground. Press Ctrl-C if you do not accept them.',
].join('\n');

export interface Playground extends LocalProcess {
  /** The person who uses it. */
  name: string;
  /** The page to open. */
  url: string;
}

export interface PlaygroundOptions {
  platform: PlatformConfig;
  /** A person's id. */
  person: string;
  port: number;
  /** Where activities are sent to. */
  endpoint: string;
  /** A folder for each of them. */
  directory: string;
  logDirectory: string;
  pidDirectory: string;
}

/** It refuses fewer. */
const MIN_USERS = 5;

/** The people who have an account in Teams, and the tenant they are in. */
export function teamsPeople({ people }: PlatformConfig): { tenantId: string; people: Person[] } {
  const accounts = people.flatMap((person) =>
    person.accounts.flatMap((account) => (account.platform === 'teams' ? [{ person, account }] : [])),
  );
  const [first] = accounts;
  if (first === undefined) {
    throw new LocalStackError('Nobody in platform.yaml has an account in Teams: give two people one.');
  }
  const { tenantId } = first.account;
  return {
    tenantId,
    people: accounts.filter(({ account }) => account.tenantId === tenantId).map(({ person }) => person),
  };
}

/**
 * A Teams in the browser for one person: two of them are two people. Each is a world of its own, so that they meet only
 * through Purser. It listens on every interface and asks nobody who they are.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { platform, person, port, endpoint } = options;
  const directory = join(options.directory, person);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(
    join(directory, '.m365agentsplayground.yml'),
    stringify(playgroundConfig(platform, person)),
    { mode: 0o600 },
  );
  const settings = ['-e', endpoint, '-c', 'msteams', '-p', `${port}`, '--disable-telemetry', 'true'];
  const child = await startProcess({
    name: `teams-${person}`,
    // It would open a browser of its own accord.
    command: 'env',
    args: ['BROWSER=none', 'npx', '--yes', PLAYGROUND, 'start', ...settings],
    cwd: directory,
    logFile: join(options.logDirectory, `teams-${person}.log`),
    pidDirectory: options.pidDirectory,
    ready: () => isPortOpen(port),
    readyTimeoutMs: 180_000,
  });
  return { ...child, name: nameOf(platform, person), url: `http://localhost:${port}` };
}

/** Its file, from the organisation's own people; the missing ones are made up. */
export function playgroundConfig(platform: PlatformConfig, person: string) {
  const { tenantId, people } = teamsPeople(platform);
  const users = people.map((somebody) => userOf(somebody, tenantId));
  const current = users.find(({ id }) => id === `29:${person}`);
  if (current === undefined) throw new LocalStackError(`${person} has no account in Teams.`);
  const others = users.filter((user) => user !== current);
  while (others.length < MIN_USERS) others.push(extra(others.length));
  return {
    version: '0.1.1',
    tenantId,
    bot: { id: '28:purser', name: 'Purser' },
    currentUser: current,
    users: others,
    personalChat: { id: `a:${person}` },
    groupChat: { id: `19:group-${person}@thread.v2`, name: 'Group' },
    team: {
      id: `19:team-${person}@thread.tacv2`,
      name: platform.organisation,
      aadGroupId: '00000000-0000-4000-8000-00000000c001',
      channels: [{ id: `19:general-${person}@thread.tacv2`, name: 'General' }],
    },
  };
}

function userOf({ id, name, email, accounts }: Person, tenantId: string) {
  const account = accounts.find((linked) => linked.platform === 'teams' && linked.tenantId === tenantId);
  const [givenName = name, ...rest] = name.split(' ');
  return {
    id: `29:${id}`,
    name,
    userPrincipleName: email,
    aadObjectId: account?.platform === 'teams' ? account.aadObjectId : '',
    givenName,
    surname: rest.join(' '),
    email,
  };
}

function extra(index: number): ReturnType<typeof userOf> {
  const email = `extra-${index}@example.test`;
  return {
    id: `29:extra-${index}`,
    name: `Extra ${index} Sample`,
    userPrincipleName: email,
    aadObjectId: `00000000-0000-4000-8000-00000000e00${index}`,
    givenName: 'Extra',
    surname: `${index} Sample`,
    email,
  };
}

function nameOf({ people }: PlatformConfig, person: string): string {
  return people.find(({ id }) => id === person)?.name ?? person;
}
