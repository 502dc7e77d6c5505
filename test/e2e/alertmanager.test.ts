import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createPostgresDatabase } from '../store/databases.ts';
import { type Alertmanager, type PostedAlert, startAlertmanager } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { startIntake, TOKEN } from '../webhooks/harness.ts';

// Alerts as Prometheus posts them to Debian's Alertmanager, which groups them and delivers them to the intake, which
// keeps them in Postgres. Only Temporal is played.
const MAX_ALERTS = 3;

let store: Store;
let intake: Awaited<ReturnType<typeof startIntake>>;
let pair: [Alertmanager, Alertmanager];
const cleaning: (() => Promise<void>)[] = [];

before(async () => {
  const database = await createPostgresDatabase();
  cleaning.push(() => database.drop());
  store = await openStore({ databaseUrl: database.url, home: '', onError: () => undefined });
  cleaning.push(() => store.close());
  intake = await startIntake({ after: (clean) => void cleaning.push(clean) }, { store: store.incidents });
  const options = { receiver: `${intake.url}/webhooks/alertmanager`, token: TOKEN, maxAlerts: MAX_ALERTS };
  pair = await Promise.all([startAlertmanager(options), startAlertmanager(options)]);
  cleaning.push(async () => void (await Promise.all(pair.map((one) => one.stop()))));
});
after(async () => {
  for (const clean of cleaning.reverse()) await clean();
});

/** Each test has alerts of its own. */
function posted(alertname: string, instance: string, over: Partial<PostedAlert> = {}): PostedAlert {
  return {
    labels: { alertname, instance, severity: 'critical', service: 'shop' },
    annotations: { summary: `${alertname} on ${instance}` },
    // Of now: Alertmanager does not wait for the rest of a group whose alerts are older than its group_wait.
    startsAt: new Date().toISOString(),
    ...over,
  };
}

const toldOf = (alertname: string) => intake.told.filter(({ title }) => title.startsWith(alertname));
/** The numbers of the incidents that were told of, in order. */
const numbers = (alertname: string) => [...new Set(toldOf(alertname).map(({ number }) => number))];
const alertsOf = (number: number) => store.incidents.alertsOf(number, 100);

test('alerts of one group are one incident, with what they have to say', async () => {
  await pair[0].post([
    posted('CheckoutDown', 'a', { generatorURL: 'http://prometheus.example.test/graph' }),
    posted('CheckoutDown', 'b'),
    posted('NodeGone', 'c', { labels: { alertname: 'NodeGone', severity: 'warning', service: 'platform' } }),
    posted('Watchdog', 'd'),
  ]);

  const checkout = await eventually(() => toldOf('CheckoutDown')[0]);
  const node = await eventually(() => toldOf('NodeGone')[0]);
  const kept = await alertsOf(checkout.number);

  assert.deepEqual([checkout.severity, checkout.service, checkout.declaredBy], ['sev1', 'shop', 'alerts']);
  assert.deepEqual(
    [node.severity, node.service, node.title],
    ['sev3', 'platform', 'NodeGone: NodeGone on c'],
  );
  assert.notEqual(checkout.number, node.number);
  assert.deepEqual([kept.firing, kept.total], [2, 2]);
  assert.ok(kept.alerts.some(({ url }) => url === 'http://prometheus.example.test/graph'));
  assert.ok(kept.alerts.every(({ endsAt }) => endsAt === undefined));
});

test('an alert that is over is the same incident, with one less that fires', async () => {
  const [first, second] = [posted('DiskFull', 'a'), posted('DiskFull', 'b')];
  await pair[0].post([first, second]);
  const number = await eventually(() => numbers('DiskFull')[0]);
  await eventually(async () => (await alertsOf(number)).firing === 2);

  await pair[0].post([{ ...first, endsAt: new Date().toISOString() }]);
  const kept = await eventually(async () => {
    const now = await alertsOf(number);
    return now.firing === 1 && now;
  });

  assert.equal(kept.total, 2);
  assert.equal(kept.alerts.filter(({ status }) => status === 'resolved')[0]?.labels.instance, 'a');
  assert.deepEqual(numbers('DiskFull'), [number]);
});

test('two Alertmanagers that do not know of each other are one incident, and one alert', async () => {
  const alert = posted('QueueStuck', 'a');

  await Promise.all(pair.map((one) => one.post([alert])));
  const kept = await eventually(async () => {
    const [number] = numbers('QueueStuck');
    // Both have delivered by then.
    return number !== undefined && toldOf('QueueStuck').length >= 2 && (await alertsOf(number));
  });

  assert.equal(numbers('QueueStuck').length, 1);
  assert.deepEqual([kept.total, kept.firing, kept.repeats], [1, 1, 1]);
});

test('a group that is cut short is one incident of what was sent', async () => {
  await pair[0].post(Array.from({ length: 10 }, (_, at) => posted('PodsGone', `pod-${at}`)));
  const number = await eventually(() => numbers('PodsGone')[0]);

  const kept = await alertsOf(number);

  assert.deepEqual([kept.total, numbers('PodsGone').length], [MAX_ALERTS, 1]);
  assert.match(intake.log(), /"left":7,"msg":"alertmanager left alerts out/);
});

test('what Temporal did not take is delivered again, until it does', async () => {
  intake.answers.push({ ok: false, type: 'Unavailable', message: 'Not now.' }, new Error('connection lost'), {
    ok: false,
    type: 'Unavailable',
    message: 'Not now.',
  });

  await pair[0].post([posted('SearchDown', 'a')]);
  await eventually(() => toldOf('SearchDown').length > 1 && intake.answers.length === 0);
  const kept = await alertsOf(numbers('SearchDown')[0] ?? 0);

  assert.equal(numbers('SearchDown').length, 1);
  assert.deepEqual([kept.total, kept.firing], [1, 1]);
});

test('what fires again after its incident is over is another one', async () => {
  const alert = posted('LoginDown', 'a');
  await pair[0].post([alert]);
  const first = await eventually(() => numbers('LoginDown')[0]);
  await pair[0].post([{ ...alert, endsAt: new Date().toISOString() }]);
  await eventually(async () => (await alertsOf(first)).firing === 0);
  await store.incidents.closeGroups(first);

  await pair[0].post([{ ...alert, startsAt: new Date().toISOString() }]);
  const second = await eventually(() => numbers('LoginDown')[1]);

  assert.equal(second, first + 1);
  assert.equal((await alertsOf(second)).firing, 1);
});
