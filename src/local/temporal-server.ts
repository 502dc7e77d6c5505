import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SEARCH_ATTRIBUTE_KEYS } from '../temporal/search-attributes.ts';
import { isPortOpen } from './ports.ts';
import { type LocalProcess, startProcess } from './processes.ts';

export interface TemporalServer extends LocalProcess {
  /** `host:port` of the gRPC front end. */
  address: string;
  /** Missing when headless. */
  uiUrl?: string;
}

export interface TemporalServerOptions {
  binary: string;
  port: number;
  /** Without one there is no web UI. */
  uiPort?: number;
  /** SQLite file that keeps workflows over restarts; without one they live in memory. */
  databaseFile?: string;
  logDirectory: string;
  pidDirectory?: string;
}

export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  if (options.databaseFile !== undefined) await mkdir(dirname(options.databaseFile), { recursive: true });
  const child = await startProcess({
    name: 'temporal',
    command: options.binary,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port), '--log-level', 'error'],
      ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...(options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile]),
      ...Object.values(SEARCH_ATTRIBUTE_KEYS).flatMap(({ name, type }) => [
        '--search-attribute',
        `${name}=${type}`,
      ]),
    ],
    logFile: join(options.logDirectory, 'temporal.log'),
    pidDirectory: options.pidDirectory,
    ready: () => isPortOpen(options.port),
    readyTimeoutMs: 60_000,
  });
  return {
    ...child,
    address: `127.0.0.1:${options.port}`,
    uiUrl: options.uiPort === undefined ? undefined : `http://localhost:${options.uiPort}`,
  };
}
