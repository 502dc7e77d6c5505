import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { limitsSchema, type Policy } from '../../src/domain/policy.ts';
import type { StoredAlert } from '../../src/domain/ports.ts';
import { sampleEntry } from '../support/incident-records.ts';
import { incidentScene, openIncident, pagedChain } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const POLICY: Policy = {
  apiVersion: 'purser/v1',
  kind: 'Policy',
  rules: [
    { id: 'admins', role: 'admin', may: '*', on: 'any', because: 'administrators may' },
    {
      id: 'finops',
      role: 'finops',
      may: ['incident.work', 'incident.command'],
      on: 'any',
      because: 'they run it',
    },
    { id: 'work', role: 'developer', may: ['incident.work'], on: 'any', because: 'everybody helps' },
  ],
  limits: limitsSchema.parse({}),
};

const UPDATE: IncidentAct = { kind: 'update', what: 'Rolled back' };
const CLOSE: IncidentAct = { kind: 'close' };
const secret = openIncident({ private: true, members: ['lee'], declaredBy: 'lee', tasks: [] });

const questions: { why: string; person: string; act: IncidentAct; state?: IncidentState; rule: string }[] = [
  { why: 'a developer works on it', person: 'kim', act: UPDATE, rule: 'work' },
  { why: 'but does not close it', person: 'kim', act: CLOSE, rule: 'default-deny' },
  { why: 'who commands closes it', person: 'noor', act: CLOSE, rule: 'finops' },
  { why: 'who has left does nothing', person: 'old', act: UPDATE, rule: 'default-deny' },
  { why: 'nor does a stranger', person: 'stranger', act: UPDATE, rule: 'default-deny' },
  { why: 'alerts are never asked', person: 'alerts', act: CLOSE, rule: 'own-promise' },
  { why: 'nor is what was promised', person: 'purser', act: CLOSE, rule: 'own-promise' },
  { why: 'a private one is for its members', person: 'lee', act: UPDATE, state: secret, rule: 'work' },
  { why: 'and for nobody else', person: 'kim', act: UPDATE, state: secret, rule: 'private-incident' },
  {
    why: 'not even for who may command',
    person: 'noor',
    act: CLOSE,
    state: secret,
    rule: 'private-incident',
  },
  { why: 'but for who may see all', person: 'ravi', act: CLOSE, state: secret, rule: 'admins' },
];
for (const { why, person, act, state = openIncident(), rule } of questions) {
  test(`${person}, ${act.kind}: ${why}, and it is audited once`, async () => {
    const scene = await lookupScene();
    const ask = () => scene.run(scene.activities.authorizeIncidentAct, { state, key: 'k1', person, act });

    const refused = rule === 'default-deny' || rule === 'private-incident';
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (refused) await assert.rejects(ask(), { type: 'Forbidden', nonRetryable: true });
      else await ask();
    }

    const [row, ...others] = await scene.audit();
    assert.deepEqual(others, []);
    assert.equal(row?.action, `incident.${act.kind}`);
    assert.equal(row?.subject, 'incident/142');
    assert.equal(row?.outcome, refused ? 'refused' : 'allowed');
    assert.equal(row?.detail.rule, rule);
  });
}

test('who is paged, offered a role or given a task is inside', async () => {
  const scene = await lookupScene();
  const offer = { to: 'kim', by: 'lee', until: '2026-04-01T10:00:00.000Z' };
  const states = [
    { ...secret, escalations: [pagedChain()] },
    { ...secret, roles: [{ role: 'lead', person: 'lee', offer }] },
  ];

  for (const state of states)
    await scene.run(scene.activities.authorizeIncidentAct, { state, key: 'k1', person: 'kim', act: UPDATE });
});

test('a merge is undone only once that of the other one, further on, is undone', async () => {
  const scene = await lookupScene();
  const links = openIncident().links;
  const record = (mergedInto?: number) =>
    scene.run(scene.activities.recordIncident, {
      state: { ...openIncident({ revision: mergedInto ?? 99 }), number: 7, links: { ...links, mergedInto } },
      entries: [],
    });
  const undo = (key: string) =>
    scene.run(scene.activities.authorizeIncidentAct, {
      state: openIncident({ links: { ...links, mergedInto: 7 } }),
      key,
      person: 'noor',
      act: { kind: 'unmerge' },
    });

  await record(9);
  await assert.rejects(undo('k1'), {
    type: 'WrongState',
    nonRetryable: true,
    message: /#7 has been merged into #9 since.*Undo that first: \/incident unmerge 7/,
  });
  await record();
  await undo('k2');

  assert.deepEqual(
    (await scene.audit()).map(({ outcome, detail }) => `${outcome} ${detail.because}`),
    ['refused the other incident was merged onward', 'allowed they run it'],
  );
});

test('a private incident is not there for those who want to merge or link with it from outside', async () => {
  const scene = await lookupScene();
  await scene.run(scene.activities.recordIncident, { state: { ...secret, number: 7 }, entries: [] });
  const ask = (person: string, act: IncidentAct) =>
    scene.run(scene.activities.authorizeIncidentAct, {
      state: openIncident(),
      key: `${person}:${act.kind}`,
      person,
      act,
    });
  const link = (to: number): IncidentAct => ({ kind: 'link', to, as: 'related' });

  const hidden = await ask('noor', { kind: 'merge', into: 7 }).catch((error: Error) => error);
  const missing = await ask('noor', link(8)).catch((error: Error) => error);
  await assert.rejects(ask('lee', link(7)), /#7 is private.*\/incident 7 link 142/s);
  await ask('ravi', { kind: 'merge', into: 7 });

  assert.ok(hidden instanceof Error && missing instanceof Error);
  assert.equal(hidden.message.replace('7', 'N'), missing.message.replace('8', 'N'));
  assert.deepEqual(
    (await scene.audit()).map(({ actor, outcome }) => `${actor} ${outcome}`),
    ['noor refused', 'noor refused', 'lee refused', 'ravi allowed'],
  );
});

test('the row follows the state, and an older state does not overwrite it', async () => {
  const scene = await lookupScene();
  const state = openIncident({ escalations: [pagedChain()] });

  await scene.run(scene.activities.recordIncident, { state, entries: [sampleEntry()] });
  await scene.run(scene.activities.recordIncident, {
    state: { ...state, title: 'Older', revision: state.revision - 1 },
    entries: [sampleEntry()],
  });

  const row = await scene.deps.incidents.get(142);
  assert.equal(row?.title, 'Checkout is down');
  assert.equal(row?.lead, 'lee');
  assert.deepEqual(row?.pages, [{ person: 'kim', at: '2026-04-01T09:02:00.000Z' }]);
  assert.deepEqual(
    row?.openFollowUps.map(({ id }) => id),
    ['task-1'],
  );
  assert.deepEqual(row?.members.toSorted(), ['kim', 'lee', 'noor']);
  assert.equal((await scene.deps.incidents.timeline(142)).length, 1);
});

test('targets are who they are now; what comes to nobody is named', async () => {
  const scene = await lookupScene();

  const found = await scene.run(scene.activities.resolveTargets, {
    state: openIncident(),
    targets: [{ schedule: 'shop' }, { person: 'kim' }, { person: 'old' }, { team: 'shop' }],
  });

  assert.deepEqual(found.people, ['kim', 'lee', 'sam']);
  assert.deepEqual(found.gaps, ['Old Sample has left']);
});

test('a drill wakes nobody who is not on its list, whatever it is told', async () => {
  const scene = await lookupScene();
  const state = openIncident({ drill: true });
  state.rules = { ...state.rules, drillPeople: ['kim'] };

  const found = await scene.run(scene.activities.resolveTargets, {
    state,
    targets: [{ person: 'kim' }, { person: 'lee' }],
  });

  assert.deepEqual(found, { people: ['kim'], gaps: ['Lee Sample is not on the list for drills'] });
});

test('without incidents.yaml nobody is found, and it says why', async () => {
  const scene = await lookupScene();
  scene.deps.incidentConfig = async () => undefined;

  const found = await scene.run(scene.activities.resolveTargets, { state: openIncident(), targets: [] });

  assert.match(found.gaps.join(), /incidents\.yaml is gone/);
});

test('alerts come as figures, with what all of them have in common', async () => {
  const scene = await lookupScene();
  const alert = (instance: string, changes: Partial<StoredAlert> = {}): StoredAlert => ({
    fingerprint: instance,
    startsAt: '2026-04-01T09:00:00.000Z',
    status: 'firing',
    labels: { alertname: 'Errors', service: 'checkout', instance, free: 'x'.repeat(300) },
    annotations: { summary: 'the same text' },
    ...changes,
  });
  const taken = await scene.deps.incidents.takeAlerts(
    {
      key: 'errors:checkout',
      alerts: [
        alert('a', { url: 'https://prometheus.test/graph' }),
        alert('b', { startsAt: '2026-04-01T09:10:00.000Z' }),
        alert('c', {
          status: 'resolved',
          endsAt: '2026-04-01T09:20:00.000Z',
          labels: { ...alert('c').labels, alertname: 'Slow' },
        }),
      ],
    },
    'request-142',
  );
  assert.ok(taken);

  const summary = await scene.run(scene.activities.readAlerts, {
    state: openIncident({ number: taken.number }),
  });

  assert.deepEqual(summary, {
    firing: 2,
    total: 3,
    repeats: 1,
    names: ['Errors', 'Slow'],
    matchers: [{ name: 'service', value: 'checkout' }],
    url: 'https://prometheus.test/graph',
    lastFiredAt: '2026-04-01T09:10:00.000Z',
  });
});

test('once its alerts are closed, the next ones are another incident', async () => {
  const scene = await lookupScene();
  const firing = (startsAt: string) => ({
    key: 'group',
    alerts: [{ fingerprint: 'a', startsAt, status: 'firing' as const, labels: {}, annotations: {} }],
  });
  const first = await scene.deps.incidents.takeAlerts(firing('2026-04-01T09:00:00.000Z'), 'r1');
  await scene.run(scene.activities.closeAlerts, { state: openIncident({ number: first?.number ?? 0 }) });

  const second = await scene.deps.incidents.takeAlerts(firing('2026-04-02T09:00:00.000Z'), 'r2');

  assert.ok(first?.isNew && second?.isNew);
  assert.notEqual(second.number, first.number);
});

const holders = [
  { why: 'is there', person: 'noor', found: [] },
  { why: 'has left', person: 'old', found: ['left'] },
  { why: 'is not in the directory', person: 'stranger', found: ['left'] },
  { why: 'has no account', person: 'sam', found: ['unlinked'] },
  { why: 'took it on a shift that lasts', person: 'lee', found: [], since: '2026-04-02T10:00:00.000Z' },
  {
    why: 'took it on a shift that is over',
    person: 'kim',
    found: ['off-shift'],
    since: '2026-04-01T10:00:00.000Z',
  },
  { why: 'took it without being on call', person: 'kim', found: [], since: '2026-04-02T01:00:00.000Z' },
];
for (const { why, person, found, since = '2026-04-02T10:00:00.000Z' } of holders) {
  test(`a holder who ${why}: ${found.join() || 'no doubt'}`, async () => {
    const scene = await lookupScene();
    scene.deps.now = () => new Date('2026-04-02T12:00:00.000Z');

    const doubts = await scene.run(scene.activities.checkHolders, {
      state: openIncident({ roles: [{ role: 'lead', person, since }, { role: 'comms' }] }),
    });

    assert.deepEqual(
      doubts,
      found.map((reason) => ({ role: 'lead', person, why: reason })),
    );
  });
}

async function lookupScene(): Promise<Scene> {
  const scene = await incidentScene(stage);
  scene.deps.policy = async () => POLICY;
  return scene;
}
