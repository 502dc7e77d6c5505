import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { applyStep, applySteps, cleanUp, cluster, freshName, refusal } from './real-cluster.ts';
import { previewPlan, samplePlan } from './samples.ts';

describe('access to an environment on a real API server', { concurrency: 4 }, () => {
  after(cleanUp);

  test('does not call an environment its team cannot enter ready', async () => {
    const plan = previewPlan(freshName());
    const misbound = { ...plan, accessProof: { ...plan.accessProof, group: 'team-that-is-not-bound' } };
    await applyStep(misbound, 'space');

    const trouble = await refusal(applyStep(misbound, 'access'));

    assert.equal(trouble.type, 'AccessProofFailed');
    assert.match(trouble.reason, /^the group team-that-is-not-bound cannot (get pods|patch deployments)$/);
  });

  test('does not call an environment that outsiders can enter ready', async () => {
    const plan = previewPlan(freshName());
    const open = { ...plan, accessProof: { ...plan.accessProof, outsiderGroup: plan.environment.group } };
    await applyStep(open, 'space');

    const trouble = await refusal(applyStep(open, 'access'));

    assert.equal(trouble.type, 'AccessProofFailed');
    assert.match(trouble.reason, /^somebody outside the team can /);
  });

  test('reads secrets with the eyes of the person: a member gets them, an outsider does not', async () => {
    const plan = samplePlan('dev', { name: freshName() });
    await applySteps(plan, ['space', 'access', 'postgres-17']);
    const options = {
      environment: 'environment/local/test',
      namespace: plan.environment.namespace,
      outputs: [{ key: 'DATABASE_URL', secret: { name: 'postgres', key: 'url' } }],
    };

    const [revealed] = await cluster.readSecrets({ ...options, person: 'kim', group: 'team-shop' });
    const trouble = await refusal(cluster.readSecrets({ ...options, person: 'noor', group: 'team-finops' }));

    assert.match(revealed?.value ?? '', /^postgres:\/\/app:[0-9a-f]{48}@postgres:5432\/app$/);
    assert.equal(trouble.type, 'Forbidden');
  });
});
