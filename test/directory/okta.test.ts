import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Holding } from '../../src/domain/systems.ts';
import { connectorConformance } from './connector-conformance.ts';
import { order } from './connector-stage.ts';
import { type OktaStage, openOkta } from './okta-stage.ts';

connectorConformance('Okta', {
  open: openOkta,
  faults: ['down', 'slow', 'error', 'limited', 'empty', 'lost'],
});

const ACCOUNT: Holding = { kind: 'account' };

describe('accounts in Okta', () => {
  for (const [name, firstName, lastName] of [
    ['Ada Maria Kovač', 'Ada Maria', 'Kovač'],
    ['Kim', 'Kim', 'Kim'],
    ['x'.repeat(60), 'x'.repeat(50), 'x'.repeat(50)],
  ] as const) {
    test(`have a first and a last name: ${name}`, async (t) => {
      const stage = await openOkta(t);

      await stage.connector.apply(order({ ...stage.stranger, name }, ACCOUNT));

      const { profile } = await userOf(stage, stage.stranger.email);
      assert.deepEqual(
        [profile.login, profile.firstName, profile.lastName],
        [stage.stranger.email, firstName, lastName],
      );
    });
  }

  test('are suspended, so that they keep what they have', async (t) => {
    const stage = await openOkta(t);

    await stage.connector.revoke(order(stage.known, ACCOUNT));
    const taken = await userOf(stage, stage.known.email);
    await stage.connector.apply(order(stage.known, ACCOUNT));

    assert.equal(taken.status, 'SUSPENDED');
    assert.equal((await userOf(stage, stage.known.email)).status, 'ACTIVE');
    assert.deepEqual(lifecycle(stage), ['suspend', 'unsuspend']);
  });

  test('that were never used are deactivated: Okta does not suspend those', async (t) => {
    const stage = await openOkta(t);
    const { id } = await userOf(stage, stage.known.email);
    await stage.api('POST', `/api/v1/users/${id}/lifecycle/reactivate`);

    const before = await stage.connector.readBack(stage.known, ACCOUNT);
    await stage.connector.revoke(order(stage.known, ACCOUNT));
    const after = await stage.connector.readBack(stage.known, ACCOUNT);
    await stage.connector.apply(order(stage.known, ACCOUNT));

    assert.deepEqual([before, after], [true, false]);
    assert.deepEqual(lifecycle(stage), ['deactivate', 'activate']);
  });

  test('that Okta refuses to change count as they are then', async (t) => {
    const { connector, instead, known, outside } = await openOkta(t);
    const refusing = { status: 400, body: { errorCode: 'E0000001', errorSummary: 'canary' } };
    instead((call) => (call.endsWith('/suspend') ? refusing : undefined));

    await refused(connector.revoke(order(known, ACCOUNT)), /^login refuses it \(400\)$/);

    assert.equal(await outside.holds(known, ACCOUNT), true);
  });

  test('that Okta neither makes nor shows are for a person to look at', async (t) => {
    const { connector, instead, stranger } = await openOkta(t);
    instead((call) => (call.startsWith('POST /api/v1/users') ? { status: 400 } : undefined));

    await refused(
      connector.apply(order(stranger, ACCOUNT)),
      /^login makes no account for .* look there whether/,
    );
  });

  test('are signed out everywhere, with their tokens', async (t) => {
    const stage = await openOkta(t);
    const { id } = await userOf(stage, stage.known.email);

    await stage.connector.endSessions(stage.known);

    const [ended] = stage.calls.filter((call) => call.startsWith('DELETE'));
    assert.match(String(ended), new RegExp(`^DELETE /api/v1/users/${id}/sessions\\?.*oauthTokens=true`));
  });

  test('are asked for by one value, whatever is in it', async (t) => {
    const { connector, calls, known } = await openOkta(t);
    const email = `x" or profile.login eq "${known.email}" or profile.login eq "\\`;

    const found = await connector.readBack({ ...known, email }, ACCOUNT);

    const filter = new URL(String(calls[0]?.split(' ')[1]), 'http://host').searchParams.get('filter');
    assert.equal(found, false);
    assert.equal(JSON.parse(String(filter).replace(/^profile\.login eq /, '')), email);
  });
});

describe('groups in Okta', () => {
  test('need an account, and to be there', async (t) => {
    const { connector, known, stranger, group } = await openOkta(t);

    await refused(
      connector.apply(order(stranger, group)),
      /^stranger has no account in login: give them one/,
    );
    const gone = { kind: 'group', group: 'gone' } as const;
    await refused(connector.apply(order(known, gone)), /^login has no group “gone”: create it there$/);
    await refused(connector.apply(order(known, { ...group, scope: 'here' })), /no group “crew” in “here”/);
  });

  test('that Okta does not keep itself are left to where they come from', async (t) => {
    const { connector, known, outside } = await openOkta(t);
    const everybody = { kind: 'group', group: 'everybody' } as const;
    await outside.give(known, everybody);

    await refused(connector.apply(order(known, everybody)), /^login does not decide who is in “everybody”/);
    await refused(connector.revoke(order(known, everybody)), /change it where the group comes from$/);
    assert.deepEqual(await connector.holdings(known), [ACCOUNT]);
  });
});

describe('an Okta organisation', () => {
  test('that wants to be left alone until a time is', async (t) => {
    const { connector, instead, known } = await openOkta(t);
    const headers = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '4102444800' };
    instead(() => ({ status: 429, headers }));

    await assert.rejects(connector.readBack(known, ACCOUNT), { retryable: true, retryAfterMs: 3_600_000 });
  });

  test('is the only one that gets the token, wherever its next page is said to be', async (t) => {
    const { connector, calls, instead, known } = await openOkta(t);
    const link = '<http://elsewhere.example.test/api/v1/users?after=x>; rel="next"';
    instead((call) => (call.includes('filter=') ? { status: 200, body: [], headers: { link } } : undefined));

    await connector.readBack(known, ACCOUNT);

    assert.equal(calls[1], 'GET /api/v1/users?after=x');
  });

  for (const [status, words] of [
    [401, /^login does not let Purser do this \(401\)/],
    [302, /^login has moved \(302\)/],
  ] as const) {
    test(`that answers ${status} is for a person to look at`, async (t) => {
      const { connector, instead, known } = await openOkta(t);
      instead(() => ({ status, headers: { location: 'http://elsewhere.example.test' } }));

      await refused(connector.readBack(known, ACCOUNT), words);
    });
  }
});

interface User {
  id: string;
  status: string;
  profile: { login: string; firstName: string; lastName: string };
}

async function userOf({ api }: OktaStage, email: string): Promise<User> {
  return (await api('GET', `/api/v1/users/${encodeURIComponent(email)}`)) as User;
}

function lifecycle({ calls }: OktaStage): (string | undefined)[] {
  return calls.flatMap((call) => call.match(/\/lifecycle\/(\w+)/)?.slice(1) ?? []);
}

async function refused(asked: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(asked, { name: 'SystemError', retryable: false, message: words });
}
