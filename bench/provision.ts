/**
 * From the request to ready for `dev`: Purser, with everything it does on the way, against `kubectl apply` and
 * `kubectl wait` of the same rendered manifests on the same cluster.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import type { EnvironmentState } from '../src/domain/environments.ts';
import { environmentWorkflowId } from '../src/domain/ids.ts';
import type { Manifest, Plan } from '../src/domain/plans.ts';
import { createTemplateCatalog } from '../src/kubernetes/templates.ts';
import { run } from '../src/local/run.ts';
import type { FakeMessage } from '../test/support/fake-slack.ts';
import { kubeconfigPath, purserHome } from '../test/support/stack.ts';
import { getEnvironmentQuery } from '../workflows/environments/messages.ts';
import { deploy } from './deployment.ts';
import { printTable, spread } from './figures.ts';
import { cardSays, remove, request } from './life.ts';

const PAIRS = 12;
const WARM_UP = 1;

await using running = new AsyncDisposableStack();
const deployment = await deploy(running, { worker: true });
const connection = await Connection.connect({ address: deployment.temporalAddress });
running.defer(() => connection.close());
const client = new Client({ connection });
const catalog = createTemplateCatalog({
  dir: join(deployment.manifests, 'templates'),
  platform: () => deployment.platform,
});
const kubectl = (...args: string[]) =>
  run(join(purserHome(), 'bin', 'kubectl'), ['--kubeconfig', kubeconfigPath(), ...args], {
    timeoutMs: 120_000,
  });

const ready: number[] = [];
const shown: number[] = [];
const applied: number[] = [];
// Taken down at the end: a namespace that is going keeps the cluster busy for half a minute.
const cards: { name: string; card: FakeMessage }[] = [];
const namespaces: string[] = [];
for (let pair = 0; pair < WARM_UP + PAIRS; pair += 1) {
  const sides = [() => withPurser(`bench-${pair}`), () => withKubectl(`plain-${pair}`)];
  const results = new Map<number, Awaited<ReturnType<typeof withPurser>>>();
  for (const side of pair % 2 === 0 ? [0, 1] : [1, 0])
    results.set(side, await (sides[side] as (typeof sides)[0])());
  process.stderr.write(
    `pair ${pair}: ${results.get(0)?.readyMs} ms, kubectl ${results.get(1)?.readyMs} ms\n`,
  );
  if (pair < WARM_UP) continue;
  ready.push(results.get(0)?.readyMs ?? Number.NaN);
  shown.push(results.get(0)?.shownMs ?? Number.NaN);
  applied.push(results.get(1)?.readyMs ?? Number.NaN);
}
await Promise.all([
  kubectl('delete', 'namespace', ...namespaces),
  ...cards.map(({ name, card }) => remove(deployment, name, card)),
]);

printTable(
  `From the request to ready, template dev, ${PAIRS} interleaved pairs: median (quartiles)`,
  ['', 's', 'ratio'],
  [
    ['`kubectl apply` and `kubectl wait`', spread(applied.map(seconds), 2), '1'],
    ['Purser: request to ready', spread(ready.map(seconds), 2), ratio(ready)],
    ['Purser: request to the card that says so', spread(shown.map(seconds), 2), ratio(shown)],
  ],
);
process.stdout.write('\nGoal: request to ready at most 1.3.\n');

async function withPurser(name: string): Promise<{ readyMs: number; shownMs: number }> {
  const asked = Date.now();
  const card = await request(deployment, name, 'size=s');
  await cardSays(deployment, card, 'is ready');
  const shownMs = Date.now() - asked;
  const { cluster } = deployment.platform;
  const state: EnvironmentState = await client.workflow
    .getHandle(environmentWorkflowId(cluster.name, name))
    .query(getEnvironmentQuery);
  cards.push({ name, card });
  return { readyMs: Date.parse(state.readyAt ?? '') - asked, shownMs };
}

/** As somebody would by hand who has the rendered files and the right command line. */
async function withKubectl(name: string): Promise<{ readyMs: number; shownMs: number }> {
  const plan = planOf(name);
  const objects = plan.steps.flatMap((step) => step.objects);
  const file = join(deployment.logDirectory, `${name}.yaml`);
  await writeFile(file, filledIn(objects.map((object) => stringify(object)).join('---\n')));
  const { namespace } = plan.environment;
  const began = Date.now();
  await kubectl('apply', '-f', file);
  await Promise.all([
    kubectl(
      'wait',
      '-n',
      namespace,
      '--for=condition=Available',
      '--timeout=60s',
      ...named(objects, 'Deployment'),
    ),
    kubectl(
      'wait',
      '-n',
      namespace,
      '--for=jsonpath={.status.readyReplicas}=1',
      '--timeout=60s',
      ...named(objects, 'StatefulSet'),
    ),
    kubectl('wait', '-n', namespace, '--for=condition=Complete', '--timeout=60s', ...named(objects, 'Job')),
  ]);
  const readyMs = Date.now() - began;
  namespaces.push(namespace);
  return { readyMs, shownMs: readyMs };
}

function planOf(name: string): Plan {
  const { teams } = deployment.platform;
  const result = catalog.plan({
    template: 'dev',
    values: { name, team: 'shop', size: 's' },
    requester: {
      id: 'kim',
      roles: ['developer'],
      teams: teams.filter(({ id }) => id === 'shop').map(({ id, group }) => ({ id, group })),
    },
  });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

function filledIn(text: string): string {
  return text.replaceAll(/\$\{\{ *generate\.\w+ *\}\}/g, () => randomBytes(24).toString('hex'));
}

function named(objects: Manifest[], kind: string): string[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
}

function seconds(ms: number): number {
  return ms / 1_000;
}

function ratio(values: number[]): string {
  return spread(
    values.map((value, pair) => value / (applied[pair] ?? Number.NaN)),
    2,
  );
}
