import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Cluster, startCluster } from '../../src/local/cluster.ts';
import { freePort } from '../../src/local/ports.ts';
import { createProgress } from '../../src/local/progress.ts';
import { startTemporalServer, type TemporalServer } from '../../src/local/temporal-server.ts';
import { TOOLS } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';
import { eventually } from '../support/eventually.ts';
import { openPurser, type Purser } from '../support/purser.ts';
import { purserHome } from '../support/stack.ts';
import {
  assertPostedOnce,
  auditOf,
  cardOf,
  create,
  namespaceOf,
  runsOf,
  untilCard,
  untilPhase,
} from './acts.ts';

/** Servers of its own, which keep what they have on disk as those of `npm start` do. */
describe('servers that are restarted in the middle of a provisioning', () => {
  let directory: string;
  let cluster: Cluster;
  let temporal: TemporalServer;
  let purser: Purser;
  let startOwnCluster: () => Promise<Cluster>;
  let startOwnTemporal: () => Promise<TemporalServer>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'purser-restarts-'));
    const tools = await prepareTools({
      specs: TOOLS,
      home: purserHome(),
      searchPath: (process.env.PATH ?? '').split(delimiter),
      progress: createProgress(process.stderr),
    });
    const port = await freePort();
    startOwnCluster = () => startCluster({ tools, directory: join(directory, 'cluster'), nodes: 2 });
    startOwnTemporal = () =>
      startTemporalServer({
        binary: tools.temporal,
        port,
        databaseFile: join(directory, 'temporal.db'),
        logDirectory: join(directory, 'logs'),
      });
    [cluster, temporal] = await Promise.all([startOwnCluster(), startOwnTemporal()]);
    purser = await openPurser({ temporal: temporal.address, kubeconfig: cluster.kubeconfig });
    await Promise.all([purser.startBot(), purser.startWorker()]);
  });
  after(async () => {
    const { problems } = purser.slack;
    await purser.close();
    await Promise.all([cluster.stop(), temporal.stop()]);
    await rm(directory, { recursive: true, force: true });
    assert.deepEqual(problems, []);
  });

  test('Kubernetes is restarted: the step goes on where it was', async () => {
    const name = purser.newName();
    await create(purser, `dev ${name}`);
    const { uid } = await untilSpace(name);

    await cluster.stop();
    const { steps } = await purser.state(name);
    assert.ok(steps.some(({ state }) => state !== 'done'));
    cluster = await startOwnCluster();

    await assertReadyOnce(name, uid);
  });

  test('Temporal is restarted: the workflow goes on where it was', async () => {
    const name = purser.newName();
    await create(purser, `dev ${name}`);
    const { uid } = await untilSpace(name);

    await temporal.stop();
    temporal = await startOwnTemporal();

    await assertReadyOnce(name, uid);
  });

  test('both are down at once: the workflow goes on where it was', async () => {
    const name = purser.newName();
    await create(purser, `dev ${name}`);
    const { uid } = await untilSpace(name);

    await Promise.all([cluster.stop(), temporal.stop()]);
    [cluster, temporal] = await Promise.all([startOwnCluster(), startOwnTemporal()]);

    await assertReadyOnce(name, uid);
  });

  async function untilSpace(name: string): Promise<{ uid: string }> {
    const namespace = await eventually(() => namespaceOf(purser, name));
    return namespace.metadata;
  }

  async function assertReadyOnce(name: string, uid: string): Promise<void> {
    const { steps } = await eventually(() => untilPhase(purser, name, 'ready'), 90_000);
    await untilCard(purser, name, 'is ready');
    assert.equal((await namespaceOf(purser, name))?.metadata.uid, uid);
    assert.equal((await runsOf(purser, name)).length, 1);
    const applied = (await auditOf(purser, name)).filter((row) => row.startsWith('environment.apply'));
    assert.equal(applied.length, steps.length);
    assert.ok(cardOf(purser, name));
    assertPostedOnce(purser);
  }
});
