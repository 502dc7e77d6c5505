import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bindingRef } from '../../src/directory/kubernetes-bindings.ts';
import { SystemError } from '../../src/domain/systems.ts';
import { eventually } from '../support/eventually.ts';
import { connectorConformance } from './connector-conformance.ts';
import { type Group, order, readsBack } from './connector-stage.ts';
import { bind, client, openKubernetes, refOf, removeIfThere } from './kubernetes-stage.ts';

connectorConformance('Kubernetes', {
  open: openKubernetes,
  faults: ['down', 'slow', 'error', 'limited', 'empty', 'lost'],
});

const EVERYWHERE: Group = { kind: 'group', group: 'view' };

describe('access to the cluster', () => {
  test('is what the cluster itself allows, there and nowhere else', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, namespace, group } = stage;
    const edit: Group = { ...group, group: 'edit' };

    await connector.apply(order(known, edit));
    await readsBack(stage, known, edit, true);
    const given = await Promise.all([
      may(known.person, namespace, 'create'),
      may(known.person, 'default', 'create'),
    ]);
    await connector.revoke(order(known, edit));
    await readsBack(stage, known, edit, false);

    assert.deepEqual(given, [true, false]);
    assert.equal(await may(known.person, namespace, 'create'), false);
  });

  test('can be everywhere, and ends everywhere', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, group } = stage;
    const asked = order(known, EVERYWHERE);
    t.after(() => removeIfThere(bindingRef(EVERYWHERE, asked.key)));

    await connector.apply(asked);
    await readsBack(stage, known, EVERYWHERE, true);
    const given = await Promise.all(
      ['default', 'kube-system'].map((namespace) => may(known.person, namespace, 'list')),
    );
    const holdings = await connector.holdings(known);
    const inOneNamespace = await connector.plan(known, group);
    await connector.revoke(asked);
    await readsBack(stage, known, EVERYWHERE, false);

    assert.deepEqual(given, [true, true]);
    assert.deepEqual(holdings, [EVERYWHERE]);
    // It ends with its own request, and must not keep another one from being granted.
    assert.deepEqual(inOneNamespace, { held: false, elsewhere: false });
    assert.equal(await may(known.person, 'default', 'list'), false);
  });

  test('that others gave everywhere counts in a namespace, too', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, group } = stage;
    await bind(known.person, EVERYWHERE);
    t.after(() => removeIfThere(refOf(known.person, EVERYWHERE)));

    await eventually(() => connector.readBack(known, group));
    assert.deepEqual(await connector.plan(known, group), { held: true, elsewhere: true });
  });

  test('stays for as long as one request that gave it lasts', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, group } = stage;
    const [first, second] = [order(known, group, 'first'), order(known, group, 'second')];
    await connector.apply(first);
    await connector.apply(second);

    await connector.revoke(first);
    const between = await connector.readBack(known, group);
    await connector.revoke(second);

    await readsBack(stage, known, group, false);
    assert.equal(between, true);
  });

  test('that Purser gave for any request is taken from somebody who leaves, and what others gave is not', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, another, group, outside } = stage;
    await connector.apply(order(known, group, 'first'));
    await connector.apply(order(known, group, 'second'));
    await connector.apply(order(another, group));
    await outside.give(another, group);

    await connector.revoke({ ...order(known, group, 'leaves'), whoever: true });
    await connector.revoke({ ...order(another, group, 'leaves'), whoever: true });

    await readsBack(stage, known, group, false);
    assert.deepEqual(await connector.plan(another, group), { held: true, elsewhere: true });
    assert.equal(await outside.holds(another, group), true);
  });

  test('by a team’s group is the team’s, and elsewhere', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, another, namespace, group } = stage;
    await bind(`group-of-${namespace}`, group, 'Group');
    await bind('strangers', group, 'Group');

    assert.deepEqual(await connector.plan(another, group), { held: true, elsewhere: true });
    assert.deepEqual(await connector.plan(known, group), { held: false, elsewhere: false });
    assert.deepEqual(
      new Set(await connector.members(group)),
      new Set([{ person: another.person, login: another.person }, { login: 'Group strangers' }]),
    );
  });

  test('ends although it is offered no more', async (t) => {
    const stage = await openKubernetes(t);
    const { connector, known, group, namespace } = stage;
    await connector.apply(order(known, group));
    const stricter = stage.offering([{ role: 'edit', namespaces: [namespace] }]);

    await stricter.revoke(order(known, group));

    await readsBack({ ...stage, connector: stricter }, known, group, false);
  });

  test('of somebody else’s making is not taken away, whatever it is called', async (t) => {
    const { connector, known, group } = await openKubernetes(t);
    const asked = order(known, group);
    const ref = bindingRef(group, asked.key);
    await client.create({
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, namespace: ref.namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [],
    });

    await connector.revoke(asked);

    assert.notEqual(await client.get(ref), undefined);
  });

  for (const [what, given, words] of [
    ['a role that is not offered', { group: 'admin' }, /does not give out the role “admin” in “systems-/],
    [
      'a place that is not offered',
      { group: 'edit', scope: undefined },
      /“edit” everywhere: add it in manifests/,
    ],
    ['a namespace that is not there', { group: 'view', scope: 'gone' }, /has no namespace “gone”: create it/],
    ['a role that is not there', { group: 'gone', scope: 'gone' }, /has no cluster role “gone”: create it/],
  ] as const) {
    test(`of ${what} is refused for good, in words`, async (t) => {
      const { offering, known, group, namespace } = await openKubernetes(t);
      const connector = offering([
        { role: 'view', namespaces: [namespace, 'gone'] },
        { role: 'edit', namespaces: [namespace] },
        { role: 'gone', namespaces: ['gone'] },
      ]);

      const refused = connector.apply(order(known, { ...group, ...given }));

      await assert.rejects(
        refused,
        (error) => error instanceof SystemError && !error.retryable && words.test(error.message),
      );
    });
  }

  test('is not for parts of the cluster', async (t) => {
    const { connector, group } = await openKubernetes(t);
    const part = { person: 'system:kube-scheduler', name: 'A person', email: 'a@example.test' };

    await assert.rejects(connector.apply(order(part, group)), { name: 'SystemError', retryable: false });
  });
});

async function may(user: string, namespace: string, verb: string): Promise<boolean> {
  const attributes = { namespace, verb, resource: 'configmaps' };
  return await client.mayAccess({ user, groups: ['system:authenticated'], attributes });
}
