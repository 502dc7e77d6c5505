/** Purser against a bare bot, in interleaved rounds of one run. */
import { Client, Connection } from '@temporalio/client';
import { eventually } from '../test/support/eventually.ts';
import { median, printTable, quantile, spread } from './figures.ts';

const CONCURRENCY = 20;
const WARM_UP = 200;
const REQUESTS = 400;
const ROUNDS = 9;

export interface Side {
  name: string;
  /** One request, with a number nobody else has; how long its answer took, in milliseconds. Rejects when refused. */
  send(number: number): Promise<number>;
}

/** Prints medians, quartiles and ratios; rejects when a workflow was acknowledged that was not started. */
export async function compareLatencies(
  what: string,
  sides: [bare: Side, purser: Side],
  temporalAddress: string,
) {
  let sent = 0;
  const rounds = sides.map(() => [] as { p50: number; p99: number }[]);
  for (const side of sides) await round(side, WARM_UP);
  for (let number = 0; number < ROUNDS; number += 1) {
    for (const index of number % 2 === 0 ? [0, 1] : [1, 0]) {
      const latencies = await round(sides[index] as Side, REQUESTS);
      rounds[index]?.push({ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) });
    }
  }
  await requireStarted(sent, temporalAddress);
  print(what, sides, rounds as [Round[], Round[]]);

  /** The latencies of `count` requests, always `CONCURRENCY` of them at once. */
  async function round(side: Side, count: number): Promise<number[]> {
    const latencies: number[] = [];
    let left = count;
    const sender = async () => {
      for (; left > 0; ) {
        left -= 1;
        sent += 1;
        latencies.push(await side.send(sent));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, sender));
    return latencies;
  }
}

/** Visibility lags by a moment. */
async function requireStarted(count: number, address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  await eventually(async () => {
    const started = await workflow.count("WorkflowType = 'environment'");
    if (started.count !== count) throw new Error(`${count} were acknowledged, ${started.count} were started`);
    return true;
  });
  await connection.close();
}

type Round = { p50: number; p99: number };

function print(what: string, sides: Side[], [bare, purser]: [Round[], Round[]]): void {
  const rows = [bare, purser].map((rounds, index) => [
    `${sides[index]?.name}`,
    spread(rounds.map(({ p50 }) => p50)),
    spread(rounds.map(({ p99 }) => p99)),
  ]);
  const ratio = (quantity: 'p50' | 'p99') =>
    spread(
      purser.map((own, number) => own[quantity] / (bare[number]?.[quantity] ?? Number.NaN)),
      2,
    );
  printTable(
    `${what} at ${CONCURRENCY} concurrent requests: ${ROUNDS} interleaved rounds of ${REQUESTS}, median (quartiles) in ms`,
    ['', 'p50', 'p99'],
    [...rows, ['ratio', ratio('p50'), ratio('p99')]],
  );
  const slowest = median(purser.map(({ p99 }) => p99));
  process.stdout.write(`\nGoal: both ratios at most 1.3, p99 under 500 ms (${slowest.toFixed(0)} ms).\n`);
}
