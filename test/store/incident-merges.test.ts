import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentStore, StoredAlert } from '../../src/domain/ports.ts';
import { createIncidentStore } from '../../src/store/incidents.ts';
import { sampleRow } from '../support/incident-records.ts';
import { onBothDatabases } from './databases.ts';

const MORNING = '2026-04-01T09:00:00.000Z';

onBothDatabases('alerts of merged incidents', (database) => {
  let made = 0;
  /** Two incidents, one alert each; the first has been merged into the second. */
  async function merged() {
    const store = createIncidentStore(database());
    const keys = [`checkout:${++made}`, `search:${made}`] as const;
    const take = async (key: string, ...alerts: StoredAlert[]) =>
      (await store.takeAlerts({ key, alerts }, `${key}:${++made}`))?.number ?? 0;
    const copy = await take(keys[0], alert('a'));
    const other = await take(keys[1], alert('b'));
    await store.closeGroups(copy, other);
    return { store, take, keys, copy, other };
  }

  test('a merge that is undone gives back its alerts, and those that came in since, as they are by now', async () => {
    const { store, take, keys, copy, other } = await merged();
    await take(keys[0], resolved('a'), alert('c'));

    await store.splitAlerts(copy, { from: other, reopen: true });

    assert.deepEqual(await counted(store, copy), ['a resolved', 'c firing']);
    assert.deepEqual(await counted(store, other), ['b firing']);
    assert.equal(await take(keys[0], alert('d')), copy);
    assert.equal(await take(keys[1], alert('e')), other);
  });

  test('undone twice is undone once, and an alert that both had stays with both', async () => {
    const { store, take, keys, copy, other } = await merged();
    await take(keys[1], alert('a'));

    await store.splitAlerts(copy, { from: other, reopen: true });
    await store.splitAlerts(copy, { from: other, reopen: true });

    assert.deepEqual(await counted(store, copy), ['a firing']);
    assert.ok((await counted(store, other)).includes('b firing'));
  });

  test('merged once more after it was undone, everything counts there again', async () => {
    const { store, take, keys, copy, other } = await merged();
    await store.splitAlerts(copy, { from: other, reopen: true });
    await take(keys[0], resolved('a'), alert('c'));

    await store.closeGroups(copy, other);

    assert.deepEqual(await counted(store, other), ['a resolved', 'b firing', 'c firing']);
    assert.equal(await take(keys[0], alert('d')), other);
  });

  test('what a third incident has taken in the meantime stays with it', async () => {
    const { store, take, keys, copy, other } = await merged();
    await store.closeGroups(other);
    const third = await take(keys[0], alert('x'));

    await store.splitAlerts(copy, { from: other, reopen: true });

    assert.notEqual(third, copy);
    assert.equal(await take(keys[0], alert('y')), third);
  });

  test('one that is closed again by then takes nothing new', async () => {
    const { store, take, keys, copy, other } = await merged();

    await store.splitAlerts(copy, { from: other, reopen: false });

    assert.ok(![copy, other].includes(await take(keys[0], alert('z'))));
  });

  test('two that are split at once, while alerts come in, lose nothing and count nothing twice', async () => {
    const { store, take, keys, copy, other } = await merged();
    const second = createIncidentStore(database());
    const coming = Array.from({ length: 10 }, (_, index) => take(keys[0], alert(`n-${index}`)));

    await Promise.all([
      ...coming,
      store.splitAlerts(copy, { from: other, reopen: true }),
      second.splitAlerts(copy, { from: other, reopen: true }),
    ]);

    assert.deepEqual(await counted(store, other), ['b firing']);
    assert.equal((await counted(store, copy)).length, 11);
  });

  test('an alert is found while it fires, in the incident that has it now', async () => {
    const { store, take, keys, copy, other } = await merged();
    const fingerprint = `only-${made}`;
    await take(keys[0], alert(fingerprint));

    const before = await store.firingAlert(fingerprint);
    await store.splitAlerts(copy, { from: other, reopen: true });
    const after = await store.firingAlert(fingerprint);
    await store.record({ ...sampleRow({ number: copy, status: 'closed' }), revision: 1, rooms: [] }, []);
    const closed = await store.firingAlert(fingerprint);
    const unknown = await store.firingAlert('nobody knows it');

    assert.deepEqual([before?.number, after?.number], [other, copy]);
    assert.deepEqual(after?.alert, alert(fingerprint));
    assert.deepEqual([closed, unknown], [undefined, undefined]);
  });
});

function alert(fingerprint: string): StoredAlert {
  return {
    fingerprint,
    startsAt: MORNING,
    status: 'firing',
    labels: { alertname: 'CheckoutErrors', instance: fingerprint },
    annotations: {},
  };
}

function resolved(fingerprint: string): StoredAlert {
  return { ...alert(fingerprint), status: 'resolved', endsAt: '2026-04-01T09:30:00.000Z' };
}

/** What an incident's figures are made from. */
async function counted(store: IncidentStore, number: number): Promise<string[]> {
  const { alerts, total } = await store.alertsOf(number, 100);
  assert.equal(total, alerts.length);
  return alerts.map(({ fingerprint, status }) => `${fingerprint} ${status}`).sort();
}
