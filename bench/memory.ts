/**
 * What a parked environment costs a worker in memory, against the same worker empty, a smallest workflow of the bare
 * library, and a cache that keeps them all.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MAX_CACHED_WORKFLOWS } from '../src/temporal/worker.ts';
import { startTemporal, stopOnSignals } from './deployment.ts';
import { median, printTable, spread } from './figures.ts';
import type { Parked } from './parked.ts';

const COUNT = 1_000;
const ROUNDS = 3;
const GOAL_KB = 150;

interface Case {
  title: string;
  what: 'environment' | 'bare';
  count: number;
  cache: number;
  results: Parked[];
}

const cases: Case[] = [
  {
    title: 'bare library, empty worker',
    what: 'bare',
    count: 0,
    cache: COUNT,
    results: [],
  },
  {
    title: `bare library, ${COUNT} workflows that only wait, cache of ${COUNT}`,
    what: 'bare',
    count: COUNT,
    cache: COUNT,
    results: [],
  },
  {
    title: 'Purser, empty worker',
    what: 'environment',
    count: 0,
    cache: MAX_CACHED_WORKFLOWS,
    results: [],
  },
  {
    title: `Purser, ${COUNT} ready environments, cache of ${MAX_CACHED_WORKFLOWS}`,
    what: 'environment',
    count: COUNT,
    cache: MAX_CACHED_WORKFLOWS,
    results: [],
  },
  {
    title: `Purser, ${COUNT} ready environments, cache of ${COUNT}`,
    what: 'environment',
    count: COUNT,
    cache: COUNT,
    results: [],
  },
];

const execute = promisify(execFile);

await using running = new AsyncDisposableStack();
stopOnSignals(running);
const logs = await mkdtemp(join(tmpdir(), 'purser-bench-'));
running.defer(() => rm(logs, { recursive: true, force: true }));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const one of cases) one.results.push(await measure(one));
}
print();

/** On a server and in a process of its own, so that nothing is left over from another case. */
async function measure({ what, count, cache }: Case): Promise<Parked> {
  await using mine = new AsyncDisposableStack();
  const address = await startTemporal(mine, logs);
  const { stdout } = await execute(process.execPath, [
    '--expose-gc',
    'bench/parked.ts',
    address,
    what,
    String(count),
    String(cache),
  ]);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Parked;
}

function print(): void {
  const empty = { bare: rssOf(cases[0]), environment: rssOf(cases[2]) };
  printTable(
    `Memory of a worker, ${ROUNDS} interleaved rounds: median (quartiles)`,
    ['', 'resident memory in MB', 'KB for each above the empty worker', 'a query in ms'],
    cases.map(({ title, what, count, results }) => [
      title,
      spread(
        results.map(({ rss }) => rss / 1e6),
        0,
      ),
      count === 0
        ? ''
        : spread(
            results.map(({ rss }) => (rss - empty[what]) / count / 1e3),
            0,
          ),
      count === 0 ? '' : spread(results.map(({ queryMs }) => queryMs)),
    ]),
  );
  process.stdout.write(`\nGoal: at most ${GOAL_KB} KB for each.\n`);
}

function rssOf(one: Case | undefined): number {
  return median((one?.results ?? []).map(({ rss }) => rss));
}
