import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { environmentNamespace } from '../../src/domain/ids.ts';
import { field } from '../../src/kubernetes/objects.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { openPurser } from '../support/purser.ts';
import {
  actionsOf,
  answered,
  approvalsOf,
  assertPostedOnce,
  atWork,
  cardOf,
  create,
  namespaceOf,
  untilCard,
  untilPhase,
} from './acts.ts';

const purser = await atWork(openPurser());

describe('what the cluster does not let happen', () => {
  test('a namespace that is not ours: the reason on the card, nothing touched, and rolling back leaves it', async () => {
    const { slack } = purser;
    const name = purser.newName();
    const theirs = await purser.kube.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: environmentNamespace(name) },
    });

    await create(purser, `dev ${name}`);
    const card = await untilCard(purser, name, 'could not be finished');
    assert.match(readable(card), /exists already and does not belong to this request; it was not touched/);
    assert.deepEqual(actionsOf(card), ['environment.retry', 'environment.roll-back']);
    await answered(purser, 'U0KIM', () => slack.click('U0KIM', card, 'environment.roll-back'));
    const end = await untilCard(purser, name, 'was rolled back');

    assert.deepEqual(actionsOf(end), []);
    assert.doesNotMatch(readable(end), /Could not be undone/);
    const kept = await namespaceOf(purser, name);
    assert.equal(kept?.metadata.uid, theirs.metadata.uid);
    assert.equal(kept?.metadata.deletionTimestamp, undefined);
    assert.equal(kept?.metadata.labels?.['purser/environment'], undefined);
  });

  test('a quota that is too small, then an object that is not ours: each told verbatim, and Retry goes on', async () => {
    const { slack, kube } = purser;
    const name = purser.newName();
    const namespace = environmentNamespace(name);

    await create(purser, `dev ${name} size=l`);
    const { requestId } = await untilPhase(purser, name, 'awaiting-approval');
    await prepareTightNamespace(name, requestId);
    const [copy] = await eventually(() => {
      const found = approvalsOf(purser, name);
      return found.length > 0 && found;
    });
    assert.ok(copy);
    await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', copy, 'environment.approve'));
    const card = await untilCard(purser, name, 'could not be finished', 30_000);
    assert.match(readable(card), /exceeded quota: tight, requested: pods=1, used: pods=0, limited: pods=0/);
    const failed = await purser.state(name);
    const uid = (await namespaceOf(purser, name))?.metadata.uid;

    await removeQuota(namespace);
    const theirs = await kube.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'connection-info', namespace },
      data: { theirs: 'yes' },
    });
    await answered(purser, 'U0KIM', () => slack.click('U0KIM', card, 'environment.retry'));
    const again = await untilCard(purser, name, 'ConfigMap connection-info');
    assert.match(readable(again), /does not belong to this request; it was not touched/);
    const found = await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'connection-info', namespace });
    assert.equal(found?.metadata.resourceVersion, theirs.metadata.resourceVersion);

    await kube.remove(
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'connection-info', namespace },
      theirs.metadata.uid,
    );
    await untilPhase(purser, name, 'failed');
    await answered(purser, 'U0KIM', () => slack.click('U0KIM', again, 'environment.retry'));
    const ready = await untilCard(purser, name, 'is ready');

    assert.equal((await namespaceOf(purser, name))?.metadata.uid, uid);
    const { steps } = await purser.state(name);
    const before = failed.steps.filter(({ state }) => state === 'done');
    assert.ok(before.length > 0);
    assert.deepEqual(steps.slice(0, before.length), before);
    assert.equal(cardOf(purser, name)?.ts, ready.ts);
    assertPostedOnce(purser);
  });

  /** As an attempt of ours would have left it, with a quota of somebody else's in it. */
  async function prepareTightNamespace(name: string, requestId: string): Promise<void> {
    const namespace = environmentNamespace(name);
    await purser.kube.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { 'app.kubernetes.io/managed-by': 'purser', 'purser/environment': name },
        annotations: { 'purser/request-id': requestId },
      },
    });
    await purser.kube.create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'tight', namespace },
      spec: { hard: { pods: '0' } },
    });
    const ref = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'tight', namespace };
    await eventually(async () => field(await purser.kube.get(ref), 'status', 'hard', 'pods') === '0');
  }

  async function removeQuota(namespace: string): Promise<void> {
    const ref = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'tight', namespace };
    const quota = await purser.kube.get(ref);
    assert.ok(quota);
    await purser.kube.remove(ref, quota.metadata.uid);
  }
});
