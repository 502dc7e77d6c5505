import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  applyStep,
  cleanUp,
  client,
  cluster,
  editAs,
  existing,
  freshName,
  namespaceRef,
  never,
} from './real-cluster.ts';
import { previewPlan } from './samples.ts';

describe('when an environment ends, as its namespace says', () => {
  after(cleanUp);

  const note = (namespace: string, expiresAt: string, requestId = 'request-1') =>
    cluster.noteExpiry({
      environment: 'environment/local/test',
      namespace,
      requestId,
      expiresAt,
      signal: never,
    });

  test('moves with the end, whoever has written there, and takes nothing else away', async () => {
    const plan = previewPlan(freshName());
    await applyStep(plan, 'space');
    const before = (await existing(namespaceRef(plan))).metadata;
    const { namespace } = plan.environment;

    await note(namespace, '2026-04-08T10:00:00.000Z');
    await editAs('kubectl-edit', `/api/v1/namespaces/${namespace}`, {
      metadata: { annotations: { 'purser/expires-at': 'never' } },
    });
    await note(namespace, '2026-04-09T10:00:00.000Z');
    await applyStep(plan, 'space');

    const { annotations, labels, uid } = (await existing(namespaceRef(plan))).metadata;
    assert.deepEqual(annotations, {
      ...before.annotations,
      'purser/expires-at': '2026-04-09T10:00:00.000Z',
    });
    assert.deepEqual([labels, uid], [before.labels, before.uid]);
  });

  test('is not written on a namespace of another request, and makes none that is not there', async () => {
    const plan = previewPlan(freshName());
    await applyStep(plan, 'space');
    const missing = previewPlan(freshName());

    await note(plan.environment.namespace, '2026-04-08T10:00:00.000Z', 'request-2');
    await note(missing.environment.namespace, '2026-04-08T10:00:00.000Z');

    const { annotations } = (await existing(namespaceRef(plan))).metadata;
    assert.equal(annotations?.['purser/expires-at'], undefined);
    assert.equal(await client.get(namespaceRef(missing)), undefined);
  });
});
