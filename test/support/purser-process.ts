import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from '../../src/local/ports.ts';
import { eventually } from './eventually.ts';

/** A production process, started as in production. */
export interface PurserProcess {
  /** Its own server: `/slack/events`, `/readyz`, `/metrics`. */
  readonly url: string;
  readonly pid: number;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves once it has gone, with how it went. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

export interface ProcessOptions {
  /** From the repository's root. */
  entry: string;
  args?: string[];
  env: Record<string, string>;
  /** What it logs when it is at work. */
  startedLine: string;
}

const START_MS = 120_000;

/** Starts it without waiting for it to be at work: see `started`. */
export async function spawnPurser({
  entry,
  args = [],
  env,
}: Omit<ProcessOptions, 'startedLine'>): Promise<PurserProcess> {
  const port = env.PORT ?? `${await freePort()}`;
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, PORT: port, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => void chunks.push(chunk));
  }
  const exited = exitOf(child);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    output: () => chunks.join(''),
    exited,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      return (await exited).code;
    },
  };
}

/** Starts it, and resolves when it is at work. */
export async function startPurserProcess(options: ProcessOptions): Promise<PurserProcess> {
  const child = await spawnPurser(options);
  let gone = false;
  void child.exited.then(() => {
    gone = true;
  });
  await eventually(() => gone || child.output().includes(options.startedLine), START_MS);
  if (gone) throw new Error(`${options.entry} did not start:\n${child.output()}`);
  return child;
}

function exitOf(child: ChildProcess): PurserProcess['exited'] {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
