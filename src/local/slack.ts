import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { PlatformConfig } from '../domain/platform.ts';
import { isPortOpen } from './ports.ts';
import { type LocalProcess, startProcess } from './processes.ts';
import { run } from './run.ts';

export interface LocalSlack extends LocalProcess {
  /** The page to open. */
  url: string;
  apiUrl: string;
  botToken: string;
  signingSecret: string;
}

export interface LocalSlackOptions {
  platform: PlatformConfig;
  port: number;
  /** Where requests are sent to, signed. */
  requestUrl: string;
  /** Keeps the tokens. */
  directory: string;
  logDirectory: string;
  pidDirectory: string;
}

const secretsSchema = z.object({ botToken: z.string(), appToken: z.string(), signingSecret: z.string() });
type Secrets = z.infer<typeof secretsSchema>;

const VERSION = '0.1.8';
const BOT = 'U0PURSER';

/**
 * A throwaway Slack in the browser. It keeps its messages in memory: after a restart the channels are empty. It
 * listens on every interface and asks nobody who they are.
 */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const secrets = await keptSecrets(join(options.directory, 'secrets.json'));
  const config = join(options.directory, 'workspace.json');
  const workspace = localWorkspace(options.platform, secrets, options.requestUrl);
  await writeFile(config, JSON.stringify(workspace, undefined, 2), { mode: 0o600 });
  const { command, args } = await localSlackProgram();
  const child = await startProcess({
    name: 'slack',
    command,
    args: [...args, '--config', config, '--port', String(options.port)],
    logFile: join(options.logDirectory, 'slack.log'),
    pidDirectory: options.pidDirectory,
    ready: () => isPortOpen(options.port),
    readyTimeoutMs: 60_000,
  });
  const url = `http://localhost:${options.port}`;
  return { ...child, url, apiUrl: `${url}/api/`, ...secrets };
}

/** The workspace of the organisation's own people: whoever has no Slack account there gets one that is not linked. */
export function localWorkspace(platform: PlatformConfig, secrets: Secrets, requestUrl: string) {
  const teamId = workspaceId(platform);
  const users = platform.people
    .filter((person) => person.active)
    .map((person) => {
      const account = person.accounts.find(
        (linked) => linked.platform === 'slack' && linked.teamId === teamId,
      );
      const id = account?.platform === 'slack' ? account.userId : `U0${shout(person.id)}`;
      return { person: person.id, id, name: person.id, real_name: person.name, email: person.email };
    });
  const everybody = users.map((user) => user.id);
  const idsOf = (people: string[]) =>
    users.filter((user) => people.includes(user.person)).map((user) => user.id);
  const channels = [
    { id: 'C0GENERAL', name: 'general', members: everybody },
    { id: 'C0INCIDENT', name: 'incidents', members: everybody },
    ...platform.teams
      .filter((team) => team.members.length > 0)
      .map((team) => ({
        id: `C0${shout(team.id)}`,
        name: team.id,
        members: idsOf([...team.leads, ...team.members]),
      })),
    ...platform.approvalChannels
      .filter((channel) => channel.platform === 'slack')
      .map((channel, at) => ({
        id: channel.channelId,
        name: at === 0 ? 'approvals' : `approvals-${at + 1}`,
        members: idsOf(platform.teams.flatMap((team) => team.leads)),
      })),
  ];
  return {
    workspace: { name: platform.organisation, domain: 'local', teamId },
    app: {
      appId: 'A0PURSER',
      botUserId: BOT,
      botName: 'purser',
      ...secrets,
      mode: 'events',
      requestUrl,
    },
    users: users.map(({ person: _person, ...user }) => user),
    channels: channels.map((channel) => ({ ...channel, members: [...channel.members, BOT] })),
  };
}

function workspaceId(platform: PlatformConfig): string {
  const accounts = platform.people.flatMap((person) => person.accounts);
  const known = [...platform.approvalChannels, ...accounts].find((ref) => ref.platform === 'slack');
  return known?.platform === 'slack' ? known.teamId : 'T0SAMPLE';
}

function shout(id: string): string {
  return id.toUpperCase().replaceAll('-', '');
}

async function keptSecrets(file: string): Promise<Secrets> {
  if (existsSync(file)) return secretsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const random = () => randomBytes(16).toString('hex');
  const secrets = { botToken: `xoxb-${random()}`, appToken: `xapp-${random()}`, signingSecret: random() };
  await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

/** The binary that npm brought for this machine, else the one on PATH, else what npx fetches. */
async function localSlackProgram(): Promise<{ command: string; args: string[] }> {
  try {
    const description = createRequire(import.meta.url).resolve('local-slack-linux-x64/package.json');
    const binary = join(dirname(description), 'bin', 'local-slack');
    await run(binary, ['--version']);
    return { command: binary, args: [] };
  } catch {
    const onPath = await run('local-slack', ['--version']).then(
      () => true,
      () => false,
    );
    return onPath
      ? { command: 'local-slack', args: [] }
      : { command: 'npx', args: ['--yes', `local-slack@${VERSION}`] };
  }
}
