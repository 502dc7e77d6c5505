import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { field, record } from '../../src/kubernetes/objects.ts';
import {
  applyStep,
  applySteps,
  cleanUp,
  client,
  cluster,
  editAs,
  everyStep,
  existing,
  freshName,
  inside,
  namespaceRef,
  refusal,
  teardown,
} from './real-cluster.ts';
import { previewPlan, samplePlan, withObject } from './samples.ts';

/** A denial reaches the person while they still look. */
const WITHIN_30_S = { timeout: 30_000 };

describe('applying an environment to a real API server', { concurrency: 4 }, () => {
  after(cleanUp);

  test('applies the whole dev template, step by step, until it is ready', async () => {
    const plan = samplePlan('dev', { name: freshName() });

    const inventory = await applySteps(plan, everyStep(plan));

    const objects = plan.steps.flatMap((step) => step.objects);
    assert.equal(inventory.length, objects.length);
    assert.ok(inventory.every(({ uid }) => uid !== ''));
    const database = await existing(inside(plan, 'StatefulSet', 'postgres', 'apps/v1'));
    assert.equal(field(database, 'status', 'readyReplicas'), 1);
    const published = await existing(inside(plan, 'ConfigMap', 'connection-info'));
    assert.deepEqual(published.data, {
      APP_URL: `https://${plan.environment.name}.env.localhost`,
      ARTIFACTS_PASSWORD: 'in Secret artifacts, key password',
      ARTIFACTS_URL: `https://artifacts.${plan.environment.name}.env.localhost`,
      ARTIFACTS_USER: 'in Secret artifacts, key username',
      DATABASE_URL: 'in Secret postgres, key url',
    });
  });

  test('has pods of the application pull with the credentials that the probe used', async () => {
    const plan = samplePlan('dev', { name: freshName(), postgres: false });

    await applySteps(plan, everyStep(plan));

    const secret = await existing(inside(plan, 'Secret', 'artifacts'));
    const kept = (key: string) => Buffer.from(String(field(secret.data, key)), 'base64').toString();
    const { name, namespace } = plan.environment;
    assert.equal(secret.type, 'kubernetes.io/dockerconfigjson');
    assert.match(kept('password'), /^[0-9a-f]{48}$/);
    assert.deepEqual(JSON.parse(kept('.dockerconfigjson')), {
      auths: { [`artifacts.${name}.env.localhost`]: { username: name, password: kept('password') } },
    });
    const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace });
    const pulling = pods.filter(({ spec }) => field(spec, 'imagePullSecrets') !== undefined);
    assert.deepEqual(
      pulling.map(({ spec }) => [field(spec, 'serviceAccountName'), field(spec, 'imagePullSecrets')]),
      [['app', [{ name: 'artifacts' }]]],
    );
    const job = await existing(inside(plan, 'Job', 'artifacts-probe', 'batch/v1'));
    assert.equal(field(job, 'status', 'succeeded'), 1);
    const probe = pods.find(({ metadata }) => metadata.labels?.app === 'artifacts-probe');
    assert.equal(field(probe, 'spec', 'serviceAccountName'), 'artifacts-probe');
    assert.ok(!JSON.stringify(field(probe, 'spec', 'volumes')).includes('token'));
  });

  test('lets a probe that failed run again when the step is tried again', WITHIN_30_S, async () => {
    const plan = samplePlan('dev', { name: freshName(), postgres: false });
    const hopeless = withObject(plan, 'Job', 'artifacts-probe', (job) => {
      const changed = structuredClone(job);
      record(changed.spec).activeDeadlineSeconds = 1;
      record(field(changed, 'spec', 'template', 'spec')).nodeSelector = { node: 'none' };
      return changed;
    });
    await applySteps(plan, ['space', 'access']);

    const trouble = await refusal(applyStep(hopeless, 'artifact-registry'));
    const failed = await existing(inside(plan, 'Job', 'artifacts-probe', 'batch/v1'));
    await applyStep(plan, 'artifact-registry');

    assert.equal(trouble.object, 'Job artifacts-probe');
    assert.match(trouble.reason, /active longer than specified deadline/);
    const again = await existing(inside(plan, 'Job', 'artifacts-probe', 'batch/v1'));
    assert.notEqual(again.metadata.uid, failed.metadata.uid);
    assert.equal(field(again, 'status', 'succeeded'), 1);
  });

  test('marks every object as ours and for this request', async () => {
    const plan = previewPlan(freshName());

    const inventory = await applySteps(plan, ['space', 'access']);

    for (const item of inventory) {
      const { labels, annotations } = (await existing(item)).metadata;
      assert.equal(labels?.['app.kubernetes.io/managed-by'], 'purser');
      assert.equal(labels?.['purser/environment'], plan.environment.name);
      assert.equal(annotations?.['purser/request-id'], 'request-1');
    }
  });

  test('changes nothing when a step is applied again: same objects, same password', async () => {
    const plan = samplePlan('dev', { name: freshName() });
    const first = await applySteps(plan, ['space', 'access', 'postgres-17']);
    const secret = await existing(inside(plan, 'Secret', 'postgres'));

    const second = await applySteps(plan, ['space', 'access', 'postgres-17']);

    assert.deepEqual(second, first);
    const again = await existing(inside(plan, 'Secret', 'postgres'));
    assert.deepEqual(again.data, secret.data);
    assert.equal(again.metadata.resourceVersion, secret.metadata.resourceVersion);
  });

  test('resumes after a crash between the Secret and the StatefulSet with the same password', async () => {
    const plan = samplePlan('dev', { name: freshName() });
    await applySteps(plan, ['space', 'access']);
    const secretOnly = {
      ...plan,
      steps: plan.steps.map((step) =>
        step.id === 'postgres-17'
          ? { ...step, objects: step.objects.filter(({ kind }) => kind === 'Secret') }
          : step,
      ),
    };
    await applyStep(secretOnly, 'postgres-17');
    const before = await existing(inside(plan, 'Secret', 'postgres'));
    assert.equal(await client.get(inside(plan, 'StatefulSet', 'postgres', 'apps/v1')), undefined);

    await applyStep(plan, 'postgres-17');

    const secret = await existing(inside(plan, 'Secret', 'postgres'));
    assert.deepEqual(secret.data, before.data);
    const password = Buffer.from(String(field(secret.data, 'password')), 'base64').toString();
    assert.match(password, /^[0-9a-f]{48}$/);
    const url = Buffer.from(String(field(secret.data, 'url')), 'base64').toString();
    assert.equal(url, `postgres://app:${password}@postgres:5432/app`);
  });

  test('enforces the quota before the step is done', async () => {
    const plan = previewPlan(freshName());

    await applyStep(plan, 'space');

    const quota = await existing(inside(plan, 'ResourceQuota', 'purser-quota'));
    assert.deepEqual(field(quota, 'status', 'hard'), field(quota, 'spec', 'hard'));
  });

  test('tells of a quota that is too small, in the words of the cluster', WITHIN_30_S, async () => {
    const plan = withObject(previewPlan(freshName()), 'ResourceQuota', 'purser-quota', (quota) => ({
      ...quota,
      spec: { hard: { 'limits.cpu': '10m' } },
    }));
    await applySteps(plan, ['space', 'access']);

    const trouble = await refusal(applyStep(plan, 'preview'));

    assert.equal(trouble.type, 'QuotaExceeded');
    assert.equal(trouble.step, 'preview');
    assert.equal(trouble.object, 'Deployment preview');
    assert.match(
      trouble.reason,
      /exceeded quota: purser-quota, requested: limits.cpu=500m, .*limited: limits.cpu=10m/,
    );
  });

  test(
    'tells of a Pod Security denial of a StatefulSet, in the words of the cluster',
    WITHIN_30_S,
    async () => {
      const plan = withObject(samplePlan('dev', { name: freshName() }), 'StatefulSet', 'postgres', (set) => {
        const changed = structuredClone(set);
        record(field(changed, 'spec', 'template', 'spec')).hostNetwork = true;
        return changed;
      });
      await applySteps(plan, ['space', 'access']);

      const trouble = await refusal(applyStep(plan, 'postgres-17'));

      assert.equal(trouble.type, 'AdmissionDenied');
      assert.match(
        trouble.reason,
        /violates PodSecurity "baseline:v1.33": host namespaces \(hostNetwork=true\)/,
      );
      assert.ok(trouble.events.length <= 3);
    },
  );

  test('finds what the API server would refuse before any workload runs', async () => {
    const plan = withObject(previewPlan(freshName()), 'Deployment', 'preview', (deployment) => ({
      ...deployment,
      spec: { ...(deployment.spec as object), replicasss: 2 },
    }));
    await applyStep(plan, 'space');

    const trouble = await refusal(applyStep(plan, 'access'));

    assert.equal(trouble.type, 'AdmissionDenied');
    assert.match(trouble.reason, /replicasss/);
    assert.equal(await client.get(inside(plan, 'Service', 'preview')), undefined);
  });

  test('refuses a namespace that is not ours, and leaves it as it is', async () => {
    const plan = previewPlan(freshName());
    const { namespace } = plan.environment;
    const before = await client.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });

    const trouble = await refusal(applyStep(plan, 'space'));
    const ended = await teardown(plan, [], 0);

    assert.equal(trouble.type, 'ForeignObject');
    assert.deepEqual(ended, { gone: true, blockers: [] });
    const kept = await existing(namespaceRef(plan));
    assert.equal(kept.metadata.uid, before.metadata.uid);
    assert.equal(kept.metadata.deletionTimestamp, undefined);
    assert.equal(kept.metadata.labels?.['purser/environment'], undefined);
    assert.equal(await client.get(inside(plan, 'ResourceQuota', 'purser-quota')), undefined);
  });

  test('refuses an object that is not ours inside our namespace, and leaves it as it is', async () => {
    const plan = previewPlan(freshName());
    await applySteps(plan, ['space', 'access']);
    const foreign = await client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'connection-info', namespace: plan.environment.namespace },
      data: { theirs: 'yes' },
    });

    const trouble = await refusal(applyStep(plan, 'publish'));

    assert.equal(trouble.type, 'ForeignObject');
    assert.equal(trouble.object, 'ConfigMap connection-info');
    const kept = await existing(inside(plan, 'ConfigMap', 'connection-info'));
    assert.equal(kept.metadata.resourceVersion, foreign.metadata.resourceVersion);
  });

  test('refuses the environment of another request of the same name', async () => {
    const plan = previewPlan(freshName());
    await applyStep(plan, 'space', 'request-1');

    const trouble = await refusal(applyStep(plan, 'space', 'request-2'));

    assert.equal(trouble.type, 'ForeignObject');
  });

  test('names the manager and the field of a conflict', async () => {
    const plan = previewPlan(freshName());
    await applyStep(plan, 'space');
    const path = `/api/v1/namespaces/${plan.environment.namespace}/resourcequotas/purser-quota`;
    await editAs('kubectl-edit', path, { spec: { hard: { pods: '99' } } });

    const trouble = await refusal(applyStep(plan, 'space'));

    assert.equal(trouble.type, 'FieldConflict');
    assert.equal(trouble.reason, '.spec.hard.pods belongs to kubectl-edit');
  });

  test('does not call a Service ready that nothing answers for', async () => {
    const plan = withObject(previewPlan(freshName()), 'Service', 'preview', (service) => ({
      ...service,
      spec: { ...(service.spec as object), selector: { app: 'nothing' } },
    }));
    await applySteps(plan, ['space', 'access']);
    const stopping = new AbortController();
    const deployed = async () => {
      const deployment = await client.get(inside(plan, 'Deployment', 'preview', 'apps/v1'));
      return field(deployment, 'status', 'availableReplicas') === 1;
    };

    const running = cluster.applyStep({
      plan,
      stepId: 'preview',
      requestId: 'request-1',
      progress: async (note) => {
        // The only thing left to wait for.
        if (note === 'Service preview has nothing ready behind it' && (await deployed())) stopping.abort();
      },
      signal: stopping.signal,
    });

    await assert.rejects(running, { name: 'AbortError' });
    assert.ok(await deployed());
  });

  test('stops when it is told to', async () => {
    const plan = previewPlan(freshName());
    const reason = new Error('enough');

    const running = cluster.applyStep({
      plan,
      stepId: 'space',
      requestId: 'request-1',
      progress: () => {},
      signal: AbortSignal.abort(reason),
    });

    await assert.rejects(running, reason);
    assert.equal(await client.get(namespaceRef(plan)), undefined);
  });
});
