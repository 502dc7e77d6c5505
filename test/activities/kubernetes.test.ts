import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CancelledFailure } from '@temporalio/activity';
import type { Trouble } from '../../src/domain/environments.ts';
import { ClusterError } from '../../src/domain/ports.ts';
import { sampleState } from '../support/environment-samples.ts';
import { createStage, mockActivity, type Scene, SHOP_CHANNEL, samplePlan } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const state = sampleState({ phase: 'provisioning' });
const step = { state, origin: SHOP_CHANNEL, stepId: 'space' };
const created = [{ apiVersion: 'v1', kind: 'Namespace', name: 'env-pr-42', uid: 'uid-1' }];

test('the stored plan is applied, after the audit says so', async () => {
  const seen: string[] = [];
  const scene = await stage.scene({
    async applyStep({ plan, stepId, requestId }) {
      seen.push(plan.environment.name, stepId, requestId, `${(await scene.audit()).length} audited`);
      return created;
    },
  });
  await savePlan(scene);

  const inventory = await scene.run(scene.activities.applyStep, step);

  assert.deepEqual(inventory, created);
  assert.deepEqual(seen, ['pr-42', 'space', 'request-1', '1 audited']);
  const [row] = await scene.audit();
  assert.equal(row?.action, 'environment.apply');
  assert.equal(row?.outcome, 'intended');
  assert.deepEqual(row?.detail, { requestId: 'request-1', digest: state.digest, step: 'space' });
});

test('the last step has the namespace say when the environment ends, and so has an end that moved', async () => {
  const noted: unknown[] = [];
  const scene = await stage.scene({
    applyStep: async () => created,
    noteExpiry: async ({ environment, namespace, expiresAt }) =>
      void noted.push([environment, namespace, expiresAt]),
  });
  await savePlan(scene);

  await scene.run(scene.activities.applyStep, step, 'first');
  await scene.run(scene.activities.applyStep, { ...step, expiresAt: '2026-04-08T10:00:00.000Z' }, 'last');
  const later = { ...state, expiresAt: '2026-04-09T10:00:00.000Z' };
  await scene.run(scene.activities.noteExpiry, { state: later, origin: SHOP_CHANNEL }, 'moved');

  assert.deepEqual(noted, [
    ['environment/local/pr-42', 'env-pr-42', '2026-04-08T10:00:00.000Z'],
    ['environment/local/pr-42', 'env-pr-42', '2026-04-09T10:00:00.000Z'],
  ]);
});

test('every attempt of a step is one audit row, a retry by a person is another', async () => {
  const scene = await stage.scene({ applyStep: async () => created });
  await savePlan(scene);

  await scene.run(scene.activities.applyStep, step, 'first');
  await scene.run(scene.activities.applyStep, step, 'first');
  await scene.run(scene.activities.applyStep, step, 'second');

  assert.equal((await scene.audit()).length, 2);
});

test('a plan that is missing, changed or of another environment is not applied', async () => {
  const scene = await stage.scene();
  const missing = scene.run(scene.activities.applyStep, step);
  await assert.rejects(missing, { type: 'StalePlan', nonRetryable: true });

  await scene.deps.plans.save(state.digest, samplePlan('another digest'));
  const changed = scene.run(scene.activities.applyStep, step);
  await assert.rejects(changed, { type: 'StalePlan' });

  const other = samplePlan('other');
  await scene.deps.plans.save('other', other);
  const foreign = scene.run(scene.activities.applyStep, {
    ...step,
    state: { ...state, digest: 'other', name: 'pr-43', namespace: 'env-pr-43' },
  });
  await assert.rejects(foreign, { type: 'StalePlan' });
  assert.deepEqual(await scene.audit(), []);
});

test('what the cluster refuses is final and tells the trouble, without its cause', async () => {
  const trouble = {
    type: 'QuotaExceeded' as const,
    object: 'Pod x',
    reason: 'exceeded',
    events: [],
    next: 'Ask.',
  };
  const scene = await stage.scene({
    applyStep: async () => {
      throw new ClusterError(trouble, { cause: new Error('canary in a response body') });
    },
  });
  await savePlan(scene);

  await assert.rejects(scene.run(scene.activities.applyStep, step), (error: Error) => {
    assert.deepEqual({ ...error }.cause, undefined);
    assert.equal((error as { nonRetryable?: boolean }).nonRetryable, true);
    assert.deepEqual((error as { details?: unknown[] }).details, [{ ...trouble, step: 'space' }]);
    return true;
  });
});

test('an outage is tried again', async () => {
  const trouble = { type: 'Unknown' as const, reason: 'no answer', events: [], next: 'Wait.' };
  const scene = await stage.scene({
    applyStep: async () => {
      throw new ClusterError(trouble);
    },
  });
  await savePlan(scene);

  await assert.rejects(scene.run(scene.activities.applyStep, step), { type: 'Unknown', nonRetryable: false });
});

test('a cancellation reaches the cluster and ends the activity as cancelled', async () => {
  const environment = mockActivity();
  const scene = await stage.scene({
    applyStep: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        environment.cancel('CANCELLED');
      }),
  });
  await savePlan(scene);

  await assert.rejects(environment.run(scene.activities.applyStep, step), CancelledFailure);
});

test('progress is a heartbeat', async () => {
  const environment = mockActivity();
  const beats: unknown[] = [];
  environment.on('heartbeat', (note) => beats.push(note));
  const scene = await stage.scene({
    applyStep: async ({ progress }) => {
      progress('0 of 1 ready');
      return created;
    },
  });
  await savePlan(scene);

  await environment.run(scene.activities.applyStep, step);

  assert.deepEqual(beats, ['', '0 of 1 ready']);
});

test('the card shows the step beside the work, and chat that is down neither stops nor fails it', async () => {
  const scene = await stage.scene({ applyStep: async () => created });
  await savePlan(scene);
  scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'unavailable' });
  const held = scene.chat.hold('C0SHOP');

  const inventory = await scene.run(scene.activities.applyStep, step);
  await held.reached;
  held.letGo();

  assert.deepEqual(inventory, created);
});

const NO_ROOM = {
  type: 'QuotaExceeded' as const,
  object: 'Deployment runner',
  reason:
    'pods "runner-1" is forbidden: exceeded quota: purser-quota, requested: pods=1, used: pods=5, limited: pods=5',
  events: [],
  next: 'Roll back.',
};

for (const { title, size, reason, bigger, next } of [
  {
    title: 'the next size, with who approves it',
    size: 'm',
    bigger: 'l',
    next: /^Size l has more room \(size l is approved by team FinOps\)\. .*rolled back/,
  },
  {
    title: 'who looks after the template, where there is no bigger size',
    size: 'l',
    next: /^There is no bigger size\. Ask Platform, who looks after the template/,
  },
  {
    title: 'whoever set a quota that is not ours',
    size: 's',
    reason: 'pods "runner-1" is forbidden: exceeded quota: tight, requested: pods=1, limited: pods=0',
    next: /^The quota tight is not Purser's\. Ask whoever set it/,
  },
]) {
  test(`a step without room says why in the cluster's words, and names ${title}`, async () => {
    const trouble = { ...NO_ROOM, reason: reason ?? NO_ROOM.reason };
    const scene = await stage.scene({
      async applyStep() {
        throw new ClusterError(trouble);
      },
    });
    await savePlan(scene);
    const state = { ...step.state, parameters: { ...step.state.parameters, size } };

    const applied = scene.run(scene.activities.applyStep, { ...step, state });

    await assert.rejects(applied, (error: Error & { details?: Trouble[] }) => {
      const [told] = error.details ?? [];
      assert.equal(told?.reason, trouble.reason);
      assert.equal(told?.bigger, bigger);
      assert.match(told?.next ?? '', next);
      return true;
    });
  });
}

test('what the cluster said is told although nobody can be asked what helps', async () => {
  const scene = await stage.scene({
    async applyStep() {
      throw new ClusterError(NO_ROOM);
    },
  });
  await savePlan(scene);
  scene.deps.directory.snapshot = async () => {
    throw new Error('the directory is down');
  };

  const applied = scene.run(scene.activities.applyStep, step);

  await assert.rejects(applied, { type: 'QuotaExceeded', nonRetryable: true });
});

test('teardown passes on what is left and what blocks it', async () => {
  const scene = await stage.scene({
    teardown: async ({ namespace, requestId, inventory }) => ({
      gone: false,
      blockers: [`${namespace} ${requestId} ${inventory.length}`],
    }),
  });

  const answer = await scene.run(scene.activities.teardown, {
    state: sampleState({ phase: 'deleting', end: 'deleted', deletedBy: 'lee' }),
    origin: SHOP_CHANNEL,
    inventory: created,
  });

  assert.deepEqual(answer, { gone: false, blockers: ['env-pr-42 request-1 1'] });
  const [row] = await scene.audit();
  assert.equal(row?.actor, 'lee');
  assert.equal(row?.action, 'environment.teardown');
});

async function savePlan(scene: Scene): Promise<void> {
  await scene.deps.plans.save(state.digest, samplePlan());
}
