/** What a storm of alerts costs: how long all of it takes, and what it leaves in chat, in the history and in memory. */
import { Client, Connection } from '@temporalio/client';
import { incidentWorkflowId } from '../src/domain/ids.ts';
import { eventually } from '../test/support/eventually.ts';
import { getIncidentQuery } from '../workflows/incidents/messages.ts';
import { postAlert } from './alerts.ts';
import { deploy } from './deployment.ts';
import { printTable, spread } from './figures.ts';

const ALERTS = 5_000;
const SENDERS = 150;
const ROUNDS = 3;

interface Storm {
  answeredMs: number;
  messages: number;
  edits: number;
  events: number;
  /** What the worker takes, before and after it. */
  beforeMb: number;
  afterMb: number;
}

await using running = new AsyncDisposableStack();
const deployment = await deploy(running, { worker: true });
const connection = await Connection.connect({ address: deployment.temporalAddress });
running.defer(() => connection.close());
const client = new Client({ connection });

const storms: Storm[] = [];
// One alert first: what a worker needs for its first incident is not the storm's.
await rage('Calm', 1, 1);
for (let round = 1; round <= ROUNDS; round += 1) storms.push(await rage(`Storm${round}`, ALERTS, round + 1));
print();

/** Each storm is an incident of its own, with the next number. */
async function rage(alertname: string, count: number, number: number): Promise<Storm> {
  const { slack } = deployment;
  const callsOf = (method: string) => slack.callsOf(method).length;
  const before = { messages: callsOf('chat.postMessage'), edits: callsOf('chat.update') };
  const beforeMb = await memory();
  const began = performance.now();
  await sendAll(alertname, count);
  const answeredMs = performance.now() - began;
  const handle = client.workflow.getHandle(incidentWorkflowId(number));
  await eventually(async () => (await handle.query(getIncidentQuery)).alerts?.total === count, 60_000);
  const { historyLength } = await handle.describe();
  return {
    answeredMs,
    messages: callsOf('chat.postMessage') - before.messages,
    edits: callsOf('chat.update') - before.edits,
    events: historyLength,
    beforeMb,
    afterMb: await memory(),
  };
}

async function sendAll(alertname: string, count: number): Promise<void> {
  let next = 0;
  const sender = async () => {
    while (next < count) {
      next += 1;
      await postAlert(deployment, { alertname, instance: next, severity: 'critical' });
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

async function memory(): Promise<number> {
  const text = await (await fetch(`${deployment.workerUrl}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 1e6;
}

function print(): void {
  const column = (of: (storm: Storm) => number, digits = 0) => spread(storms.map(of), digits);
  printTable(
    `${ALERTS} alerts, ${SENDERS} deliveries at once, ${ROUNDS} storms: median (quartiles)`,
    [
      'until all are answered in s',
      'messages',
      'edits',
      'events in the history',
      'worker before in MB',
      'after',
    ],
    [
      [
        column(({ answeredMs }) => answeredMs / 1_000, 1),
        column(({ messages }) => messages),
        column(({ edits }) => edits),
        column(({ events }) => events),
        column(({ beforeMb }) => beforeMb),
        column(({ afterMb }) => afterMb),
      ],
    ],
  );
  process.stdout.write('\nGoal: answered within a minute, at most 20 messages.\n');
}
