import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, mock, test } from 'node:test';
import { type OutgoingEvent, OutsideError, type WebhookCall } from '../../src/domain/outside.ts';
import { createWebhooks } from '../../src/outside/webhooks.ts';
import { type Answer, openListener } from './listener.ts';

const webhooks = createWebhooks();
let listener: Awaited<ReturnType<typeof openListener>>;
before(async () => {
  listener = await openListener();
});
after(() => listener.close());
beforeEach(() => {
  listener.heard.length = 0;
  listener.answer();
});

function event(
  changes: Partial<OutgoingEvent> = {},
  incident: Partial<OutgoingEvent['incident']> = {},
): OutgoingEvent {
  return {
    version: 1,
    key: 'request-142:declared',
    event: 'trigger',
    incident: {
      number: 142,
      id: 'request-142',
      private: false,
      title: 'Checkout is down',
      summary: 'Customers cannot pay.',
      severity: 'sev1',
      rank: 1,
      status: 'declared',
      service: 'checkout',
      times: { detectedAt: '2026-04-01T09:00:00.000Z', declaredAt: '2026-04-01T09:02:00.000Z' },
      links: [{ title: 'Runbook', url: 'https://runbook.test' }],
      revision: 3,
      ...incident,
    },
    ...changes,
  };
}

test('PagerDuty gets an event of its Events API v2, by which it knows the incident again', async () => {
  const note = await send({ kind: 'pagerduty', secret: 'routing-key', event: event() });

  assert.equal(note, 'PagerDuty took it (202)');
  assert.deepEqual(JSON.parse(listener.heard[0]?.body ?? ''), {
    routing_key: 'routing-key',
    event_action: 'trigger',
    dedup_key: 'purser:request-142',
    client: 'Purser',
    payload: {
      summary: '#142 Checkout is down',
      source: 'checkout',
      severity: 'critical',
      timestamp: '2026-04-01T09:02:00.000Z',
      component: 'checkout',
      custom_details: { number: 142, severity: 'sev1', status: 'declared', summary: 'Customers cannot pay.' },
    },
    links: [{ href: 'https://runbook.test', text: 'Runbook' }],
  });
});

for (const action of ['acknowledge', 'resolve'] as const) {
  test(`${action} tells PagerDuty no more than which incident`, async () => {
    await send({ kind: 'pagerduty', secret: 'routing-key', event: event({ event: action }) });

    assert.deepEqual(JSON.parse(listener.heard[0]?.body ?? ''), {
      routing_key: 'routing-key',
      event_action: action,
      dedup_key: 'purser:request-142',
    });
  });
}

test('PagerDuty reads in the log of what was merged where it goes on', async () => {
  const merged = event({ event: 'resolve', note: 'It is the same as #7, and goes on there.' });

  await send({ kind: 'pagerduty', secret: 'routing-key', event: merged });

  const body = JSON.parse(listener.heard[0]?.body ?? '');
  assert.deepEqual([body.event_action, body.dedup_key], ['resolve', 'purser:request-142']);
  assert.equal(body.payload.custom_details.note, 'It is the same as #7, and goes on there.');
  // PagerDuty takes no payload without these.
  assert.ok(body.payload.summary && body.payload.source && body.payload.severity);
});

test('PagerDuty takes no updates, and is sent none', async () => {
  const note = await send({ kind: 'pagerduty', secret: 'routing-key', event: event({ event: 'update' }) });

  assert.match(note, /takes no updates/);
  assert.deepEqual(listener.heard, []);
});

test('what is too long for PagerDuty is cut, between characters', async () => {
  const long = event({}, { id: 'i'.repeat(400), title: '😀'.repeat(600), rank: 7 });

  await send({ kind: 'pagerduty', secret: 'routing-key', event: long });

  const { dedup_key, payload } = JSON.parse(listener.heard[0]?.body ?? '');
  assert.equal(dedup_key.length, 255);
  assert.ok(payload.summary.length <= 1_024 && payload.summary.isWellFormed());
  assert.equal(payload.severity, 'info');
});

test('a generic webhook gets the event as it is, with its key and a signature of the bytes', async () => {
  assert.equal(await send({ kind: 'generic', secret: 'shared', event: event() }), 'taken (202)');

  const [request] = listener.heard;
  assert.deepEqual(JSON.parse(request?.body ?? ''), event());
  assert.equal(request?.headers['idempotency-key'], 'request-142:declared');
  const expected = createHmac('sha256', 'shared')
    .update(request?.body ?? '')
    .digest('hex');
  assert.equal(request?.headers['x-signature-256'], `sha256=${expected}`);
});

test('without a secret nothing is signed, and PagerDuty is not called at all', async () => {
  await send({ kind: 'generic', event: event() });
  await assert.rejects(send({ kind: 'pagerduty', event: event() }), { retryable: false });

  assert.equal(listener.heard.length, 1);
  assert.equal(listener.heard[0]?.headers['x-signature-256'], undefined);
});

const refusals: { answer: Answer; retryable: boolean; retryAfterMs?: number; message: RegExp }[] = [
  { answer: { status: 400 }, retryable: false, message: /refuses it \(400\)/ },
  { answer: { status: 404, headers: { 'retry-after': '5' } }, retryable: false, message: /404/ },
  {
    answer: { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    retryable: false,
    message: /has moved/,
  },
  { answer: { status: 500 }, retryable: true, message: /cannot take it now \(500\)/ },
  {
    answer: { status: 429, headers: { 'retry-after': '7' } },
    retryable: true,
    retryAfterMs: 7_000,
    message: /429/,
  },
  {
    answer: { status: 503, headers: { 'retry-after': '999999' } },
    retryable: true,
    retryAfterMs: 3_600_000,
    message: /503/,
  },
  { answer: { status: 503, headers: { 'retry-after': 'soon' } }, retryable: true, message: /503/ },
  { answer: 'break-off', retryable: true, message: /does not answer/ },
];
for (const { answer, retryable, retryAfterMs, message } of refusals) {
  const what = answer === 'break-off' ? answer : JSON.stringify(answer);
  test(`${what} is ${retryable ? 'worth another attempt' : 'final'}, and names no address`, async () => {
    listener.answer(answer);

    const error = await send({ kind: 'generic', secret: 'shared', event: event() }).catch(
      (caught: unknown) => caught,
    );

    assert.ok(error instanceof OutsideError);
    assert.equal(error.retryable, retryable);
    assert.equal(error.retryAfterMs, retryAfterMs);
    assert.match(error.message, message);
    assert.ok(!`${error.message} ${String(error.cause)}`.includes('secret-path'));
    assert.equal(listener.heard.length, 1);
  });
}

test('a date in Retry-After is a wait until then', async () => {
  listener.answer({ status: 429, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() } });

  const error = await send({ kind: 'generic', event: event() }).catch((caught: unknown) => caught);

  assert.ok(error instanceof OutsideError && error.retryAfterMs !== undefined);
  assert.ok(error.retryAfterMs > 50_000 && error.retryAfterMs <= 60_000);
});

test('who says nothing is not waited for for long', async () => {
  const timeouts: number[] = [];
  mock.method(AbortSignal, 'timeout', (ms: number) => {
    timeouts.push(ms);
    return AbortSignal.abort(new DOMException('too late', 'TimeoutError'));
  });
  listener.answer('silence');

  const sending = send({ kind: 'generic', event: event() });

  await assert.rejects(sending, {
    retryable: true,
    message: 'The webhook does not answer (nothing within 10 s)',
  });
  assert.deepEqual(timeouts, [10_000]);
  mock.restoreAll();
});

function send(call: Omit<WebhookCall, 'url'>): Promise<string> {
  return webhooks.send({ ...call, url: listener.url });
}
