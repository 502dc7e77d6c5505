import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { IncidentConfig } from '../../src/domain/incident-config.ts';
import type { IncidentStore, StoredAlert } from '../../src/domain/ports.ts';
import { createIntake } from '../../src/webhooks/intake.ts';
import { memoryStore, recordingLauncher, shippedConfig } from './harness.ts';

function alert(over: Partial<StoredAlert> = {}): StoredAlert {
  return {
    fingerprint: 'f1',
    startsAt: '2026-03-01T12:00:00.000Z',
    status: 'firing',
    labels: { alertname: 'CheckoutDown', severity: 'critical', service: 'shop' },
    annotations: { summary: 'nobody can pay' },
    ...over,
  };
}

function scene(
  over: { store?: Partial<Pick<IncidentStore, 'takeAlerts' | 'closeGroups'>>; config?: IncidentConfig } = {},
) {
  const launchers = recordingLauncher();
  const config = over.config ?? shippedConfig();
  const take = createIntake({
    config: async () => config,
    store: { ...memoryStore(), ...over.store },
    launchers,
    platforms: () => ['teams', 'slack'],
  });
  return { ...launchers, take };
}

/** Lets promises and a second pass until there is an answer. */
async function inMockTime<Value>(t: TestContext, work: Promise<Value>): Promise<Value> {
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  while (!done) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    t.mock.timers.tick(1_000);
  }
  return await end;
}

test('an alert becomes an incident by its route, with the rules of now', async () => {
  const { take, told } = scene();

  const outcome = await take([alert()]);

  assert.deepEqual(outcome, { ok: true, taken: 1, ignored: 0, incidents: [1] });
  const [{ at: _, requestId, rules, ...input } = assert.fail('nothing was told')] = told;
  assert.ok(requestId.length > 20);
  assert.equal(rules.service?.id, 'shop');
  assert.deepEqual(input, {
    number: 1,
    title: 'CheckoutDown: nobody can pay',
    summary: 'nobody can pay',
    severity: 'sev1',
    service: 'shop',
    private: false,
    detectedAt: '2026-03-01T12:00:00.000Z',
    drill: false,
    declaredBy: 'alerts',
    // In the order of the announcements, whatever the order of connecting.
    platforms: ['slack', 'teams'],
  });
});

test('what monitoring ignores, and what is over before anybody heard of it, makes no incident', async () => {
  const { take, told } = scene();

  const outcome = await take([
    alert({ labels: { alertname: 'Watchdog', severity: 'critical' } }),
    alert({ labels: { alertname: 'Else', severity: 'none' } }),
    alert({ status: 'resolved' }),
  ]);

  assert.deepEqual(outcome, { ok: true, taken: 0, ignored: 3, incidents: [] });
  assert.deepEqual(told, []);
});

test('a delivery of several groups is taken only when all of them are', async () => {
  const { take, answers } = scene();
  answers.push({ ok: true }, { ok: false, type: 'Unavailable', message: 'Not now.' });
  const two = [alert(), alert({ labels: { alertname: 'Other', severity: 'critical', service: 'shop' } })];

  const first = await take(two);

  assert.deepEqual(first, { ok: false, why: 'Not now.' });
});

test('a delivery whose signal was lost is told when it comes again, though the store knows it by then', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { take, told, answers } = scene({
    store: { takeAlerts: async () => ({ number: 7, isNew: false, changed: false }) },
  });
  answers.push({ ok: false, type: 'Unavailable', message: 'Not now.' });

  const first = await take([alert()]);
  const again = await inMockTime(t, take([alert()]));

  assert.equal(first.ok, false);
  assert.equal(again.ok, true);
  assert.equal(told.length, 2);
});

test('what fires after an incident was ended from outside is another incident, once it comes again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { take, told, answers } = scene();
  answers.push({ ok: false, type: 'WrongState', message: '#1 is over.' });

  const first = await take([alert()]);
  const again = await inMockTime(t, take([alert()]));

  assert.deepEqual(first, { ok: false, why: '#1 is over.' });
  assert.equal(again.ok, true);
  assert.deepEqual(
    told.map(({ number }) => number),
    [1, 2],
  );
});

test('5,000 deliveries at once are a few calls to Temporal, and two at a time to the store', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const store = memoryStore();
  let [busy, most] = [0, 0];
  const { take, told } = scene({
    store: {
      async takeAlerts(...args) {
        busy += 1;
        most = Math.max(most, busy);
        await new Promise<void>((resolve) => setImmediate(resolve));
        busy -= 1;
        return await store.takeAlerts(...args);
      },
    },
  });

  const deliveries = Array.from({ length: 5_000 }, (_, at) => take([alert({ fingerprint: `f${at}` })]));
  let seconds = 0;
  let done = false;
  const all = Promise.all(deliveries).finally(() => {
    done = true;
  });
  while (!done) {
    // A thousand rounds of work a second.
    for (let round = 0; round < 1_000 && !done; round += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    t.mock.timers.tick(1_000);
    seconds += 1;
  }
  const outcomes = await all;

  assert.ok(outcomes.every((outcome) => outcome.ok && outcome.incidents[0] === 1));
  assert.equal(store.groups.length, 5_000);
  assert.equal(most, 2);
  assert.ok(told.length <= seconds + 1, `${told.length} calls in ${seconds} s`);
});
