import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import type { EnvironmentState } from '../../src/domain/environments.ts';
import { environmentNamespace, environmentWorkflowId, incidentWorkflowId } from '../../src/domain/ids.ts';
import type { IncidentConfig } from '../../src/domain/incident-config.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { createKubeClient, type KubeClient } from '../../src/kubernetes/client.ts';
import type { AuditRow } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { getEnvironmentQuery } from '../../workflows/environments/messages.ts';
import { getIncidentQuery } from '../../workflows/incidents/messages.ts';
import { createPostgresDatabase } from '../store/databases.ts';
import { eventually } from './eventually.ts';
import { type FakeSlack, startFakeSlack } from './fake-slack.ts';
import { type PurserProcess, startPurserProcess } from './purser-process.ts';
import { kubeconfigPath, temporalAddress } from './stack.ts';

export const CHANNEL = 'C0DEV';
export const APPROVAL_CHANNEL = 'C0APPROVAL';
/** Where incidents are announced, and where stakeholders of the worst hear of updates. */
export const INCIDENTS_CHANNEL = 'C0INCIDENT';
export const STAKEHOLDERS_CHANNEL = 'C0GENERAL';
/** What monitoring sends alerts with. */
export const ALERTS_TOKEN = 'alerts-of-the-tests-0123456789abcdef';

/** Of gRPC. */
const ALREADY_EXISTS = 6;

/** The people of `manifests/platform.yaml`, as the workspace knows them. */
const PEOPLE = ['KIM', 'LEE', 'NOOR', 'RAVI', 'SAM'];

/** Purser on real servers, with a Temporal namespace, a database and a workspace of its own. */
export interface Purser {
  slack: FakeSlack;
  kube: KubeClient;
  store: Store;
  temporal: Client;
  /** What its processes are started with; a test may start one of its own. */
  env: Record<string, string>;
  /** Starts one more, and waits until it is at work. The newest bot is the one Slack speaks to. */
  startBot(env?: Record<string, string>): Promise<PurserProcess>;
  startWorker(env?: Record<string, string>): Promise<PurserProcess>;
  /** Keeps a process a test has started itself, to be ended and read with the others. */
  adopt(child: PurserProcess): PurserProcess;
  processes(): readonly PurserProcess[];
  /** Everything all its processes have written so far. */
  output(): string;
  /** A name nobody else has, whose namespace is removed in the end. */
  newName(): string;
  state(name: string): Promise<EnvironmentState>;
  incident(number: number): Promise<IncidentState>;
  auditRows(): Promise<AuditRow[]>;
  /** What chat was asked that it would not have taken. */
  problems(): string[];
  close(): Promise<void>;
}

export interface PurserOptions {
  /** Changes `platform.yaml` in a copy of the manifests. */
  platform?: (platform: PlatformConfig) => void;
  /** Changes `incidents.yaml` in it, where Lee is always on call. */
  incidents?: (incidents: IncidentConfig) => void;
  /** Changes the copy of the manifests, by its directory: without runbooks, and with limits that no test reaches. */
  manifests?: (directory: string) => Promise<void>;
  /** Servers other than the shared ones. */
  temporal?: string;
  kubeconfig?: string;
  /** Stands between the processes and the server, `host:port`. */
  temporalVia?: string;
  databaseVia?: string;
}

/** Nothing runs yet: `startBot` and `startWorker` do that. */
export async function openPurser(options: PurserOptions = {}): Promise<Purser> {
  await using opened = new AsyncDisposableStack();
  const manifests = await copyManifests(options);
  opened.defer(() => rm(manifests, { recursive: true, force: true }));
  const database = await createPostgresDatabase();
  opened.defer(() => database.drop());
  const store = await openStore({ databaseUrl: database.url, home: '', onError: () => {} });
  opened.defer(() => store.close());
  const address = options.temporal ?? temporalAddress();
  const { client: temporal, drop } = await createNamespace(address);
  opened.defer(drop);
  const kubeconfig = options.kubeconfig ?? kubeconfigPath();
  const kube = connectCluster(kubeconfig);
  const slack = await startWorkspace();
  opened.defer(() => slack.close());
  const processes: PurserProcess[] = [];
  const names: string[] = [];
  opened.defer(() => removeNamespaces(kube, names));
  opened.defer(() => endAll(processes));

  const env = {
    PURSER_MANIFESTS: manifests,
    DATABASE_URL: via(database.url, options.databaseVia),
    TEMPORAL_ADDRESS: options.temporalVia ?? address,
    TEMPORAL_NAMESPACE: temporal.options.namespace,
    KUBECONFIG: kubeconfig,
    SLACK_BOT_TOKEN: slack.config.botToken,
    SLACK_SIGNING_SECRET: slack.config.inbound.signingSecret,
    SLACK_API_URL: slack.config.apiUrl ?? '',
    ALERTS_TOKEN,
  };

  async function start(kind: 'bot' | 'worker', more: Record<string, string> = {}): Promise<PurserProcess> {
    const child = await startPurserProcess({
      entry: `src/${kind}.ts`,
      env: { ...env, ...more },
      startedLine: `${kind} started`,
    });
    processes.push(child);
    return child;
  }

  const closing = opened.move();
  return {
    slack,
    kube,
    store,
    temporal,
    env,
    async startBot(more) {
      const bot = await start('bot', more);
      slack.connect(`${bot.url}/slack/events`);
      return bot;
    },
    startWorker: (more) => start('worker', more),
    adopt(child) {
      processes.push(child);
      return child;
    },
    processes: () => processes,
    output: () => processes.map((child) => child.output()).join('\n'),
    newName() {
      const name = `e${randomBytes(4).toString('hex')}`;
      names.push(name);
      return name;
    },
    state: (name) =>
      temporal.workflow.getHandle(environmentWorkflowId('local', name)).query(getEnvironmentQuery),
    incident: (number) => temporal.workflow.getHandle(incidentWorkflowId(number)).query(getIncidentQuery),
    async auditRows() {
      const rows: AuditRow[] = [];
      for await (const row of store.audit.rows()) rows.push(row);
      return rows;
    },
    problems: () => slack.problems,
    close: () => closing.disposeAsync(),
  };
}

export function connectCluster(kubeconfig: string): KubeClient {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  return createKubeClient(kubeConfig);
}

async function startWorkspace(): Promise<FakeSlack> {
  const slack = await startFakeSlack();
  for (const person of PEOPLE) {
    const name = person.toLowerCase();
    slack.addUser({ id: `U0${person}`, name, realName: `${name} Sample`, email: `${name}@example.test` });
  }
  const members = [...PEOPLE.map((person) => `U0${person}`), 'U0PURSER'];
  slack.addChannel({ id: CHANNEL, name: 'dev', members: [...members] });
  slack.addChannel({ id: APPROVAL_CHANNEL, name: 'approvals', members: [...members] });
  slack.addChannel({ id: INCIDENTS_CHANNEL, name: 'incidents', members: [...members] });
  slack.addChannel({ id: STAKEHOLDERS_CHANNEL, name: 'general', members: [...members] });
  return slack;
}

async function copyManifests({ platform, incidents, manifests }: PurserOptions): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'purser-manifests-'));
  await cp('manifests', directory, { recursive: true });
  await rm(join(directory, 'runbooks'), { recursive: true });
  await editYaml<Policy>(join(directory, 'policies/limits.yaml'), ({ limits }) => {
    limits.perPerson = limits.perChannel = { atOnce: 10_000, perMinute: 10_000 };
    limits.environmentsPerPerson = 1_000;
  });
  if (platform !== undefined) await editYaml(join(directory, 'platform.yaml'), platform);
  await editYaml<IncidentConfig>(join(directory, 'incidents.yaml'), (config) => {
    leeIsOnCall(config);
    incidents?.(config);
  });
  await manifests?.(directory);
  return directory;
}

/** Around the clock, so that no test depends on when it runs. */
function leeIsOnCall({ schedules }: IncidentConfig): void {
  for (const schedule of schedules) {
    schedule.rotations = [
      { people: [schedule.id === 'managers' ? 'ravi' : 'lee'], starts: '2026-01-05T09:00', every: '1w' },
    ];
    schedule.overrides = [];
  }
}

/** Changes a YAML file of one document in place. */
export async function editYaml<Content>(file: string, edit: (content: Content) => void): Promise<void> {
  const content = parse(await readFile(file, 'utf8')) as Content;
  edit(content);
  await writeFile(file, stringify(content));
}

async function createNamespace(address: string): Promise<{ client: Client; drop(): Promise<void> }> {
  const connection = await Connection.connect({ address });
  const namespace = `e2e-${randomBytes(6).toString('hex')}`;
  // The dev server now and then says that its database was interrupted.
  await eventually(() => register(connection, namespace));
  await eventually(async () => {
    await registerSearchAttributes(connection, namespace);
    return true;
  });
  return {
    client: new Client({ connection, namespace }),
    async drop() {
      await connection.operatorService.deleteNamespace({ namespace }).catch(() => undefined);
      await connection.close();
    },
  };
}

async function register(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS) return true;
    throw error;
  }
}

async function endAll(processes: PurserProcess[]): Promise<void> {
  for (const child of processes) child.signal('SIGKILL');
  await Promise.all(processes.map((child) => child.exited));
}

/** Not waited for: the cluster goes on with it by itself. */
async function removeNamespaces(kube: KubeClient, names: string[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const ref = { apiVersion: 'v1', kind: 'Namespace', name: environmentNamespace(name) };
      const found = await kube.get(ref).catch(() => undefined);
      if (found !== undefined) await kube.remove(ref, found.metadata.uid);
    }),
  );
}

function via(url: string, host: string | undefined): string {
  if (host === undefined) return url;
  const changed = new URL(url);
  changed.host = host;
  return changed.href;
}
