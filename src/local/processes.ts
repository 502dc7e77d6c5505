import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from './errors.ts';
import { run } from './run.ts';

/** Only a program stuck in the kernel outlives SIGKILL for longer. */
const KILL_TIMEOUT_MS = 10_000;

export interface LocalProcess {
  pid: number;
  /** Resolves when it is gone, however it went. */
  exited: Promise<void>;
  /** SIGTERM to its whole group, SIGKILL after the grace period. Safe to call twice and after it died. */
  stop(): Promise<void>;
}

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  /** Where its standard output and error go. */
  logFile: string;
  /** Where the pid is written down, so that the next start can end it if we are killed. */
  pidDirectory?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user; needs root. */
  user?: { uid: number; gid: number };
  /** Asked until it says yes. */
  ready(): Promise<boolean>;
  readyTimeoutMs: number;
  graceMs?: number;
}

/** Starts a program in its own process group (the terminal's Ctrl-C does not reach it) and waits until it is ready. */
export async function startProcess(spec: ProcessSpec): Promise<LocalProcess> {
  await mkdir(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'w');
  const child = spawn(spec.command, spec.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: spec.env,
    cwd: spec.cwd,
    ...spec.user,
  });
  closeSync(log);
  const failure: { error?: Error } = {};
  let gone = false;
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure.error = error;
      gone = true;
      resolve();
    });
    child.once('exit', () => {
      gone = true;
      resolve();
    });
  });
  const pid = child.pid;
  if (pid === undefined) {
    await exited;
    throw new LocalStackError(`${spec.name} could not be started: ${failure.error?.message ?? spec.command}`);
  }
  const pidFile = spec.pidDirectory && join(spec.pidDirectory, `${spec.name}.json`);
  if (pidFile !== undefined) await writePidFile(pidFile, pid);
  const stop = async () => {
    await endGroup(pid, spec.graceMs ?? 10_000);
    if (pidFile !== undefined) await rm(pidFile, { force: true });
  };

  const deadline = Date.now() + spec.readyTimeoutMs;
  for (;;) {
    if (gone) {
      await stop();
      throw new LocalStackError(`${spec.name} stopped while starting: ${lastLine(spec.logFile)}`);
    }
    if (await spec.ready()) return { pid, exited, stop };
    if (Date.now() > deadline) {
      await stop();
      const seconds = Math.round(spec.readyTimeoutMs / 1_000);
      throw new LocalStackError(`${spec.name} was not ready after ${seconds} s; its log is ${spec.logFile}`);
    }
    await delay(50);
  }
}

/** Ends what an earlier run, killed before it could clean up, has left running. Returns the names of what it ended. */
export async function endLeftovers(pidDirectory: string): Promise<string[]> {
  const files = await readdir(pidDirectory).catch(() => []);
  const ended = await Promise.all(files.map((file) => endLeftover(join(pidDirectory, file))));
  return ended.filter((name) => name !== undefined);
}

/**
 * SIGTERM to a process group, then SIGKILL when it has not gone after the grace period. Returns when it is gone: the
 * kernel frees a killed program's ports only some time after the signal.
 */
export async function endGroup(pid: number, graceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  if (await goesWithin(pid, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await goesWithin(pid, KILL_TIMEOUT_MS);
}

async function goesWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isGone(pid))) {
    if (Date.now() > deadline) return false;
    await delay(50);
  }
  return true;
}

/** The program and its arguments, as it was started; `undefined` when there is no such process. */
export async function commandLine(pid: number): Promise<string | undefined> {
  return await describeProcess(pid, 'args');
}

/**
 * When the process started: a pid that was given to another program since reads differently. `undefined` when there
 * is no such process.
 */
async function processStart(pid: number): Promise<string | undefined> {
  return await describeProcess(pid, 'lstart');
}

/**
 * A zombie is gone, too: who was to collect it may never do so, as in a container without an init. But one that still
 * has threads (`l`) is only going: the last of them gives its memory and ports back.
 */
async function isGone(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return true;
  const processes = (await run('ps', ['-A', '-o', 'pgid=,stat='])).trim().split('\n');
  return processes
    .map((line) => line.trim().split(/\s+/))
    .filter(([pgid]) => pgid === String(group))
    .every(([, state]) => state?.startsWith('Z') && !state.includes('l'));
}

async function describeProcess(pid: number, column: 'args' | 'lstart'): Promise<string | undefined> {
  try {
    return (await run('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)])).trim() || undefined;
  } catch {
    return undefined;
  }
}

async function endLeftover(file: string): Promise<string | undefined> {
  const record = await readPidFile(file);
  const alive = record !== undefined && (await processStart(record.pid)) === record.start;
  if (alive) await endGroup(record.pid, 10_000);
  await rm(file, { force: true });
  return alive ? file.slice(file.lastIndexOf('/') + 1, -'.json'.length) : undefined;
}

async function writePidFile(file: string, pid: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, JSON.stringify({ pid, start: await processStart(pid) }));
  await rename(`${file}.tmp`, file);
}

async function readPidFile(file: string): Promise<{ pid: number; start: string } | undefined> {
  try {
    const record = JSON.parse(await readFile(file, 'utf8'));
    return Number.isInteger(record.pid) && typeof record.start === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

function lastLine(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trim().split('\n');
    return `${(lines.at(-1) ?? '').slice(0, 300)} (${logFile})`;
  } catch {
    return logFile;
  }
}
