import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { createFileConnector, file } from '../../src/directory/file.ts';
import { membershipOf } from '../../src/directory/overlay.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { findPerson } from '../../src/domain/people.ts';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import type { Holding, Identity } from '../../src/domain/systems.ts';
import { createDirectoryChangeStore } from '../../src/store/directory-changes.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createPostgresDatabase } from '../store/databases.ts';
import { surroundings } from '../support/surroundings.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import type { ConnectorStage, Group } from './connector-stage.ts';

const CROWD = 60;
const ACCOUNT = { kind: 'account' } as const;

export interface FileStage extends ConnectorStage {
  /** As everybody else reads people and teams. */
  snapshot: ReturnType<typeof createFileConnector>['read'];
  /** Writes `platform.yaml` anew. */
  edit(change: (platform: PlatformConfig) => void): Promise<void>;
}

/** A folder with a `platform.yaml`, and a database that can be cut off. */
export async function openFile(t: TestContext): Promise<FileStage> {
  const { changes, proxy } = await openChanges(t);
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  const { folder, edit } = await openFolder(t, [known, another]);
  const platform = createPlatformFile(folder);
  const { read: snapshot } = createFileConnector(platform, changes);
  const settings = file.settings.parse({ roles: ['admin'] });
  return {
    connector: file.open('purser', settings, surroundings({ platform, directoryChanges: changes })),
    known,
    another,
    stranger,
    group: { kind: 'group', group: 'team/crew' },
    outside: {
      holds: async ({ person }, holding) => holds(await snapshot(), person, holding),
      give: ({ person }, holding) => edit((platform) => add(platform, person, holding)),
      async fill(group) {
        const crowd = Array.from({ length: CROWD }, (_, at) => person(`crowd-${at}`));
        await edit((platform) => {
          platform.people.push(...crowd.map(asPerson));
          for (const { person } of crowd) add(platform, person, group);
        });
        return CROWD;
      },
      async pile({ person }) {
        const ids = Array.from({ length: CROWD }, (_, at) => `pile-${at}`);
        await edit((platform) => {
          for (const id of ids) platform.teams.push(team(id, [person]));
        });
        return ids.map((id): Group => ({ kind: 'group', group: `team/${id}` }));
      },
      accounts: async ({ person }) => (await snapshot()).people.filter(({ id }) => id === person).length,
    },
    break: async () => proxy.cut(),
    mend: async () => proxy.restore(),
    canaries: [proxy.address, 'directory_changes'],
    snapshot,
    edit,
  };
}

export function person(name: string): Identity {
  const id = `${name}-${randomBytes(4).toString('hex')}`;
  return { person: id, name, email: `${id}@example.test` };
}

async function openChanges(t: TestContext) {
  const own = await createPostgresDatabase();
  const url = new URL(own.url);
  const proxy = await startTcpProxy(url.host);
  url.host = proxy.address;
  const { database, close } = await openDatabase({ databaseUrl: url.href, home: '', onError: () => {} });
  t.after(async () => {
    await close();
    await proxy.close();
    await own.drop();
  });
  return { changes: createDirectoryChangeStore(database), proxy };
}

async function openFolder(t: TestContext, people: Identity[]) {
  const folder = await mkdtemp(join(tmpdir(), 'purser-file-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(folder, { recursive: true });
  const platform: PlatformConfig = {
    apiVersion: 'purser/v1',
    kind: 'Platform',
    organisation: 'Sample',
    cluster: {
      name: 'local',
      ingressDomain: 'env.localhost',
      ingressNamespace: 'ingress',
      registries: ['r.example.test'],
    },
    approvalChannels: [],
    people: people.map(asPerson),
    teams: [team('crew', [])],
  };
  const edit = async (change: (platform: PlatformConfig) => void) => {
    change(platform);
    await writeFile(join(folder, 'platform.yaml'), stringify(platform));
  };
  await edit(() => {});
  return { folder, edit };
}

function asPerson({ person: id, name, email }: Identity): PlatformConfig['people'][number] {
  return { id, name, email, active: true, roles: [], accounts: [] };
}

function team(id: string, members: string[]): PlatformConfig['teams'][number] {
  return { id, title: id, group: `group-${id}`, leads: [], members };
}

function add({ teams }: PlatformConfig, person: string, holding: Holding): void {
  const id = membershipOf(holding)?.id;
  teams.find((candidate) => candidate.id === id)?.members.push(person);
}

function holds(
  { people, teams }: Awaited<ReturnType<FileStage['snapshot']>>,
  person: string,
  holding: Holding,
): boolean {
  if (holding.kind === ACCOUNT.kind) return findPerson({ people, teams }, person)?.active === true;
  return teams.some(({ id, members }) => `team/${id}` === holding.group && members.includes(person));
}
