import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSilences } from '../../src/outside/alertmanager.ts';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { openListener } from './listener.ts';

/** Nobody listens there, and nobody has to. */
const NOBODY = { receiver: 'http://127.0.0.1:9', token: 'unused', maxAlerts: 0 };

let alertmanager: Alertmanager;
before(async () => {
  alertmanager = await startAlertmanager(NOBODY);
});
after(() => alertmanager.stop());

const silences = createSilences();
const inTwoHours = () => new Date(Date.now() + 2 * 3_600_000).toISOString();

function order(key: string, changes: Partial<Parameters<typeof silences.silence>[0]> = {}) {
  return {
    url: alertmanager.url,
    key,
    matchers: [{ name: 'alertname', value: 'Errors' }],
    createdBy: 'Kim Sample',
    comment: 'Incident #142: we are on it',
    startsAt: new Date().toISOString(),
    endsAt: inTwoHours(),
    ...changes,
  };
}

test('a silence keeps matching alerts quiet, and says who made it, why and until when', async () => {
  const startsAt = new Date().toISOString();
  await alertmanager.post(['Errors', 'Slow'].map((alertname) => ({ labels: { alertname }, startsAt })));
  const endsAt = inTwoHours();

  const made = await silences.silence(order('key-1', { endsAt }));

  const found = await call(`silence/${made.id}`);
  assert.equal(made.until, endsAt);
  assert.equal(found.createdBy, 'Kim Sample');
  assert.equal(found.comment, 'Incident #142: we are on it [key-1]');
  assert.deepEqual(found.matchers, [{ name: 'alertname', value: 'Errors', isRegex: false, isEqual: true }]);
  const quiet = await call('alerts?silenced=true&active=false&inhibited=false');
  assert.deepEqual(
    quiet.map(({ labels }: { labels: { alertname: string } }) => labels.alertname),
    ['Errors'],
  );
});

test('the same key is the same silence, also when the first answer was lost', async () => {
  const first = await silences.silence(order('key-2'));
  const again = await silences.silence(
    order('key-2', { endsAt: new Date(Date.now() + 60_000).toISOString() }),
  );
  const another = await silences.silence(order('key-22'));

  assert.deepEqual(again, first);
  assert.notEqual(another.id, first.id);
});

test('a silence that a person has ended by hand is not made anew by a late attempt', async () => {
  const first = await silences.silence(order('key-3'));
  await fetch(`${alertmanager.url}/api/v2/silence/${first.id}`, { method: 'DELETE' });

  const again = await silences.silence(order('key-3'));

  assert.equal(again.id, first.id);
});

test('what Alertmanager refuses is final', async () => {
  const wrong = silences.silence(order('key-4', { matchers: [{ name: 'not a label', value: 'x' }] }));

  await assert.rejects(wrong, { name: 'OutsideError', retryable: false, message: /refuses it \(400\)/ });
});

test('an Alertmanager that is down is tried again; something else at its address is not', async () => {
  const listener = await openListener();
  try {
    listener.answer({ status: 200 });
    await assert.rejects(silences.silence(order('key-5', { url: listener.url })), {
      retryable: false,
      message: /something else than expected/,
    });
    assert.equal(listener.heard[0]?.path, '/hook/secret-path/api/v2/silences');
    listener.answer({ status: 502 });
    await assert.rejects(silences.silence(order('key-5', { url: listener.url })), { retryable: true });
  } finally {
    await listener.close();
  }
  await assert.rejects(silences.silence(order('key-5', { url: listener.url })), { retryable: true });
});

async function call(path: string) {
  const response = await fetch(`${alertmanager.url}/api/v2/${path}`);
  assert.equal(response.status, 200);
  return JSON.parse(await response.text());
}
