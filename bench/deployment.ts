/** Purser's production processes on real servers and a fake Slack, for the benches. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createPlatformFile } from '../src/directory/platform-file.ts';
import type { PlatformConfig } from '../src/domain/platform.ts';
import { freePort } from '../src/local/ports.ts';
import { startProcess } from '../src/local/processes.ts';
import { startTemporalServer } from '../src/local/temporal-server.ts';
import { TOOLS } from '../src/local/tool-catalogue.ts';
import { prepareTools } from '../src/local/tools.ts';
import { createPostgresDatabase } from '../test/store/databases.ts';
import { type FakeSlack, startFakeSlack } from '../test/support/fake-slack.ts';
import { kubeconfigPath, purserHome, runningStack, startStack } from '../test/support/stack.ts';

export const CHANNEL = 'C0GENERAL';
export const DEVELOPER = 'U0KIM';

export const ALERTS_TOKEN = 'alerts-of-the-benches-0123456789abcdef';

/** What a listener for POST says to a GET. */
const METHOD_NOT_ALLOWED = 405;

export interface Deployment {
  slack: FakeSlack;
  temporalAddress: string;
  /** With quotas and limits that no bench reaches. */
  manifests: string;
  platform: PlatformConfig;
  /** Where Slack's requests go. */
  url: string;
  /** Where monitoring posts, with `ALERTS_TOKEN`, and where the worker tells of itself. */
  alertsUrl: string;
  workerUrl?: string;
  /** For further processes of the bench's own. */
  logDirectory: string;
}

/** Starts the bot and, where `worker` is wanted, the worker; what `running` is given ends everything again. */
export async function deploy(
  running: AsyncDisposableStack,
  {
    worker,
    env = {},
    slackVia,
  }: {
    worker: boolean;
    env?: Record<string, string>;
    /** Stands between the processes and Slack's Web API; its address. */
    slackVia?: (apiUrl: string) => Promise<string>;
  },
): Promise<Deployment> {
  stopOnSignals(running);
  if ((await runningStack()) === undefined) {
    const stack = await startStack();
    running.defer(stack.stop);
  }
  const directory = await mkdtemp(join(tmpdir(), 'purser-bench-'));
  running.defer(() => rm(directory, { recursive: true, force: true }));
  const logDirectory = join(directory, 'logs');
  const temporalAddress = await startTemporal(running, logDirectory);
  const database = await createPostgresDatabase();
  running.defer(database.drop);
  const slack = await startFakeSlack();
  running.defer(slack.close);
  const manifests = join(directory, 'manifests');
  await prepareManifests(manifests);
  const platform = await createPlatformFile(manifests)();
  peopleIn(slack, platform);

  const { botToken, apiUrl, inbound } = slack.config;
  const environment = {
    PATH: process.env.PATH,
    PURSER_HOME: directory,
    PURSER_MANIFESTS: manifests,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress,
    KUBECONFIG: kubeconfigPath(),
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: inbound.signingSecret,
    SLACK_API_URL: slackVia === undefined ? apiUrl : await slackVia(`${apiUrl}`),
    ALERTS_TOKEN,
    ...env,
  };
  async function start(name: 'bot' | 'worker'): Promise<string> {
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    const child = await startProcess({
      name,
      command: process.execPath,
      args: [`src/${name}.ts`],
      env: { ...environment, PORT: String(port) },
      logFile: join(logDirectory, `${name}.log`),
      ready: async () =>
        (await statusOf(`${own}/readyz`)) === 200 &&
        (name === 'worker' || (await statusOf(`${own}/slack/events`)) === METHOD_NOT_ALLOWED),
      readyTimeoutMs: 60_000,
    });
    running.defer(child.stop);
    return own;
  }
  const workerUrl = worker ? await start('worker') : undefined;
  const botUrl = await start('bot');
  const url = `${botUrl}/slack/events`;
  slack.connect(url);
  const alertsUrl = `${botUrl}/webhooks/alertmanager`;
  return { slack, temporalAddress, manifests, platform, url, alertsUrl, workerUrl, logDirectory };
}

export function stopOnSignals(running: AsyncDisposableStack): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.disposeAsync().finally(() => process.exit(1)));
  }
}

/** A dev server of the bench's own: nobody else's workflows are on it, and it forgets ours. */
export async function startTemporal(running: AsyncDisposableStack, logDirectory: string): Promise<string> {
  const { temporal } = await prepareTools({
    specs: TOOLS.filter(({ name }) => name === 'temporal'),
    home: purserHome(),
    searchPath: (process.env.PATH ?? '').split(':'),
    progress: { line: () => undefined, begin: () => ({ done: () => undefined }) },
  });
  const server = await startTemporalServer({ binary: temporal, port: await freePort(), logDirectory });
  running.defer(server.stop);
  return server.address;
}

async function prepareManifests(directory: string): Promise<void> {
  await cp('manifests', directory, { recursive: true });
  for (const template of ['dev', 'preview']) {
    const file = join(directory, 'templates', template, 'template.yaml');
    const head = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, stringify({ ...head, quota: { perOwner: 1_000_000, perTeam: 1_000_000 } }));
  }
  const pace = { atOnce: 1_000_000, perMinute: 60_000 };
  const limits = { perPerson: pace, perChannel: pace, environmentsPerPerson: 1_000_000 };
  const policy = { apiVersion: 'purser/v1', kind: 'Policy', rules: [], limits };
  await writeFile(join(directory, 'policies', 'limits.yaml'), stringify(policy));
}

/** The sample people, as Slack knows them. */
function peopleIn(slack: FakeSlack, platform: PlatformConfig): void {
  const members = platform.people.flatMap(({ id, accounts }) =>
    accounts.flatMap((account) => (account.platform === 'slack' ? [{ id: account.userId, name: id }] : [])),
  );
  for (const member of members) slack.addUser(member);
  const everybody = [...members.map(({ id }) => id), slack.workspace.botUserId];
  slack.addChannel({ id: CHANNEL, name: 'general', members: everybody });
  slack.addChannel({ id: 'C0APPROVAL', name: 'approvals', members: everybody });
  slack.addChannel({ id: 'C0INCIDENT', name: 'incidents', members: everybody });
}

/** Missing while nobody listens. */
export async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
