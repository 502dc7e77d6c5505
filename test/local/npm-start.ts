import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/local/run.ts';
import { purserHome } from '../support/stack.ts';

const START_TIMEOUT_MS = 90_000;

export interface Purser {
  child: ChildProcess;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
  /** Resolves once it has written the text. */
  says(text: string): Promise<void>;
}

/** As `npm start` runs it, without anything configured. */
export function startPurser(env: Record<string, string>, args: string[] = []): Purser {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!written.includes(text)) return;
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(
        () => reject(new Error(`It never said “${text}”:\n${written}`)),
        START_TIMEOUT_MS,
      );
      child.stdout.on('data', check);
      child.stderr.on('data', check);
      void exited.then(() => {
        clearTimeout(timer);
        reject(new Error(`It ended before it said “${text}”:\n${written}`));
      });
      check();
    });
  return { child, output: () => written, exited, says };
}

export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'purser-start-'));
  await symlink(join(purserHome(), 'bin'), join(home, 'bin'));
  return home;
}

/** Everything that was started for the home, by command line. */
export async function processesOf(home: string): Promise<string[]> {
  const all = await run('ps', ['-ww', '-A', '-o', 'args=']);
  return all.split('\n').filter((line) => line.includes(home) && !line.startsWith('ps '));
}
