import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { pino } from 'pino';
import { createIncidentsEndpoint } from '../../src/api/incidents.ts';
import { hashOf } from '../../src/api/tokens.ts';
import { NotRecordedError } from '../../src/commands/context.ts';
import { createTokenDispatch } from '../../src/commands/dispatch.ts';
import type { AccessToken, AnsweredDeliveries, AuditEvent } from '../../src/domain/ports.ts';
import type { TokenRequest } from '../../src/domain/requests.ts';
import type { SpokenView } from '../../src/domain/views.ts';
import { createTestContext } from '../support/commands-context.ts';

const NOW = new Date('2026-04-01T10:00:00.000Z');
const [TOKEN, EXPIRED, REVOKED, UNKNOWN] = ['a', 'b', 'c', 'd'].map(
  (letter) => `purser_${letter.repeat(43)}`,
);

const issued: Omit<AccessToken, 'id'> = {
  person: 'kim',
  issuedAt: new Date('2026-03-01T10:00:00.000Z'),
  expiresAt: new Date('2026-06-01T10:00:00.000Z'),
};
const TOKENS = new Map<string, AccessToken>([
  [hashOf(`${TOKEN}`), { ...issued, id: 'good' }],
  [hashOf(`${EXPIRED}`), { ...issued, id: 'old', expiresAt: NOW }],
  [hashOf(`${REVOKED}`), { ...issued, id: 'gone', revokedAt: issued.issuedAt }],
]);

/** As the store's: what is claimed and not settled is being handled by somebody. */
function memoryDeliveries(): AnsweredDeliveries {
  const held = new Map<string, object | undefined>();
  return {
    async claim(key) {
      if (held.has(key)) return false;
      held.set(key, undefined);
      return true;
    },
    async release(key) {
      if (held.get(key) === undefined) held.delete(key);
    },
    settleWith: async (key, answer) => void held.set(key, answer),
    answerTo: async (key) => held.get(key) as never,
  };
}

async function serve(
  t: { after(clean: () => Promise<void>): void },
  answer?: (request: TokenRequest) => Promise<SpokenView>,
) {
  const { context, incidents } = createTestContext();
  const audit: AuditEvent[] = [];
  const asked: TokenRequest[] = [];
  const lines: string[] = [];
  const dispatch = answer ?? createTokenDispatch(context);
  const endpoint = createIncidentsEndpoint({
    tokens: { byHash: async (hash) => TOKENS.get(hash) },
    deliveries: memoryDeliveries(),
    audit: { append: async (event) => void audit.push(event) },
    answer: async (request) => {
      asked.push(request);
      return await dispatch(request);
    },
    log: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }),
    now: () => NOW,
  });
  const server = createServer(endpoint);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/incidents`;
  return {
    incidents,
    audit,
    asked,
    log: () => lines.join(''),
    async post(body: unknown, { token = TOKEN, headers = {} }: { token?: string; headers?: object } = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: JSON.parse(text) };
    },
  };
}

test('a command is answered in words, with the number', async (t) => {
  const { post, incidents, audit, asked } = await serve(t);

  const { status, body } = await post({ text: ' /inc sev2 checkout is down ' });

  assert.equal(status, 200);
  assert.match(body.text, /^#143 is declared\. .*\nPaged first: /);
  assert.equal(body.incident, 143);
  assert.partialDeepStrictEqual(incidents.declared, [{ declaredBy: 'kim', title: 'checkout is down' }]);
  assert.partialDeepStrictEqual(audit, [
    { action: 'token.use', actor: 'kim', subject: 'token/good', outcome: 'allowed' },
  ]);
  assert.equal(audit[0]?.detail.requestId, asked[0]?.requestId);
});

for (const [what, token, said] of [
  ['an expired one', EXPIRED, /^This token is expired\. .*npm run token -- issue/],
  ['a revoked one', REVOKED, /^This token is revoked\./],
  ['one nobody issued', UNKNOWN, /^Send a token of yours as “Authorization: Bearer/],
  ['nothing like one', 'letmein', /^Send a token of yours/],
] as const) {
  test(`${what} opens nothing`, async (t) => {
    const { post, asked, audit, log } = await serve(t);

    const { status, body } = await post({ text: 'list' }, { token });

    assert.equal(status, 401);
    assert.match(body.error, said);
    assert.deepEqual([asked, audit], [[], []]);
    assert.ok(!log().includes(`${token}`));
  });
}

test('the same key has one effect and one answer', async (t) => {
  const { post, incidents } = await serve(t);
  const headers = { 'idempotency-key': 'first-try' };

  const first = await post({ text: 'sev2 checkout is down' }, { headers });
  const again = await post({ text: 'sev2 checkout is down' }, { headers });
  const other = await post({ text: 'sev2 search is down' }, { headers });
  const unkeyed = await post({ text: 'sev2 checkout is down' });

  assert.deepEqual([again.status, again.body], [200, first.body]);
  assert.equal(other.status, 400);
  assert.match(other.body.error, /came with other words before/);
  assert.equal(unkeyed.body.incident, 144);
  assert.equal(incidents.declared.length, 2);
});

test('two at once with one key: one works, the other is to ask again', async (t) => {
  const { promise, resolve } = Promise.withResolvers<SpokenView>();
  const { post, asked } = await serve(t, () => promise);
  const headers = { 'idempotency-key': 'both' };

  const both = [post({ text: '12 ack' }, { headers }), post({ text: '12 ack' }, { headers })];
  const early = await Promise.race(both);
  resolve({ kind: 'notice', tone: 'success', text: 'Done.', incident: 12 });
  const answers = await Promise.all(both);

  assert.equal(early.status, 503);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 503]);
  assert.equal(asked.length, 1);
  assert.deepEqual((await post({ text: '12 ack' }, { headers })).body, { text: 'Done.', incident: 12 });
});

test('what was not recorded is to be sent again, and then is done', async (t) => {
  const answers: (() => SpokenView)[] = [
    () => {
      throw new NotRecordedError('Temporal did not answer');
    },
    () => ({ kind: 'notice', tone: 'success', text: 'Done.' }),
  ];
  const { post } = await serve(t, async () => (answers.shift() as () => SpokenView)());
  const headers = { 'idempotency-key': 'again' };

  const first = await post({ text: '12 ack' }, { headers });
  const second = await post({ text: '12 ack' }, { headers });

  assert.equal(first.status, 503);
  assert.equal(first.headers.get('retry-after'), '5');
  assert.match(first.body.error, /^Temporal did not answer\. Send it again in a moment/);
  assert.equal(second.status, 200);
});

for (const [what, view, status] of [
  ['what to type instead', { kind: 'notice', tone: 'warning', text: 'Which one?' }, 400],
  ['that there is nothing to do', { kind: 'notice', tone: 'info', text: 'No incident is open.' }, 400],
  ['that one may not', { kind: 'notice', tone: 'error', text: 'You may not.' }, 403],
  ['a list', { kind: 'incident-list', title: 'Open incidents', items: [], more: 0, empty: 'Quiet.' }, 200],
] as [string, SpokenView, number][]) {
  test(`${what} is answered with ${status}`, async (t) => {
    const { post } = await serve(t, async () => view);

    assert.equal((await post({ text: 'something' })).status, status);
  });
}

for (const [body, headers, problem] of [
  ['sev1 down', {}, /^The body is not JSON\.$/],
  [{ text: '' }, {}, /^text: /],
  [{ text: 'list', severity: 'sev1' }, {}, /severity/],
  [{ text: 'x'.repeat(4_001) }, {}, /^text: /],
  [{ text: 'list' }, { 'idempotency-key': 'with a blank' }, /^Idempotency-Key has to be/],
] as const) {
  test(`${JSON.stringify(body).slice(0, 40)} ${JSON.stringify(headers)} is refused by its place`, async (t) => {
    const { post, asked } = await serve(t);

    const answer = await post(body, { headers });

    assert.equal(answer.status, 400);
    assert.match(answer.body.error, problem);
    assert.deepEqual(asked, []);
  });
}
