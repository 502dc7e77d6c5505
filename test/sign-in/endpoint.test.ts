import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pino } from 'pino';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { AuditEvent } from '../../src/domain/ports.ts';
import type { ChatRequest } from '../../src/domain/requests.ts';
import type { SignInRequest } from '../../src/domain/sign-in.ts';
import { createSignInEndpoint } from '../../src/sign-in/endpoint.ts';
import type { Identity } from '../../src/sign-in/identity-provider.ts';
import { createSignInRequests } from '../../src/sign-in/requests.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { memorySignIns, samplePress } from './samples.ts';

const directory = sampleDirectory();

describe('signing in for what was pressed in chat', () => {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    listeners[path]?.(request, response);
  });
  let base: string;
  let listeners: ReturnType<typeof createSignInEndpoint>;
  let ask: (request?: Partial<SignInRequest>) => Promise<string>;
  let pressed: ChatRequest[];
  let audited: AuditEvent[];
  let signsIn: string | Error;
  let reply: ChatReply;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    base = `http://127.0.0.1:${address.port}`;
  });
  after(() => void server.close());

  beforeEach(() => {
    const store = memorySignIns();
    const request = createSignInRequests(store, base, () => new Date());
    pressed = [];
    audited = [];
    signsIn = 'noor';
    reply = { kind: 'notice', tone: 'success', text: 'Your approval of “pr-42” is recorded.' };
    ask = (more) => request({ what: 'Approve “pr-42”', person: 'noor', press: samplePress(), ...more });
    listeners = createSignInEndpoint({
      provider: {
        addressOf: async ({ state }) => new URL(`https://sso.example.com/auth?state=${state}`),
        async identify(): Promise<Identity> {
          if (signsIn instanceof Error) throw signsIn;
          return {
            issuer: 'https://sso.example.com',
            subject: 's-1',
            at: new Date(),
            claims: { who: signsIn },
          };
        },
      },
      personClaim: 'who',
      secure: false,
      store,
      directory: { snapshot: async () => directory },
      audit: { append: async (event) => void audited.push(event) },
      async dispatch(request) {
        pressed.push(request);
        return reply;
      },
      log: pino({ level: 'silent' }),
    });
  });

  /** As a browser does: keeps the cookie, and comes back with the state it was sent away with. */
  async function begin(address: string): Promise<{ cookie: string; state: string }> {
    const answer = await fetch(address, { method: 'POST', redirect: 'manual' });
    assert.equal(answer.status, 303);
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    const location = new URL(answer.headers.get('location') ?? '');
    assert.equal(location.origin, 'https://sso.example.com');
    return { cookie, state: location.searchParams.get('state') ?? '' };
  }

  async function comeBack({ cookie, state }: { cookie: string; state: string }) {
    const answer = await fetch(`${base}/sign-in/callback?code=c&state=${state}`, { headers: { cookie } });
    return { status: answer.status, text: await answer.text() };
  }

  it('says what it is for, and does nothing until somebody goes on', async () => {
    const address = await ask();

    for (const method of ['GET', 'HEAD', 'GET']) {
      const answer = await fetch(address, { method });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('set-cookie'), null);
      assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      if (method === 'GET')
        assert.match(await answer.text(), /Approve “pr-42”\..*Only Noor Sample can do this/s);
    }

    assert.deepEqual([pressed, audited], [[], []]);
  });

  it('does what was pressed, once, with who signed in and when', async () => {
    const flow = await begin(await ask());

    const first = await comeBack(flow);
    const again = await comeBack(flow);

    assert.equal(first.status, 200);
    assert.match(first.text, /Your approval of “pr-42” is recorded\./);
    assert.equal(again.status, 410);
    const [request, another] = pressed;
    assert.equal(another, undefined);
    assert.ok(request?.kind === 'action');
    assert.equal(request.actionId, 'environment.approve');
    assert.partialDeepStrictEqual(request.actor.signedIn, {
      person: 'noor',
      issuer: 'https://sso.example.com',
      subject: 's-1',
    });
    assert.deepEqual(
      audited.map(({ action, actor, outcome }) => [action, actor, outcome]),
      [['sign-in', 'noor', 'allowed']],
    );
  });

  it('does nothing for somebody else, and says for whom it would', async () => {
    signsIn = 'lee';

    const { status, text } = await comeBack(await begin(await ask()));

    assert.equal(status, 403);
    assert.match(text, /You signed in as Lee Sample, and only Noor Sample can do this\./);
    assert.deepEqual(pressed, []);
    assert.deepEqual(
      audited.map(({ actor, outcome }) => [actor, outcome]),
      [['lee', 'refused']],
    );
  });

  it('does nothing for whoever is not in the directory, or has left', async () => {
    for (const stranger of ['nobody', 'old']) {
      signsIn = stranger;
      const { status, text } = await comeBack(await begin(await ask()));
      assert.equal(status, 403);
      assert.match(text, /the directory does not know/);
    }
    assert.deepEqual(pressed, []);
  });

  it('does nothing when the sign-in failed, and can be begun again', async () => {
    const address = await ask();
    signsIn = new Error('invalid code');
    assert.equal((await comeBack(await begin(address))).status, 403);

    signsIn = 'noor';
    assert.equal((await comeBack(await begin(address))).status, 200);
    assert.equal(pressed.length, 1);
  });

  it('is for the browser that began it: a state that was seen elsewhere opens nothing', async () => {
    const flow = await begin(await ask());

    for (const cookie of ['', 'purser-sign-in=other', (await begin(await ask())).cookie]) {
      assert.equal((await comeBack({ ...flow, cookie })).status, 400);
    }

    assert.deepEqual([pressed, audited], [[], []]);
  });

  it('is over after ten minutes, and for whoever guesses', async () => {
    const over = createSignInRequests(memorySignIns(), base, () => new Date());
    const elsewhere = await over({ what: 'x', press: samplePress() });

    for (const address of [elsewhere, `${base}/sign-in`, `${base}/sign-in?id=`]) {
      assert.equal((await fetch(address)).status, 410);
      assert.equal((await fetch(address, { method: 'POST' })).status, 410);
    }
    assert.equal((await fetch(`${base}/sign-in/callback`)).status, 400);
    assert.equal((await fetch(await ask(), { method: 'DELETE' })).status, 405);
  });

  it('shows what people wrote as text', async () => {
    const address = await ask({ what: '<script>alert(1)</script> “&amp;” <img src=x onerror="x">' });

    const text = await (await fetch(address)).text();

    assert.ok(!/<script|<img/.test(text));
    assert.match(text, /&lt;script&gt;/);
  });

  it('says when it was not done after all', async () => {
    reply = {
      kind: 'notice',
      tone: 'error',
      text: 'This was already denied by Ravi.',
      details: ['Too late.'],
    };

    const { status, text } = await comeBack(await begin(await ask()));

    assert.equal(status, 409);
    assert.match(text, /This was not done.*already denied by Ravi.*Too late\./s);
  });
});
