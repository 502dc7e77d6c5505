import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ManifestError } from '../../src/directory/manifest-files.ts';
import { directAlert, memoryStore, startIntake, TOKEN } from './harness.ts';

const SECRET = 'canary-hmac-secret-0123456789';
const NOW = new Date('2026-03-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const BODY = JSON.stringify(directAlert('backup'));

function signed(body: string, { secret = SECRET, at }: { secret?: string; at?: number } = {}) {
  const hmac = createHmac('sha256', secret).update(at === undefined ? body : `${at}:${body}`);
  return {
    authorization: '',
    'x-signature-256': `sha256=${hmac.digest('hex')}`,
    ...(at !== undefined && { 'x-timestamp': String(at) }),
  };
}

for (const [what, headers, status] of [
  ['the token', {}, 200],
  ['the token, in another case', { authorization: `bearer ${TOKEN}` }, 200],
  ['another token', { authorization: `Bearer ${TOKEN}x` }, 401],
  ['a part of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 401],
  ['the token as a password', { authorization: `Basic ${btoa(`x:${TOKEN}`)}` }, 401],
  ['nothing', { authorization: '' }, 401],
  ['a signature', signed(BODY), 200],
  [
    'a signature without a name',
    { ...signed(BODY), 'x-signature-256': signed(BODY)['x-signature-256'].slice(7) },
    200,
  ],
  ['a signature of another body', signed(`${BODY} `), 401],
  ['a signature by another secret', signed(BODY, { secret: 'another secret entirely' }), 401],
  ['half a signature', { ...signed(BODY), 'x-signature-256': 'sha256=00' }, 401],
  ['a signature and the time', signed(BODY, { at: SECONDS }), 200],
  ['a signature of five minutes ago', signed(BODY, { at: SECONDS - 300 }), 200],
  ['a signature of longer ago', signed(BODY, { at: SECONDS - 301 }), 401],
  ['a signature of the future', signed(BODY, { at: SECONDS + 301 }), 401],
  [
    'an old signature with a new time',
    { ...signed(BODY, { at: SECONDS - 900 }), 'x-timestamp': `${SECONDS}` },
    401,
  ],
  ['a timed signature without its time', { ...signed(BODY, { at: SECONDS }), 'x-timestamp': '' }, 401],
  ['a time that is no number', { ...signed(BODY, { at: SECONDS }), 'x-timestamp': '1e9' }, 401],
] as [string, Record<string, string>, number][]) {
  test(`${what}: ${status}`, async (t) => {
    const intake = await startIntake(t, { auth: { token: TOKEN, hmacSecret: SECRET }, now: () => NOW });

    const answer = await intake.post(BODY, { headers });

    assert.equal(answer.status, status);
    assert.equal(intake.told.length, status === 200 ? 1 : 0);
    assert.doesNotMatch(intake.log(), /canary/);
  });
}

test('what is not configured proves nothing', async (t) => {
  const byToken = await startIntake(t, { auth: { token: TOKEN }, now: () => NOW });
  const bySignature = await startIntake(t, { auth: { hmacSecret: SECRET }, now: () => NOW });

  assert.equal((await byToken.post(BODY, { headers: signed(BODY) })).status, 401);
  assert.equal((await bySignature.post(BODY)).status, 401);
});

test('what has been taken is said', async (t) => {
  const intake = await startIntake(t);

  const answer = await intake.post([
    directAlert('a'),
    directAlert('b'),
    directAlert('c', { severity: 'nothing' }),
    directAlert('d', { title: 'Over already', status: 'resolved' }),
  ]);

  assert.deepEqual(answer.body, { taken: 2, ignored: 2, incidents: [1] });
});

for (const [what, body, problem] of [
  ['no JSON', '{"key":', /^The body is not JSON\.$/],
  ['a text', '"firing"', /^\[0\]: /],
  ['a missing field', JSON.stringify({ ...directAlert('a'), title: undefined }), /^\[0\]\.title: /],
  [
    'an unknown state',
    JSON.stringify([directAlert('a'), directAlert('b', { status: 'ok' })]),
    /^\[1\]\.status: /,
  ],
  ['an unknown field', JSON.stringify(directAlert('a', { severty: 'sev1' })), /^\[0\]: .*severty/],
  ['a day that is none', JSON.stringify(directAlert('a', { startsAt: 'yesterday' })), /^\[0\]\.startsAt: /],
  ['an address that is none', JSON.stringify(directAlert('a', { url: 'javascript:x' })), /^\[0\]\.url: /],
] as const) {
  test(`${what} is refused by its place`, async (t) => {
    const intake = await startIntake(t);

    const answer = await intake.post(body);

    assert.equal(answer.status, 400);
    assert.match(String(answer.body.error), problem);
  });
}

test('a payload that is not Alertmanager’s is refused by its place', async (t) => {
  const intake = await startIntake(t);
  const path = '/webhooks/alertmanager';

  const [older, broken] = await Promise.all([
    intake.post({ version: '3', alerts: [] }, { path }),
    intake.post({ version: '4', alerts: [{ status: 'firing', labels: { severity: 1 } }] }, { path }),
  ]);

  assert.deepEqual([older.status, broken.status], [400, 400]);
  assert.match(String(older.body.error), /^version: must be "4"/);
  assert.match(String(broken.body.error), /alerts\[0\]\.labels\.severity: .*alerts\[0\]\.startsAt: /);
});

test('what is too large, compressed or not posted is refused', async (t) => {
  const intake = await startIntake(t);

  const large = await intake.post(directAlert('a', { annotations: { text: 'x'.repeat(1024 * 1024) } }));
  const compressed = await intake.post(gzipSync(BODY), { headers: { 'content-encoding': 'gzip' } });
  const read = await intake.post('', { method: 'GET' });

  assert.deepEqual([large.status, compressed.status, read.status], [413, 415, 405]);
  assert.match(String(large.body.error), /max_alerts: 500/);
});

test('Temporal did not take it: it has to come again', async (t) => {
  const store = memoryStore();
  const intake = await startIntake(t, { store });
  intake.answers.push({ ok: false, type: 'Unavailable', message: 'The workflow engine did not answer.' });

  const answer = await intake.post(directAlert('a'));
  const again = await intake.post(directAlert('a'));

  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '5');
  assert.match(String(answer.body.error), /^The workflow engine did not answer\. Nothing is lost/);
  assert.equal(again.status, 200);
  assert.deepEqual(
    intake.told.map(({ number }) => number),
    [1, 1],
  );
});

test('the store did not take it: Temporal is not told, it has to come again, and nothing private is in the log', async (t) => {
  const intake = await startIntake(t, {
    store: {
      takeAlerts: async () => {
        throw new Error('Failed query: insert … params: canary', {
          cause: Object.assign(new Error('canary'), { code: 'ECONNREFUSED' }),
        });
      },
    },
  });

  const answer = await intake.post(directAlert('a'));

  assert.equal(answer.status, 503);
  assert.deepEqual(intake.told, []);
  assert.match(intake.log(), /Error ECONNREFUSED/);
  assert.doesNotMatch(intake.log() + JSON.stringify(answer.body), /canary/);
});

test('while the rules are wrong or missing nothing is lost', async (t) => {
  const wrong = await startIntake(t, {
    config: async () => {
      throw new ManifestError(['manifests/incidents.yaml: routes[0].severity: there is no severity “sev9”']);
    },
  });
  const missing = await startIntake(t, { config: async () => undefined });

  const answers = [await wrong.post(directAlert('a')), await missing.post(directAlert('a'))];

  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503],
  );
  assert.match(wrong.log(), /there is no severity “sev9”/);
  assert.match(String(answers[1]?.body.error), /^Incidents are off: there is no incidents\.yaml\./);
});

test('beyond what can be borne at once it has to come again', async (t) => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const intake = await startIntake(t, { store: { takeAlerts: () => promise } });

  const asked = Array.from({ length: 201 }, (_, at) => intake.post(directAlert(`key-${at}`)));
  const first = await Promise.race(asked);
  resolve(undefined);
  const answers = await Promise.all(asked);

  assert.equal(first.status, 503);
  assert.equal(answers.filter(({ status }) => status === 200).length, 200);
});
