import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlace, namesOurBinding, probeOf } from '../../src/directory/kubernetes-bindings.ts';
import type { LiveObject } from '../../src/kubernetes/objects.ts';

const role = (...rules: unknown[]) =>
  ({
    apiVersion: 'v1',
    kind: 'ClusterRole',
    metadata: { name: 'r', uid: 'u' },
    rules,
  }) as unknown as LiveObject;

test('the cluster is asked about something the role allows, as concretely as it can be', () => {
  const wanted = role(
    { nonResourceURLs: ['/healthz'], verbs: ['get'] },
    {
      apiGroups: ['apps'],
      resources: ['*', 'deployments/scale'],
      resourceNames: ['shop'],
      verbs: ['*', 'patch'],
    },
  );
  const anything = role({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] });

  assert.deepEqual(probeOf(wanted, 'shop'), {
    namespace: 'shop',
    verb: 'patch',
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    name: 'shop',
  });
  assert.deepEqual(probeOf(anything, undefined), { namespace: '', verb: 'get', group: '', resource: 'pods' });
});

test('a role that allows nothing can be asked about by nothing', () => {
  assert.equal(probeOf(role(), 'shop'), undefined);
  assert.equal(probeOf(role({ nonResourceURLs: ['/healthz'], verbs: ['get'] }), undefined), undefined);
});

test('a binding of ours that the cluster still acts on is told from those of others and those elsewhere', () => {
  const place = { kind: 'group', group: 'edit', scope: 'shop' } as const;
  const because = (binding: string, name: string, role = 'edit') =>
    `RBAC: allowed by ${binding} "${name}" of ClusterRole "${role}" to User "kim"`;

  assert.equal(namesOurBinding(because('RoleBinding', 'purser-access-1/shop'), place), true);
  for (const other of [
    because('RoleBinding', 'own/shop'),
    because('RoleBinding', 'purser-access-1/shop', 'admin'),
    because('ClusterRoleBinding', 'purser-access-1'),
    '',
  ]) {
    assert.equal(namesOurBinding(other, place), false, other);
  }
});

test('what could be more than a name in a path is no place', () => {
  for (const word of ['', '.', '..', 'a/b', 'a%2fb', 'a?b', 'a\0', 'x'.repeat(300)]) {
    assert.equal(isPlace({ kind: 'group', group: word }), false, word);
    assert.equal(isPlace({ kind: 'group', group: 'view', scope: word }), false, word);
  }
  assert.equal(isPlace({ kind: 'account' }), false);
  assert.equal(isPlace({ kind: 'group', group: 'system:node', scope: 'shop' }), true);
});
