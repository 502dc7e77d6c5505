import assert from 'node:assert/strict';
import { request } from 'node:http';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { createSlackAdapter } from '../../../src/chat/slack/adapter.ts';
import { createHttpReceiver } from '../../../src/chat/slack/receiver.ts';
import { type FakeSlack, type RawRequest, sendRaw, signedRequest } from '../../support/fake-slack.ts';
import { startHarness } from './harness.ts';

type Tamper = (slack: FakeSlack, good: RawRequest) => RawRequest;

const now = () => Math.floor(Date.now() / 1000);
const command = (slack: FakeSlack, timestamp?: number) =>
  slack.signed('form', slack.commandPayload('U0KIM', 'C0GENERAL', 'create dev'), timestamp);
const withHeaders = (good: RawRequest, headers: RawRequest['headers']): RawRequest => ({
  ...good,
  headers: { ...good.headers, ...headers },
});
const without = (good: RawRequest, name: string): RawRequest => {
  const { [name]: _left, ...headers } = good.headers;
  return { ...good, headers };
};
const twice = (good: RawRequest, name: string) =>
  withHeaders(good, { [name]: [`${good.headers[name]}`, `${good.headers[name]}`] });
const signedAgain = (
  slack: FakeSlack,
  good: RawRequest,
  body: string,
  secret = slack.config.inbound.signingSecret,
) =>
  signedRequest({
    url: good.url,
    body,
    signingSecret: secret,
    contentType: `${good.headers['content-type']}`,
  });

const REFUSED: Record<string, [number, Tamper]> = {
  'a tampered byte': [
    401,
    (_slack, good) => ({ ...good, body: Buffer.from(good.body.toString().replace('create', 'delete')) }),
  ],
  'no signature': [401, (_slack, good) => without(good, 'x-slack-signature')],
  'no timestamp': [401, (_slack, good) => without(good, 'x-slack-request-timestamp')],
  'no content type': [401, (_slack, good) => without(good, 'content-type')],
  'a signature of another length': [
    401,
    (_slack, good) => withHeaders(good, { 'x-slack-signature': 'v0=00' }),
  ],
  'a signature of another version': [
    401,
    (_slack, good) =>
      withHeaders(good, { 'x-slack-signature': `${good.headers['x-slack-signature']}`.replace('v0', 'v1') }),
  ],
  'two signatures': [401, (_slack, good) => twice(good, 'x-slack-signature')],
  'two timestamps': [401, (_slack, good) => twice(good, 'x-slack-request-timestamp')],
  'a timestamp that is no number': [
    401,
    (_slack, good) => withHeaders(good, { 'x-slack-request-timestamp': '1e9' }),
  ],
  'another secret': [
    401,
    (slack, good) => signedAgain(slack, good, good.body.toString(), 'another secret entirely'),
  ],
  '301 s ago': [401, (slack) => command(slack, now() - 301)],
  'in 302 s': [401, (slack) => command(slack, now() + 302)],
  'in a year': [401, (slack) => command(slack, now() + 31_536_000)],
  'a compressed body': [
    401,
    (_slack, good) => ({ ...withHeaders(good, { 'content-encoding': 'gzip' }), body: gzipSync(good.body) }),
  ],
  'ssl_check with a payload, unsigned': [
    401,
    (_slack, good) => ({
      ...withHeaders(good, { 'x-slack-signature': `v0=${'0'.repeat(64)}` }),
      body: Buffer.from('ssl_check=1&payload=%7B%22type%22%3A%22block_actions%22%7D'),
    }),
  ],
  'ssl_check with a payload, signed': [
    400,
    (slack, good) => signedAgain(slack, good, 'ssl_check=1&payload=%7B%7D'),
  ],
  'a field twice': [400, (slack, good) => signedAgain(slack, good, `${good.body}&text=delete`)],
  'no JSON': [
    400,
    (slack, good) =>
      withHeaders(signedAgain(slack, good, '{"type":'), { 'content-type': 'application/json' }),
  ],
  'one byte too many': [413, (slack, good) => signedAgain(slack, good, 'x'.repeat(256 * 1024 + 1))],
  GET: [405, (_slack, good) => ({ ...good, method: 'GET', body: Buffer.alloc(0) })],
};

for (const [what, [status, tamper]] of Object.entries(REFUSED)) {
  test(`refused with ${status}: ${what}`, async (t) => {
    const { slack, requests } = await startHarness(t);

    const response = await sendRaw(tamper(slack, command(slack)));

    assert.equal(response.status, status);
    assert.deepEqual(requests, []);
  });
}

test('taken: within 300 s either way, and a body of exactly 256 KB', async (t) => {
  const { slack, requests } = await startHarness(t);
  const padded = `${command(slack).body}&padding=`;
  const full = padded + 'x'.repeat(256 * 1024 - padded.length);

  const statuses = [
    await sendRaw(command(slack, now() - 298)),
    await sendRaw(command(slack, now() + 298)),
    await sendRaw(signedAgain(slack, command(slack), full)),
  ].map(({ status }) => status);

  assert.deepEqual(statuses, [200, 200, 200]);
  assert.equal(requests.length, 3);
});

test('a body without a length is capped as it comes', async (t) => {
  const { slack, requests } = await startHarness(t);
  const good = command(slack);

  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(
      good.url,
      { method: 'POST', headers: { ...good.headers, 'transfer-encoding': 'chunked' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    for (let chunk = 0; chunk < 5; chunk += 1) sent.write('x'.repeat(64 * 1024));
  });

  assert.equal(status, 413);
  assert.deepEqual(requests, []);
});

test('Slack may check the address, signed like everything else', async (t) => {
  const { slack } = await startHarness(t);

  const challenged = await slack.deliver('json', { type: 'url_verification', challenge: 'echo me' });
  const forged = await sendRaw({
    ...slack.signed('json', { type: 'url_verification', challenge: 'echo me' }, now() - 1_000),
  });

  assert.deepEqual(challenged.json, { challenge: 'echo me' });
  assert.equal(forged.status, 401);
});

test('a secret that could be guessed refuses to start', () => {
  for (const signingSecret of ['', '   ', 'short', ' '.repeat(32)]) {
    assert.throws(
      () => createHttpReceiver({ signingSecret, logger: pino({ level: 'silent' }) }),
      /SLACK_SIGNING_SECRET/,
    );
    const inbound = { kind: 'http' as const, signingSecret };
    assert.throws(
      () =>
        createSlackAdapter({ config: { botToken: 'xoxb-x', inbound }, logger: pino({ level: 'silent' }) }),
      /SLACK_SIGNING_SECRET/,
    );
  }
});

test('after stopping nothing is taken', async (t) => {
  const { slack, adapter, requests } = await startHarness(t);
  await adapter.stop();

  const delivered = await slack.command('U0KIM', 'C0GENERAL', 'create dev');

  assert.equal(delivered.status, 503);
  assert.deepEqual(requests, []);
});
