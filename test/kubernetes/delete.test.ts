import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  applyStep,
  applySteps,
  cleanUp,
  client,
  cluster,
  editAs,
  existing,
  freshName,
  inside,
  namespaceRef,
  never,
  teardown,
} from './real-cluster.ts';
import { previewPlan } from './samples.ts';

describe('deleting an environment from a real API server', { concurrency: 4 }, () => {
  after(cleanUp);

  test('waits for the namespace of an earlier life to be gone', async () => {
    const plan = previewPlan(freshName());
    const [earlier] = await applyStep(plan, 'space', 'request-0');
    await cluster.teardown({
      environment: 'environment/local/test',
      namespace: plan.environment.namespace,
      requestId: 'request-0',
      inventory: [],
      waitMs: 0,
      progress: () => {},
      signal: never,
    });

    const [later] = await applyStep(plan, 'space');

    assert.notEqual(later?.uid, earlier?.uid);
    assert.equal((await existing(namespaceRef(plan))).metadata.uid, later?.uid);
  });

  test('deletes what it made, and twice is once', async () => {
    const plan = previewPlan(freshName());
    const inventory = await applySteps(plan, ['space', 'access']);

    const first = await teardown(plan, inventory, 60_000);
    const second = await teardown(plan, inventory, 0);

    assert.deepEqual(first, { gone: true, blockers: [] });
    assert.deepEqual(second, { gone: true, blockers: [] });
    assert.equal(await client.get(namespaceRef(plan)), undefined);
  });

  test('leaves a successor of the same name alone', async () => {
    const plan = previewPlan(freshName());
    const inventory = await applyStep(plan, 'space');
    const ofAnEarlierLife = inventory.map((item) => ({
      ...item,
      uid: 'f3b0c6f2-0000-4000-8000-000000000000',
    }));

    const ended = await teardown(plan, ofAnEarlierLife, 0);

    assert.deepEqual(ended, { gone: true, blockers: [] });
    assert.equal((await existing(namespaceRef(plan))).metadata.deletionTimestamp, undefined);
  });

  test('names the finalizer that blocks a deletion, and strips nothing', { timeout: 60_000 }, async () => {
    const plan = previewPlan(freshName());
    const inventory = await applyStep(plan, 'space');
    const { namespace } = plan.environment;
    await client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', namespace, finalizers: ['example.test/hold'] } as never,
    });

    let ended = await teardown(plan, inventory, 0);
    while (!ended.gone && ended.blockers.length === 0) ended = await teardown(plan, inventory, 1_000);

    assert.equal(ended.gone, false);
    assert.match(ended.blockers.join('\n'), /example\.test\/hold in 1 resource instances/);
    const held = await existing(inside(plan, 'ConfigMap', 'held'));
    assert.deepEqual(held.metadata.finalizers, ['example.test/hold']);
    await editAs('test', `/api/v1/namespaces/${namespace}/configmaps/held`, {
      metadata: { finalizers: null },
    });
  });
});
