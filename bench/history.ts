/** How many events the history of a `dev` environment has, from its creation until it is gone. */
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { environmentWorkflowId } from '../src/domain/ids.ts';
import { deploy } from './deployment.ts';
import { printTable } from './figures.ts';
import { approve, cardSays, remove, request } from './life.ts';

const GOAL = 80;
const FINOPS = 'U0NOOR';

const { EventType } = proto.temporal.api.enums.v1;

await using running = new AsyncDisposableStack();
const deployment = await deploy(running, { worker: true });
const connection = await Connection.connect({ address: deployment.temporalAddress });
running.defer(() => connection.close());
const client = new Client({ connection });

const small = await request(deployment, 'bench-small', 'size=s');
await cardSays(deployment, small, 'is ready');
await remove(deployment, 'bench-small', small);

const large = await request(deployment, 'bench-large', 'size=l');
await approve(deployment, 'bench-large', FINOPS);
await cardSays(deployment, large, 'is ready');
await remove(deployment, 'bench-large', large);

const columns = [await eventsOf('bench-small'), await eventsOf('bench-large')];
const types = [...new Set(columns.flatMap((events) => [...events.keys()]))].sort();
const total = (events: Map<string, number>) => [...events.values()].reduce((sum, count) => sum + count, 0);
printTable(
  'Events in the history of `dev` from create to gone',
  ['event', 'size s, no approval', 'size l, approved by one'],
  [
    ...types.map((type) => [type, ...columns.map((events) => `${events.get(type) ?? 0}`)]),
    ['**all**', ...columns.map((events) => `**${total(events)}**`)],
  ],
);
process.stdout.write(`\nGoal: at most ${GOAL}.\n`);

/** By type. Resolves when the workflow has ended. */
async function eventsOf(name: string): Promise<Map<string, number>> {
  const handle = client.workflow.getHandle(environmentWorkflowId(deployment.platform.cluster.name, name));
  await handle.result();
  const { events } = await handle.fetchHistory();
  const counts = new Map<string, number>();
  for (const { eventType } of events ?? []) {
    const type = pascal(EventType[eventType ?? 0]);
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/** `EVENT_TYPE_TIMER_STARTED` as everybody else spells it. */
function pascal(type: string | undefined): string {
  return (type ?? '')
    .replace('EVENT_TYPE_', '')
    .split('_')
    .map((word) => `${word.charAt(0)}${word.slice(1).toLowerCase()}`)
    .join('');
}
