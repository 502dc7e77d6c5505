import { join, resolve } from 'node:path';
import { type Config, programDirectories } from '../config.ts';
import { createPlatformFile } from '../directory/platform-file.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { LocalStackError } from './errors.ts';
import { PLAYGROUND_LICENCE, type Playground, startPlayground, teamsPeople } from './playground.ts';
import { freePort, isPortOpen } from './ports.ts';
import { endLeftovers } from './processes.ts';
import type { Progress } from './progress.ts';
import { type LocalSlack, startLocalSlack } from './slack.ts';
import { startTemporalServer, type TemporalServer } from './temporal-server.ts';
import { TOOLS, type ToolName } from './tool-catalogue.ts';
import { prepareTools } from './tools.ts';

export interface LocalStack {
  /** The given configuration, with the local parts where it named none. */
  config: Config;
  temporal?: TemporalServer;
  cluster?: Cluster;
  slack?: LocalSlack;
  /** Empty where Teams is off, or real. */
  teams: Playground[];
  /** Resolves with the name of a part that went away by itself. */
  lost: Promise<string>;
  stop(): Promise<void>;
}

const NODES = 3;
const SLACK_PORT = 3001;
const TEAMS_PORTS = [3002, 3003];
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;

/** Starts what `config` does not name, and where `teams` is wanted, two people’s. When one part fails, or `signal` aborts, nothing stays behind. */
export async function startLocalStack(
  config: Config,
  progress: Progress,
  signal: AbortSignal,
  { teams: wanted }: { teams: boolean },
): Promise<LocalStack> {
  const home = resolve(config.home);
  const pidDirectory = join(home, 'run');
  const logDirectory = join(home, 'logs');
  for (const name of await endLeftovers(pidDirectory))
    progress.line(`  ended ${name}, left by an earlier run`);
  const tools = await prepareTools({
    specs: TOOLS.filter((tool) => isNeeded(config, tool.name)),
    home,
    searchPath: programDirectories(),
    progress,
    signal,
  });
  signal.throwIfAborted();
  const playground = wanted && config.teams === undefined ? await preparePlayground(config) : undefined;
  if (playground !== undefined) progress.line(`\n${PLAYGROUND_LICENCE}\n`);

  await using started = new AsyncDisposableStack();
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    started.defer(() => part.stop());
    return part;
  };
  const [temporal, cluster, slack, teams] = await allOrFirstFailure([
    config.temporal === undefined
      ? keep(startTemporal(tools.temporal, { home, logDirectory, pidDirectory }))
      : undefined,
    config.kubernetes === undefined
      ? keep(startCluster({ tools, directory: join(home, 'cluster'), nodes: NODES }))
      : undefined,
    config.slack === undefined ? keep(startSlack(config, { home, logDirectory, pidDirectory })) : undefined,
    playground === undefined
      ? []
      : startTeams(playground, (starting) => keep(starting), { home, logDirectory, pidDirectory }),
  ]);
  signal.throwIfAborted();

  const parts = started.move();
  return {
    config: {
      ...config,
      temporal: config.temporal ?? { connectionOptions: { address: temporal?.address } },
      kubernetes: config.kubernetes ?? { kind: 'kubeconfig', path: cluster?.kubeconfig ?? '' },
      slack:
        config.slack ??
        (slack && {
          botToken: slack.botToken,
          apiUrl: slack.apiUrl,
          plainDates: true,
          inbound: { kind: 'http', signingSecret: slack.signingSecret },
        }),
      teams: config.teams ?? (playground && { tenantIds: [playground.tenantId] }),
    },
    temporal,
    cluster,
    slack,
    teams,
    lost: Promise.race([
      ...(temporal === undefined ? [] : [temporal.exited.then(() => 'Temporal')]),
      ...(slack === undefined ? [] : [slack.exited.then(() => 'The local Slack')]),
      ...teams.map(({ exited, name }) => exited.then(() => `The Playground of ${name}`)),
    ]),
    stop: () => parts.disposeAsync(),
  };
}

interface Places {
  home: string;
  logDirectory: string;
  pidDirectory: string;
}

async function startTemporal(binary: string, { home, ...directories }: Places): Promise<TemporalServer> {
  return await startTemporalServer({
    binary,
    port: await preferredPort(TEMPORAL_PORT),
    uiPort: await preferredPort(TEMPORAL_UI_PORT),
    databaseFile: join(home, 'temporal', 'temporal.db'),
    ...directories,
  });
}

async function startSlack(config: Config, { home, ...directories }: Places): Promise<LocalSlack> {
  return await startLocalSlack({
    platform: await createPlatformFile(config.manifests)(),
    port: await preferredPort(SLACK_PORT),
    requestUrl: `http://127.0.0.1:${config.port}/slack/events`,
    directory: join(home, 'slack'),
    ...directories,
  });
}

interface PlaygroundPlan {
  platform: PlatformConfig;
  tenantId: string;
  /** Who asks and who approves. */
  people: string[];
  endpoint: string;
}

async function preparePlayground(config: Config): Promise<PlaygroundPlan> {
  const platform = await createPlatformFile(config.manifests)();
  const { tenantId, people } = teamsPeople(platform);
  const ids = people.map(({ id }) => id);
  const approver = people.find(({ id, roles }) => id !== ids[0] && roles.length > 1)?.id ?? ids[1];
  const pair = [ids[0], approver].filter((id) => id !== undefined);
  return { platform, tenantId, people: pair, endpoint: `http://127.0.0.1:${config.port}/api/messages` };
}

/** One after the other: both would fetch the package into the same place. */
async function startTeams(
  { platform, people, endpoint }: PlaygroundPlan,
  keep: (starting: Promise<Playground>) => Promise<Playground>,
  { home, ...directories }: Places,
): Promise<Playground[]> {
  const started: Playground[] = [];
  for (const [index, person] of people.entries()) {
    const port = await preferredPort(TEAMS_PORTS[index] ?? 0);
    const directory = join(home, 'teams');
    started.push(
      await keep(startPlayground({ platform, person, port, endpoint, directory, ...directories })),
    );
  }
  return started;
}

/** Throws `LocalStackError` when somebody else has the port that people and Slack are told. */
export async function requireFreePort(port: number): Promise<void> {
  if (!(await isPortOpen(port))) return;
  throw new LocalStackError(
    `Port ${port} is in use by another program: end that one, or set PORT to another port.`,
  );
}

/** The well-known port, so that a bookmark works, or another one where it is taken. */
async function preferredPort(port: number): Promise<number> {
  return (await isPortOpen(port)) ? await freePort() : port;
}

function isNeeded(config: Config, tool: ToolName): boolean {
  if (tool === 'temporal') return config.temporal === undefined;
  return config.kubernetes === undefined;
}

/** Waits for every one before it fails: a part that is still starting could not be stopped. */
async function allOrFirstFailure<T extends readonly unknown[]>(starting: readonly [...T]) {
  await Promise.allSettled(starting);
  return await Promise.all(starting);
}
