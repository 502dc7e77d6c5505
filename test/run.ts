/**
 * `npm test` runs every check; `node test/run.ts PATTERN…` runs the tests whose path contains one of the patterns.
 * Both use the test servers that run already, or start their own and stop them again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { purserHome, runningStack, startStack } from './support/stack.ts';

interface Phase {
  title: string;
  command: string;
  args: string[];
}

const CHECKS: Phase[] = [
  { title: 'Types', command: 'tsc', args: ['--noEmit'] },
  { title: 'Lint and format', command: 'biome', args: ['check', '--error-on-warnings'] },
  { title: 'Templates', command: process.execPath, args: ['src/lint-templates.ts'] },
  { title: 'Incidents', command: process.execPath, args: ['src/lint-incidents.ts'] },
  { title: 'Systems', command: process.execPath, args: ['src/lint-systems.ts'] },
  { title: 'Roles', command: process.execPath, args: ['src/lint-roles.ts'] },
  { title: 'Entitlements', command: process.execPath, args: ['src/lint-entitlements.ts'] },
];

// As many as the cores that CI has: with more, servers and tests keep each other from answering people in time.
const CONCURRENCY = 2;

/** They come first, so that none of them is what everybody waits for in the end. */
const LONGEST = [
  'e2e/incident-outages',
  'e2e/incident-crash',
  'e2e/teams-faults',
  'e2e/deadlines',
  'e2e/crash',
  'e2e/',
  'browser/',
];

// A signal ends the phase that runs; servers that are half-way up are finished, and then stopped.
let interrupted = false;
let current: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    current?.kill('SIGTERM');
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(patterns: string[]): Promise<number> {
  for (const check of patterns.length === 0 ? CHECKS : []) {
    if (!(await runPhase(check))) return 1;
  }
  const files = globSync('test/**/*.test.ts')
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
    .sort((one, other) => turnOf(one) - turnOf(other) || one.localeCompare(other));
  if (files.length === 0) {
    process.stderr.write(`No test file matches ${patterns.join(', ')}\n`);
    return 1;
  }

  const servers = await startServers();
  try {
    return (await runTests(files)) ? 0 : 1;
  } finally {
    await servers.stop();
  }
}

function turnOf(file: string): number {
  const turn = LONGEST.findIndex((part) => file.includes(part));
  return turn === -1 ? LONGEST.length : turn;
}

async function runTests(files: string[]): Promise<boolean> {
  const args = ['--test', `--test-concurrency=${CONCURRENCY}`, '--test-reporter=spec', ...files];
  return await runPhase({ title: `Tests (${files.length} files)`, command: process.execPath, args });
}

async function startServers(): Promise<{ stop(): Promise<void> }> {
  if ((await runningStack()) !== undefined) return { stop: async () => undefined };
  announce('Servers: Temporal, Kubernetes, Postgres');
  const { stop } = await startStack();
  return { stop };
}

function runPhase(phase: Phase): Promise<boolean> {
  if (interrupted) return Promise.resolve(false);
  announce(phase.title);
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(phase.command, phase.args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(purserHome(), 'compile-cache') },
    });
    current = child;
    child.once('error', (error) => {
      process.stderr.write(`${phase.title}: ${error.message}\n`);
      resolve(false);
    });
    child.once('exit', (code) => {
      current = undefined;
      const outcome = code === 0 ? 'passed' : 'FAILED';
      process.stdout.write(`${phase.title}: ${outcome} in ${((Date.now() - began) / 1_000).toFixed(1)} s\n`);
      resolve(code === 0);
    });
  });
}

function announce(title: string): void {
  process.stdout.write(`\n=== ${title}\n`);
}
