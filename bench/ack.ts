/**
 * How long a person waits for the acknowledgement of `/env create`, with Temporal having accepted the workflow: the
 * bot of Purser, with everything it checks and writes, against a bare Bolt app on the same Temporal.
 */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../src/local/ports.ts';
import { startProcess } from '../src/local/processes.ts';
import { QUEUES } from '../src/temporal/queues.ts';
import { eventually } from '../test/support/eventually.ts';
import { sendRaw } from '../test/support/fake-slack.ts';
import { CHANNEL, DEVELOPER, type Deployment, deploy, statusOf } from './deployment.ts';
import { median, printTable, quantile, spread } from './figures.ts';

const CONCURRENCY = 20;
const WARM_UP = 200;
const REQUESTS = 400;
const ROUNDS = 9;

interface Side {
  name: string;
  url: string;
  rounds: { p50: number; p99: number }[];
}

await using running = new AsyncDisposableStack();
// No worker: what happens after the acknowledgement is another figure.
const deployment = await deploy(running, { worker: false });
const bare: Side = { name: 'bare Bolt', url: await startBareBolt(deployment), rounds: [] };
const purser: Side = { name: 'Purser', url: deployment.url, rounds: [] };

let requested = 0;
for (const side of [bare, purser]) await round(side, WARM_UP);
for (let number = 0; number < ROUNDS; number += 1) {
  for (const side of number % 2 === 0 ? [bare, purser] : [purser, bare]) {
    const latencies = await round(side, REQUESTS);
    side.rounds.push({ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) });
  }
}
await requireStarted(requested);
print();

async function startBareBolt({ slack, temporalAddress, logDirectory }: Deployment): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/slack/events`;
  const { apiUrl = '', inbound } = slack.config;
  const child = await startProcess({
    name: 'bare-bolt',
    command: process.execPath,
    args: [
      'bench/bare-bolt.ts',
      String(port),
      inbound.signingSecret,
      apiUrl,
      temporalAddress,
      `bare-${QUEUES.main}`,
    ],
    logFile: join(logDirectory, 'bare-bolt.log'),
    ready: async () => (await statusOf(url)) !== undefined,
    readyTimeoutMs: 30_000,
  });
  running.defer(child.stop);
  return url;
}

/** The latencies in milliseconds of `count` requests, always `CONCURRENCY` of them at once. */
async function round(side: Side, count: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  const sender = async () => {
    for (; left > 0; ) {
      left -= 1;
      latencies.push(await create(side));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  return latencies;
}

async function create(side: Side): Promise<number> {
  requested += 1;
  const text = `create preview bench-${requested} team=shop image=docker.io/library/httpd:2.4`;
  const { slack } = deployment;
  const signed = slack.signed('form', slack.commandPayload(DEVELOPER, CHANNEL, text));
  const answer = await sendRaw({ ...signed, url: side.url });
  if (answer.status !== 200 || !answer.text.includes('Requested')) {
    throw new Error(`${side.name} did not take it: ${answer.status} ${answer.text.slice(0, 500)}`);
  }
  return answer.tookMs;
}

/** An acknowledgement without a workflow would be no acknowledgement. Visibility lags by a moment. */
async function requireStarted(count: number): Promise<void> {
  const connection = await Connection.connect({ address: deployment.temporalAddress });
  const { workflow } = new Client({ connection });
  await eventually(async () => {
    const started = await workflow.count("WorkflowType = 'environment'");
    if (started.count !== count) throw new Error(`${count} were acknowledged, ${started.count} were started`);
    return true;
  });
  await connection.close();
}

function print(): void {
  const rows = [bare, purser].map(({ name, rounds }) => [
    name,
    spread(rounds.map(({ p50 }) => p50)),
    spread(rounds.map(({ p99 }) => p99)),
  ]);
  const ratio = (quantity: 'p50' | 'p99') =>
    spread(
      purser.rounds.map((own, number) => own[quantity] / (bare.rounds[number]?.[quantity] ?? Number.NaN)),
      2,
    );
  printTable(
    `Acknowledgement at ${CONCURRENCY} concurrent requests: ${ROUNDS} interleaved rounds of ${REQUESTS}, median (quartiles) in ms`,
    ['', 'p50', 'p99'],
    [...rows, ['ratio', ratio('p50'), ratio('p99')]],
  );
  const slowest = median(purser.rounds.map(({ p99 }) => p99));
  process.stdout.write(`\nGoal: both ratios at most 1.3, p99 under 500 ms (${slowest.toFixed(0)} ms).\n`);
}
