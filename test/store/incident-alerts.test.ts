import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import type { AlertGroup, IncidentStore, StoredAlert } from '../../src/domain/ports.ts';
import { createIncidentStore } from '../../src/store/incidents.ts';
import { sampleRow } from '../support/incident-records.ts';
import { onBothDatabases } from './databases.ts';

const MORNING = '2026-04-01T09:00:00.000Z';
const NOON = '2026-04-01T12:00:00.000Z';

onBothDatabases('alerts', (database) => {
  const open = () => createIncidentStore(database());
  const request = unique('request');
  const groupKey = unique('by-severity:');

  test('fifty deliveries at once of one group are one incident, of fifty groups fifty', async () => {
    const stores = [open(), open()];
    const take = (key: string, index: number) =>
      stores[index % 2]?.takeAlerts({ key, alerts: [alert(`a-${index % 7}`)] }, request());
    const one = groupKey();

    const same = await Promise.all(Array.from({ length: 50 }, (_, index) => take(one, index)));
    const different = await Promise.all(Array.from({ length: 50 }, (_, index) => take(groupKey(), index)));

    assert.equal(new Set(same.map((taken) => taken?.number)).size, 1);
    assert.equal(same.filter((taken) => taken?.changed).length, 7);
    assert.equal(new Set(different.map((taken) => taken?.number)).size, 50);
  });

  test('it is new until its workflow has recorded it, so that a crash in between is made good', async () => {
    const store = open();
    const group = { key: groupKey(), alerts: [alert('a')] };

    const first = await store.takeAlerts(group, request());
    const again = await store.takeAlerts(group, request());
    const number = first?.number ?? 0;
    await store.record({ ...sampleRow({ number }), revision: 1, rooms: [] }, []);
    const recorded = await store.takeAlerts(group, request());

    assert.deepEqual(first, { number, isNew: true, changed: true });
    assert.deepEqual(again, { number, isNew: true, changed: false });
    assert.deepEqual(recorded, { number, isNew: false, changed: false });
  });

  test('the same request gets the number it has claimed', async () => {
    const store = open();
    const claimed = await store.claimNumber('declared-by-hand');

    const taken = await store.takeAlerts({ key: groupKey(), alerts: [alert('a')] }, 'declared-by-hand');

    assert.equal(taken?.number, claimed);
  });

  test('an alert that is over is not begun again by what comes late, in whichever order', async () => {
    const store = open();
    const key = groupKey();
    const take = (...alerts: StoredAlert[]) => store.takeAlerts({ key, alerts }, request());
    const number = (await take(alert('a'), alert('b')))?.number ?? 0;

    const resolved = await take(resolvedAlert('a'));
    const late = await take(alert('a'));
    const twice = await take(resolvedAlert('a'), alert('a'));

    assert.deepEqual([resolved?.changed, late?.changed, twice?.changed], [true, false, false]);
    assert.deepEqual(await statuses(store, number), ['a resolved', 'b firing']);
    assert.equal((await store.alertsOf(number, 10)).firing, 1);
  });

  test('the same delivery may say both, and the resolved one counts', async () => {
    const store = open();
    const alerts = [alert('a'), resolvedAlert('a'), alert('a'), alert('b')];

    const taken = await store.takeAlerts({ key: groupKey(), alerts }, request());

    assert.deepEqual(await statuses(store, taken?.number ?? 0), ['a resolved', 'b firing']);
  });

  test('an alert that fires anew ends what it was before, also when that is told later', async () => {
    const store = open();
    const group = groupKey();
    const take = (...alerts: StoredAlert[]) => store.takeAlerts({ key: group, alerts }, request());
    const number = (await take(alert('a', NOON)))?.number ?? 0;

    const earlier = await take(alert('a', MORNING));

    assert.equal(earlier?.changed, true);
    const { alerts, firing, total } = await store.alertsOf(number, 10);
    assert.deepEqual([firing, total], [1, 2]);
    assert.deepEqual(
      alerts.map(({ startsAt, status, endsAt }) => [startsAt, status, endsAt]),
      [
        [NOON, 'firing', undefined],
        [MORNING, 'resolved', NOON],
      ],
    );
  });

  test('what is over before it ever fired here makes no incident, and leaves nothing', async () => {
    const store = open();
    const before = await store.claimNumber(request());
    const key = groupKey();

    const taken = await store.takeAlerts(
      { key, alerts: [resolvedAlert('a'), resolvedAlert('b')] },
      request(),
    );
    const empty = await store.takeAlerts({ key, alerts: [] }, request());

    assert.deepEqual([taken, empty], [undefined, undefined]);
    assert.equal(await store.claimNumber(request()), before + 1);
    assert.equal((await store.takeAlerts({ key, alerts: [alert('a')] }, request()))?.number, before + 2);
  });

  test('what fires after an incident was closed is another one', async () => {
    const store = open();
    const key = groupKey();
    const take = (...alerts: StoredAlert[]) => store.takeAlerts({ key, alerts }, request());
    const first = await take(alert('a'));
    await store.closeGroups(first?.number ?? 0);

    const next = await take(alert('a', NOON));

    assert.equal(next?.isNew, true);
    assert.notEqual(next?.number, first?.number);
    assert.equal((await store.alertsOf(first?.number ?? 0, 10)).total, 1);
  });

  test('a late delivery of what was over opens nothing once the incident is closed', async () => {
    const store = open();
    const key = groupKey();
    const take = (...alerts: StoredAlert[]) => store.takeAlerts({ key, alerts }, request());
    const number = (await take(alert('a'), alert('b')))?.number ?? 0;
    await take(resolvedAlert('a'));
    await store.closeGroups(number);

    const knownBefore = await take(alert('a'));
    const toldAfter = await take(resolvedAlert('b'));
    const late = await take(alert('b'));
    const another = await take(alert('b'), alert('c'));

    assert.deepEqual([knownBefore, toldAfter, late], [undefined, undefined, undefined]);
    assert.deepEqual(await statuses(store, number), ['a resolved', 'b resolved']);
    assert.deepEqual(await statuses(store, another?.number ?? 0), ['c firing']);
  });

  test('the groups and alerts of a merged incident go on in the other one', async () => {
    const store = open();
    const [one, two] = [groupKey(), groupKey()];
    const merged = (await store.takeAlerts({ key: one, alerts: [alert('a')] }, request()))?.number ?? 0;
    const into = (await store.takeAlerts({ key: two, alerts: [alert('b')] }, request()))?.number ?? 0;

    await store.closeGroups(merged, into);
    await store.closeGroups(merged, into);
    const next = await store.takeAlerts({ key: one, alerts: [alert('c')] }, request());

    assert.equal(next?.number, into);
    assert.deepEqual(await statuses(store, into), ['a firing', 'b firing', 'c firing']);
    assert.deepEqual(await statuses(store, merged), ['a firing']);
  });

  test('repeats are counted, and the second one of a pair is none', async () => {
    const store = open();
    const group = { key: groupKey(), alerts: [alert('a')] };
    const number = (await store.takeAlerts(group, request()))?.number ?? 0;

    await store.takeAlerts(group, request());
    await store.takeAlerts(group, request());
    assert.equal((await store.alertsOf(number, 1)).repeats, 1);
    await database().execute(
      sql`update incident_groups set delivered_at = delivered_at - interval '61 seconds' where number = ${number}`,
    );
    await Promise.all([store.takeAlerts(group, request()), store.takeAlerts(group, request())]);

    assert.equal((await store.alertsOf(number, 1)).repeats, 2);
  });

  test('an alert comes back as it came in, at most as many as asked for, the newest first', async () => {
    const store = open();
    const odd = {
      ...alert('odd', NOON),
      labels: { alertname: 'a "b" \\ \0', 'a\0b': '😀' },
      annotations: { summary: '\ud83d' },
      url: 'https://prometheus.example.test/graph',
    };
    const taken = await store.takeAlerts({ key: 'k'.repeat(20_000), alerts: [alert('a'), odd] }, request());

    const { alerts, total } = await store.alertsOf(taken?.number ?? 0, 1);

    const labels = { alertname: 'a "b" \\ \uFFFD', 'a\uFFFDb': '😀' };
    assert.deepEqual(alerts, [{ ...odd, labels, annotations: { summary: '\uFFFD' } }]);
    assert.equal(total, 2);
    assert.deepEqual(await store.alertsOf(0, 1), { alerts: [], firing: 0, total: 0, repeats: 0 });
  });

  test('5,000 alerts in one delivery are kept, known again, and over', async (context) => {
    const store = open();
    const key = groupKey();
    const storm = Array.from({ length: 5_000 }, (_, index) => alert(`storm-${index}`));

    const atOnce = await timed(() => store.takeAlerts({ key, alerts: storm }, request()));
    const repeated = await timed(() => store.takeAlerts({ key, alerts: storm }, request()));
    const resolved = await timed(() =>
      store.takeAlerts(
        { key, alerts: storm.map(({ fingerprint }) => resolvedAlert(fingerprint)) },
        request(),
      ),
    );
    const read = await timed(() => store.alertsOf(atOnce.result?.number ?? 0, 100));

    context.diagnostic(
      `5,000 alerts: new ${atOnce.ms} ms, repeated ${repeated.ms} ms, resolved ${resolved.ms} ms, read ${read.ms} ms`,
    );
    assert.equal(repeated.result?.changed, false);
    assert.deepEqual(
      { firing: read.result.firing, total: read.result.total, shown: read.result.alerts.length },
      { firing: 0, total: 5_000, shown: 100 },
    );
  });
});

function alert(fingerprint: string, startsAt = MORNING): StoredAlert {
  return {
    fingerprint,
    startsAt,
    status: 'firing',
    labels: { alertname: 'CheckoutErrors', instance: fingerprint },
    annotations: { summary: 'Checkout answers with 502' },
  };
}

function resolvedAlert(fingerprint: string): StoredAlert {
  return { ...alert(fingerprint), status: 'resolved', endsAt: '2026-04-01T09:30:00.000Z' };
}

async function statuses(store: IncidentStore, number: number): Promise<string[]> {
  const { alerts } = await store.alertsOf(number, 10);
  return alerts.map(({ fingerprint, status }) => `${fingerprint} ${status}`).sort();
}

function unique(prefix: string): () => AlertGroup['key'] {
  let next = 0;
  return () => `${prefix}${next++}`;
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work();
  return { result, ms: Math.round(performance.now() - began) };
}
