import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { GrantState } from '../../src/domain/access.ts';
import { environmentNamespace } from '../../src/domain/ids.ts';
import { getGrantQuery } from '../../workflows/access/messages.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { editYaml, openPurser } from '../support/purser.ts';
import { actionsOf, answered, watched } from './acts.ts';
import { startCrashingWorker, untilKilled, type Victim } from './crashes.ts';

const WAIT_MS = 120_000;
const WHY = 'the checkout is down';
const BY_RAVI = [{ by: [{ person: 'ravi' }], within: '4h' }];

const purser = await watched(openPurser());
const { slack, kube } = purser;

/** To edit in a namespace, for some seconds. */
interface Offer {
  name: string;
  approval: typeof BY_RAVI;
}

describe('access in the cluster', { timeout: 600_000 }, () => {
  before(() => purser.startBot());

  test('is given once it is approved, and taken as soon as a worker is there after its end', async (t) => {
    const [offer] = await offered([{ name: purser.newName(), approval: BY_RAVI }], '8s');
    const worker = await purser.startWorker();

    await request(offer);
    await approve(offer);
    await eventually(() => mayEdit(offer), WAIT_MS);
    const active = await eventually(async () => {
      const state = await grantOf(offer);
      return state.phase === 'active' && state;
    });
    const held = await ledgerOf(offer);
    worker.signal('SIGKILL');
    await worker.exited;
    await eventually(() => Date.now() > Date.parse(active.endsAt ?? '') + 1_000, WAIT_MS);
    const afterEnd = await mayEdit(offer);
    const next = await purser.startWorker();
    t.after(() => next.stop());
    await untilOver(offer);

    assert.equal(afterEnd, true, 'nobody was there to take it away');
    assert.deepEqual(
      held.map(({ state, endsAt }) => [state, endsAt]),
      [['held', active.endsAt]],
    );
    const { endedAt = '', holdings } = await grantOf(offer);
    assert.ok(Date.parse(endedAt) >= Date.parse(active.endsAt ?? ''));
    assert.match(holdings[0]?.outlasts?.[0] ?? '', /kubectl exec/);
  });

  test('survives a worker that is killed before and after each of its steps', async () => {
    const names = (activities: string[]): Victim[] =>
      activities.map((activity) => ({ name: purser.newName(), activity }));
    const asked = names(['askStage', 'askGrantApprovers']);
    const others = names([
      'admitGrant',
      'recheckGrant',
      'planHolding',
      'armGrant',
      'giveHolding',
      'readHolding',
      'showGrant',
      'holdGrant',
      'releaseHolding',
      'takeHolding',
      'noteRevoked',
      'settleGrant',
    ]);
    const victims = [...asked, ...others];
    const offers = await offered(
      victims.map((victim) => ({ name: victim.name, approval: asked.includes(victim) ? BY_RAVI : [] })),
      '3s',
    );

    const first = await startCrashingWorker(purser, victims, 'before');
    for (const offer of offers) await request(offer);
    await untilKilled(first);
    await untilKilled(await startCrashingWorker(purser, victims, 'after'));
    await purser.startWorker();

    for (const offer of offers) {
      if (offer.approval.length > 0) await approve(offer);
    }
    for (const offer of offers) await untilOver(offer);
    for (const offer of offers)
      assert.ok((await rowsOf(offer)).includes('system.give intended kim'), offer.name);
  });
});

/** Namespaces of their own, and what it takes to be let into them. */
async function offered(offers: Offer[], lasts: string): Promise<[Offer, ...Offer[]]> {
  for (const { name } of offers) {
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: environmentNamespace(name) } });
  }
  const folder = purser.env.PURSER_MANIFESTS ?? '';
  await editYaml<{ systems: unknown[] }>(join(folder, 'systems.yaml'), (file) => {
    const namespaces = offers.map(({ name }) => environmentNamespace(name));
    // `roles/developer.yaml` names them both.
    file.systems = [
      { name: 'purser', kind: 'file', roles: ['admin', 'developer'] },
      {
        name: 'cluster',
        kind: 'kubernetes',
        roles: [
          { role: 'view', everywhere: true },
          { role: 'edit', namespaces },
        ],
      },
    ];
  });
  await editYaml<{ entitlements: unknown[] }>(join(folder, 'entitlements.yaml'), (file) => {
    file.entitlements = offers.map(({ name, approval }) => ({
      id: name,
      title: `Edit in ${name}`,
      meaning: 'Change what runs there.',
      owner: { team: 'platform' },
      gives: [{ system: 'cluster', group: 'edit', scope: environmentNamespace(name) }],
      for: [{ team: 'shop' }],
      duration: { usual: lasts, most: '1h' },
      approval,
    }));
  });
  return offers as [Offer, ...Offer[]];
}

/** A channel each, so that no card has to wait for the pace of another's. */
async function request({ name }: Offer): Promise<void> {
  const channel = `C${name.toUpperCase()}`;
  slack.addChannel({ id: channel, name, members: ['U0KIM', 'U0PURSER'] });
  const said = await answered(purser, 'U0KIM', () =>
    slack.command('U0KIM', channel, `request ${name} ${WHY}`, '/access'),
  );
  assert.match(readable(said), /Asked for “Edit in/);
}

async function approve({ name }: Offer): Promise<void> {
  await eventually(async () => {
    const card = slack
      .directMessages('U0RAVI')
      .find((message) => readable(message).includes(name) && actionsOf(message).includes('access.approve'));
    if (card === undefined) return false;
    await slack.click('U0RAVI', card, 'access.approve');
    return true;
  }, WAIT_MS);
}

async function mayEdit({ name }: Offer): Promise<boolean> {
  const attributes = { namespace: environmentNamespace(name), verb: 'create', resource: 'pods' };
  return await kube.mayAccess({ user: 'kim', groups: ['system:authenticated'], attributes });
}

/** It has ended, in the cluster as well, and nothing of it is left to be taken away. */
async function untilOver(offer: Offer): Promise<void> {
  const state = await eventually(async () => {
    const found = await grantOf(offer);
    return found.phase === 'ended' && found;
  }, WAIT_MS);
  assert.equal(state.end, 'expired', JSON.stringify(state));
  await eventually(async () => !(await mayEdit(offer)), WAIT_MS);
  const bindings = await kube.list({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    namespace: environmentNamespace(offer.name),
  });
  assert.deepEqual(bindings, []);
  assert.deepEqual(await ledgerOf(offer), []);
  const card = await eventually(() =>
    slack
      .messagesIn(`C${offer.name.toUpperCase()}`)
      .find((message) => readable(message).includes(`Edit in ${offer.name} is over`)),
  );
  assert.ok(!actionsOf(card).includes('access.end'));
}

async function ledgerOf({ name }: Offer) {
  const rows = await purser.store.grants.list();
  return rows.filter(({ holding }) => holding.scope === environmentNamespace(name));
}

async function grantOf(offer: Offer): Promise<GrantState> {
  return await purser.temporal.workflow.getHandle(await workflowIdOf(offer)).query(getGrantQuery);
}

async function workflowIdOf({ name }: Offer): Promise<string> {
  const row = (await purser.auditRows()).find(
    ({ action, outcome, detail }) =>
      action === 'access.request' && outcome === 'intended' && detail.entitlement === name,
  );
  assert.ok(row, `nobody asked for ${name}`);
  return row.subject;
}

async function rowsOf(offer: Offer): Promise<string[]> {
  const subject = await workflowIdOf(offer);
  const rows = await purser.auditRows();
  return rows
    .filter((row) => row.subject === subject)
    .map(({ action, outcome, actor }) => `${action} ${outcome} ${actor}`);
}
