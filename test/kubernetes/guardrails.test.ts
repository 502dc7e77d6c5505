import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Manifest } from '../../src/domain/plans.ts';
import { field, list } from '../../src/kubernetes/objects.ts';
import { samplePlan } from './samples.ts';

const plan = samplePlan('dev', { name: 'abc', size: 'm' });
const objects = plan.steps.flatMap((step) => step.objects);

function object(kind: string, name: string): Manifest {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  assert.ok(found, `${kind} ${name} is not there`);
  return found;
}

describe('guardrails', () => {
  test('stand before everything else', () => {
    assert.deepEqual(
      plan.steps[0]?.objects.map(({ kind }) => kind),
      ['Namespace', 'ResourceQuota', 'LimitRange', ...Array(6).fill('NetworkPolicy')],
    );
    assert.deepEqual(
      plan.steps[1]?.objects.map(({ kind }) => kind),
      ['Role', 'RoleBinding'],
    );
  });

  test('put every object into the namespace of the environment, and mark it as ours', () => {
    for (const { kind, metadata } of objects) {
      assert.equal(metadata.namespace, kind === 'Namespace' ? undefined : 'env-abc');
      assert.equal(metadata.labels?.['app.kubernetes.io/managed-by'], 'purser');
      assert.equal(metadata.labels?.['purser/environment'], 'abc');
    }
  });

  test('enforce Pod Security as of a named version', () => {
    const { labels } = object('Namespace', 'env-abc').metadata;

    assert.equal(labels?.['pod-security.kubernetes.io/enforce'], 'baseline');
    assert.equal(labels?.['pod-security.kubernetes.io/warn'], 'restricted');
    assert.equal(labels?.['pod-security.kubernetes.io/audit'], 'restricted');
    assert.match(labels?.['pod-security.kubernetes.io/enforce-version'] ?? '', /^v1\.\d+$/);
  });

  test('hold the environment to its size', () => {
    const hard = field(object('ResourceQuota', 'purser-quota'), 'spec', 'hard');

    assert.equal(field(hard, 'limits.cpu'), '6');
    assert.equal(field(hard, 'limits.memory'), '8Gi');
    assert.equal(field(hard, 'requests.storage'), '50Gi');
    assert.equal(field(hard, 'services.loadbalancers'), '0');
    assert.equal(field(hard, 'services.nodeports'), '0');
  });

  test('let no packet in or out but what a policy names', () => {
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const denyAll = object('NetworkPolicy', 'purser-deny-all');

    assert.deepEqual(denyAll.spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const open = policies.filter((policy) =>
      [...list(field(policy, 'spec', 'ingress')), ...list(field(policy, 'spec', 'egress'))].some(
        (rule) => field(rule, 'from') === undefined && field(rule, 'to') === undefined,
      ),
    );
    assert.deepEqual(open, []);
  });

  test('let the ingress controller reach what an Ingress exposes, at its port, and nothing else', () => {
    const exposed = objects
      .filter(
        ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.startsWith('purser-allow-ingress-'),
      )
      .map((policy) => [field(policy, 'spec', 'podSelector'), field(policy, 'spec', 'ingress')]);

    const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }];
    assert.deepEqual(exposed, [
      [{ matchLabels: { app: 'artifacts' } }, [{ from, ports: [{ protocol: 'TCP', port: 'http' }] }]],
      [{ matchLabels: { app: 'app' } }, [{ from, ports: [{ protocol: 'TCP', port: 'http' }] }]],
    ]);
  });

  test('let only pods that say so reach the Kubernetes API', () => {
    const policy = object('NetworkPolicy', 'purser-allow-kubernetes-api');
    const callers = objects.filter(
      (one) => field(one, 'spec', 'template', 'metadata', 'labels', 'purser/reaches') === 'kubernetes-api',
    );

    assert.deepEqual(field(policy, 'spec', 'podSelector'), {
      matchLabels: { 'purser/reaches': 'kubernetes-api' },
    });
    assert.deepEqual(
      callers.map(({ metadata }) => metadata.name),
      ['runner'],
    );
  });

  test('give the group of the team, and nobody else, access to what it works with and to the outputs', () => {
    const binding = object('RoleBinding', 'purser-team');
    const rules = list(object('Role', 'purser-team').rules);
    const onSecrets = rules.filter((rule) => list(field(rule, 'resources')).includes('secrets'));
    const written = rules
      .filter((rule) => list(field(rule, 'verbs')).includes('patch'))
      .flatMap((rule) => list(field(rule, 'resources')));

    assert.deepEqual(binding.subjects, [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'team-shop' },
    ]);
    assert.deepEqual(onSecrets, [
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['artifacts', 'postgres'], verbs: ['get'] },
    ]);
    for (const guarded of [
      'resourcequotas',
      'limitranges',
      'networkpolicies',
      'roles',
      'rolebindings',
      'ingresses',
      '*',
    ]) {
      assert.ok(!written.includes(guarded), guarded);
    }
  });
});
