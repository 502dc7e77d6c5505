import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { startCluster } from '../../src/local/cluster.ts';
import { freePorts, isPortOpen } from '../../src/local/ports.ts';
import { createProgress } from '../../src/local/progress.ts';
import { startTemporalServer } from '../../src/local/temporal-server.ts';
import { TOOLS } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';
import { startPostgres } from './postgres.ts';
import { prepareTimeSkippingServer } from './time-skipping-server.ts';

/** The real servers that all tests share, as written to the file that names them. */
export interface Stack {
  /** The process that keeps them running. */
  pid: number;
  temporalAddress: string;
  kubeconfig: string;
  postgresUrl: string;
  timeSkippingServer: string;
  chromium: string;
}

/** `host:port` of a Temporal dev server, namespace `default`. */
export function temporalAddress(): string {
  return stack().temporalAddress;
}

/** Of a cluster's administrator. */
export function kubeconfigPath(): string {
  return stack().kubeconfig;
}

/** Of the superuser; a test makes a database of its own. */
export function postgresUrl(): string {
  return stack().postgresUrl;
}

/** For `createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
export function timeSkippingServerPath(): string {
  return stack().timeSkippingServer;
}

export function chromiumPath(): string {
  return stack().chromium;
}

export function purserHome(): string {
  return resolve(process.env.PURSER_HOME ?? '.purser');
}

/** Where the running servers are written down. */
export function stackFile(): string {
  return process.env.TEST_STACK ?? join(purserHome(), 'test-stack.json');
}

/** The servers somebody already keeps running, if they answer. */
export async function runningStack(): Promise<Stack | undefined> {
  if (!existsSync(stackFile())) return undefined;
  const found = readStack();
  const ports = [found.temporalAddress, new URL(found.postgresUrl).host].map((host) =>
    Number(host.split(':')[1]),
  );
  const open = await Promise.all(ports.map((port) => isPortOpen(port)));
  return open.every(Boolean) ? found : undefined;
}

/** Starts all of it and writes it down in `stackFile()`. On failure nothing stays behind. */
export async function startStack(): Promise<{ stack: Stack; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'purser-test-'));
  await chmod(directory, 0o755);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.splice(0).map((stopOne) => stopOne()));
    await rm(directory, { recursive: true, force: true });
    await rm(stackFile(), { force: true });
  };
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    stops.push(started.stop);
    return started;
  };
  try {
    const tools = await prepareTools({
      specs: TOOLS,
      home: purserHome(),
      searchPath: searchPath(),
      progress: createProgress(process.stdout),
    });
    const [temporalPort, postgresPort] = (await freePorts(2)) as [number, number];
    const logDirectory = join(directory, 'logs');
    const results = await Promise.allSettled([
      keep(
        startTemporalServer({
          binary: tools.temporal,
          port: temporalPort,
          logDirectory,
        }),
      ),
      keep(startCluster({ tools, directory: join(directory, 'cluster'), nodes: 3 })),
      keep(startPostgres(directory, postgresPort, logDirectory)),
      prepareTimeSkippingServer(purserHome()),
    ] as const);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [temporal, cluster, postgres, timeSkippingServer] = results.map(
      (result) => (result as PromiseFulfilledResult<unknown>).value,
    ) as [{ address: string }, { kubeconfig: string }, { url: string }, string];
    const started: Stack = {
      pid: process.pid,
      temporalAddress: temporal.address,
      kubeconfig: cluster.kubeconfig,
      postgresUrl: postgres.url,
      timeSkippingServer,
      chromium: findChromium(),
    };
    await writeFile(`${stackFile()}.tmp`, JSON.stringify(started, undefined, 2));
    await rename(`${stackFile()}.tmp`, stackFile());
    return { stack: started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function stack(): Stack {
  if (!existsSync(stackFile())) {
    throw new Error(
      'The test servers are not running: run tests through "npm test" or keep "node test/support/serve.ts" running.',
    );
  }
  return readStack();
}

function readStack(): Stack {
  return JSON.parse(readFileSync(stackFile(), 'utf8')) as Stack;
}

function findChromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = searchPath()
    .flatMap((directory) => names.map((name) => join(directory, name)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('The tests need Chromium: apt-get install chromium');
  return found;
}

function searchPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter);
}
