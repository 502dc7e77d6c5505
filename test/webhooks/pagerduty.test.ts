import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStore, startIntake, TOKEN } from './harness.ts';

const PATH = { path: '/webhooks/pagerduty', headers: { authorization: '' } };
const PAYLOAD = {
  summary: 'Disk of db-1 is full',
  source: 'db-1.example.test',
  severity: 'critical',
  timestamp: '2026-04-01T09:00:00.000+0000',
  component: 'shop',
  group: 'databases',
  class: 'DiskFull',
  custom_details: { free: 0, nested: { left: 'out' }, region: 'eu' },
};
const event = (action: string, over: Record<string, unknown> = {}) => ({
  routing_key: TOKEN,
  event_action: action,
  dedup_key: 'db-1',
  ...over,
});
const trigger = (over: Record<string, unknown> = {}) =>
  event('trigger', { payload: PAYLOAD, links: [{ href: 'https://wiki.example.test/disk' }], ...over });

test('a trigger becomes an alert that routes take like any other, answered as PagerDuty does', async (t) => {
  const store = memoryStore();
  const intake = await startIntake(t, { store });

  const answer = await intake.post(trigger(), PATH);

  assert.deepEqual(
    [answer.status, answer.body],
    [202, { status: 'success', message: 'Event processed', dedup_key: 'db-1' }],
  );
  assert.deepEqual(
    intake.told.map(({ title, severity, service }) => [title, severity, service]),
    [['DiskFull: Disk of db-1 is full', 'sev1', 'shop']],
  );
  assert.deepEqual(store.groups[0]?.alerts, [
    {
      fingerprint: 'pagerduty:db-1',
      startsAt: '2026-04-01T09:00:00.000Z',
      status: 'firing',
      labels: {
        free: '0',
        region: 'eu',
        component: 'shop',
        group: 'databases',
        class: 'DiskFull',
        service: 'shop',
        source: 'db-1.example.test',
        severity: 'critical',
        alertname: 'DiskFull',
      },
      annotations: { summary: 'Disk of db-1 is full' },
      url: 'https://wiki.example.test/disk',
    },
  ]);
});

test('one without a class is called by its summary, and one without a key is given one', async (t) => {
  const intake = await startIntake(t);
  const { class: _, ...payload } = PAYLOAD;

  const answer = await intake.post(trigger({ payload, dedup_key: undefined }), PATH);

  assert.equal(intake.told[0]?.title, 'Disk of db-1 is full');
  assert.match(String(answer.body.dedup_key), /^[0-9a-f-]{36}$/);
});

test('a trigger that is repeated is the same alert, whatever time and words it has by then', async (t) => {
  const store = memoryStore();
  const intake = await startIntake(t, { store });

  await intake.post(trigger(), PATH);
  const again = { ...PAYLOAD, timestamp: '2026-04-01T09:05:00Z', class: 'Disk', summary: 'Still full' };
  await intake.post(trigger({ payload: again }), PATH);

  const [first, second] = store.groups.flatMap(({ alerts }) => alerts);
  assert.deepEqual(second, first);
});

test('resolve ends it by its key alone; what does not fire is answered all the same', async (t) => {
  const store = memoryStore();
  const intake = await startIntake(t, { store, now: () => new Date('2026-04-01T10:00:00Z') });

  const early = await intake.post(event('resolve'), PATH);
  await intake.post(trigger(), PATH);
  const answer = await intake.post(event('resolve'), PATH);
  const twice = await intake.post(event('resolve'), PATH);

  assert.deepEqual([early.status, answer.status, twice.status], [202, 202, 202]);
  assert.match(String(early.body.message), /nothing to do/);
  const [, over, ...more] = store.groups.flatMap(({ alerts }) => alerts);
  assert.deepEqual(
    [over?.status, over?.startsAt, over?.endsAt],
    ['resolved', '2026-04-01T09:00:00.000Z', '2026-04-01T10:00:00.000Z'],
  );
  assert.deepEqual(more, []);
});

test('acknowledge acknowledges the page of its incident', async (t) => {
  const intake = await startIntake(t);
  await intake.post(trigger(), PATH);

  const answer = await intake.post(event('acknowledge'), PATH);
  intake.answers.push({ ok: false, type: 'WrongState', message: 'Kim has answered already.' });
  const again = await intake.post(event('acknowledge'), PATH);
  intake.answers.push({ ok: false, type: 'Unavailable', message: 'The workflow engine did not answer.' });
  const down = await intake.post(event('acknowledge'), PATH);

  assert.deepEqual([answer.status, again.status, down.status], [202, 202, 503]);
  assert.match(String(again.body.message), /Nobody is being paged/);
  const [first] = intake.acts;
  assert.deepEqual(
    [first?.number, first?.input.person, first?.input.act],
    [1, 'alerts', { kind: 'acknowledge' }],
  );
});

test('what no route takes is said', async (t) => {
  const intake = await startIntake(t);

  const answer = await intake.post(trigger({ payload: { ...PAYLOAD, severity: 'info' } }), PATH);

  assert.equal(answer.status, 202);
  assert.match(String(answer.body.message), /see routes in incidents\.yaml/);
});

test('only the routing key of here is taken, and only as text', async (t) => {
  const intake = await startIntake(t);
  const bySignature = await startIntake(t, { auth: { hmacSecret: 'canary-hmac-secret-0123456789' } });

  const answers = await Promise.all([
    intake.post(trigger({ routing_key: 'another' }), PATH),
    intake.post(trigger({ routing_key: [TOKEN] }), PATH),
    intake.post(null, PATH),
    intake.post('{', PATH),
    bySignature.post(trigger(), PATH),
  ]);

  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 401, 401, 401, 401],
  );
  assert.deepEqual(intake.told, []);
  assert.doesNotMatch(intake.log(), /canary/);
});

for (const [what, body, problem] of [
  ['an unknown action', event('close'), /^event_action: /],
  ['a trigger without a payload', event('trigger'), /^payload: /],
  ['a resolution without a key', event('resolve', { dedup_key: undefined }), /^dedup_key: /],
  ['an unknown severity', trigger({ payload: { ...PAYLOAD, severity: 'bad' } }), /^payload\.severity: /],
  ['a key that is too long', trigger({ dedup_key: 'x'.repeat(256) }), /^dedup_key: /],
  ['a time that is none', trigger({ payload: { ...PAYLOAD, timestamp: 'soon' } }), /^payload\.timestamp: /],
  ['an address that is none', trigger({ links: [{ href: 'javascript:x' }] }), /^links\[0\]\.href: /],
  ['an unknown field', trigger({ paylod: {} }), /paylod/],
] as const) {
  test(`${what} is an invalid event, with its place`, async (t) => {
    const intake = await startIntake(t);

    const { status, body: answer } = await intake.post(body, PATH);

    assert.deepEqual(
      [status, answer.status, answer.message],
      [400, 'invalid event', 'Event object is invalid'],
    );
    assert.match(String((answer.errors as string[])[0]), problem);
  });
}
