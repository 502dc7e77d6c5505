import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectorConformance } from './connector-conformance.ts';
import { order } from './connector-stage.ts';
import { accountOf, openGitHub, person } from './github-stage.ts';

connectorConformance('GitHub', {
  open: openGitHub,
  faults: ['down', 'slow', 'error', 'limited', 'empty', 'lost'],
});

const ORGANISATION = { kind: 'group', group: 'acme' } as const;

describe('an organisation on GitHub', () => {
  test('is given and taken away, and with it all of its teams', async (t) => {
    const { connector, known, group } = await openGitHub(t);

    await connector.apply(order(known, ORGANISATION));
    const given = await connector.readBack(known, ORGANISATION);
    const members = await connector.members(ORGANISATION);
    await connector.apply(order(known, group));
    await connector.revoke(order(known, ORGANISATION));

    assert.equal(given, true);
    assert.deepEqual(
      members.find(({ person }) => person !== undefined),
      { person: known.person, login: 'known-gh' },
    );
    assert.equal(await connector.readBack(known, ORGANISATION), false);
    assert.deepEqual(await connector.holdings(known), []);
  });

  test('counts only once the invitation is accepted, and an invitation is taken back', async (t) => {
    const { connector, hub, known } = await openGitHub(t);
    const path = /\/orgs\/acme\/memberships\/known-gh$/;
    const headers = { 'content-type': 'application/json' };
    const pending = { status: 200, headers, body: JSON.stringify({ state: 'pending', role: 'member' }) };
    const spoiled = (times: number) => {
      for (let at = 0; at < times; at += 1) hub.spoil(new RegExp(`GET ${path.source}`), pending);
    };

    spoiled(3);
    const plan = await connector.plan(known, ORGANISATION);
    const readBack = await connector.readBack(known, ORGANISATION);
    const holdings = await connector.holdings(known);
    spoiled(2);
    await connector.apply(order(known, ORGANISATION));
    await connector.revoke(order(known, ORGANISATION));

    assert.deepEqual(plan, { held: false, elsewhere: false });
    assert.equal(readBack, false);
    assert.deepEqual(holdings, [ORGANISATION]);
    const changes = hub.calls.filter((call) => !call.startsWith('GET'));
    assert.deepEqual(changes, ['DELETE /orgs/acme/memberships/known-gh']);
  });

  test('keeps its last owner', async (t) => {
    const { connector, hub, known, opening } = await openGitHub(t);
    const bot = person('bot');
    const own = opening({ accounts: { [bot.person]: await accountOf(hub, 'purser-bot') } });

    await refused(
      own.revoke(order(bot, ORGANISATION)),
      /^purser-bot is the only owner of acme in code: make/,
    );
    await hub.api('PUT', '/orgs/acme/memberships/known-gh', { role: 'admin' });
    await connector.apply(order(known, ORGANISATION));
    const { role } = (await hub.api('GET', '/orgs/acme/memberships/known-gh')) as { role: string };
    await connector.revoke(order(known, ORGANISATION));

    assert.equal(role, 'admin');
    assert.equal(await connector.readBack(known, ORGANISATION), false);
  });

  test('that is not there is not one without members', async (t) => {
    const { known, opening } = await openGitHub(t);
    const typo = opening({ organisation: 'acmee' });

    await refused(
      typo.readBack(known, { kind: 'group', group: 'acmee' }),
      /^code has no organisation “acmee”/,
    );
    await refused(typo.members({ kind: 'group', group: 'acmee/crew' }), /or hides it from the token: look/);
  });

  test('that does not take the token says so of anybody', async (t) => {
    const { connector, hub, stranger } = await openGitHub(t);
    hub.spoil(/GET \/orgs\/acme\/teams/, { status: 401 });

    await refused(connector.holdings(stranger), /^code does not let Purser do this \(401\)/);
  });
});

describe('people on GitHub', () => {
  test('are given nothing before somebody says which account is theirs', async (t) => {
    const { connector, stranger, group } = await openGitHub(t);

    await refused(
      connector.apply(order(stranger, group)),
      /^code does not know which account is stranger’s: add “stranger-.*” to its accounts in manifests/,
    );
  });

  for (const [what, login, words] of [
    ['renamed', 'gone-gh', /^gone-gh is gone in code: look what the account with the id \d+ is called/],
    ['given up, and taken by another', 'another-gh', /^another-gh is another account now in code: look what/],
  ] as const) {
    test(`whose login was ${what} are nobody else`, async (t) => {
      const { hub, known, group, opening } = await openGitHub(t);
      const account = { ...(await accountOf(hub, 'known-gh')), login };
      const connector = opening({ accounts: { [known.person]: account } });

      await refused(connector.readBack(known, group), words);
      await refused(connector.apply(order(known, group)), words);
      await refused(connector.revoke(order(known, group)), words);
      await refused(connector.holdings(known), words);
    });
  }

  test('are not two with one account', async (t) => {
    const { opening } = await openGitHub(t);

    const accounts = { a: { login: 'one', id: 7 }, b: { login: 'two', id: 7 } };
    assert.throws(() => opening({ accounts }), /one account is two people’s/);
  });
});

describe('a team on GitHub', () => {
  test('keeps its maintainers what they are', async (t) => {
    const { connector, hub, known, group } = await openGitHub(t);
    const path = '/orgs/acme/teams/crew/memberships/known-gh';
    await hub.api('PUT', path, { role: 'maintainer' });

    await connector.apply(order(known, group));

    assert.equal(((await hub.api('GET', path)) as { role: string }).role, 'maintainer');
  });

  for (const group of ['acme/gone', 'acme/../users', 'other/crew', 'crew']) {
    test(`called ${group} is refused with how to write one`, async (t) => {
      const { connector, known } = await openGitHub(t);

      await refused(
        connector.apply(order(known, { kind: 'group', group })),
        /^code has no “.*”: write “acme” for the organisation, or “acme\/” and the last part of a team’s address$/,
      );
    });
  }

  for (const [what, headers, wait] of [
    ['is over at a time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' }, 3_600_000],
    ['is over after a time', { 'retry-after': '60' }, 60_000],
  ] as const) {
    test(`is asked for again when a limit ${what}`, async (t) => {
      const { connector, hub, known, group } = await openGitHub(t);
      hub.spoil(/GET \/orgs\/acme\/teams/, { status: 403, headers });

      await assert.rejects(connector.plan(known, group), { retryable: true, retryAfterMs: wait });
    });
  }
});

async function refused(asked: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(asked, { name: 'SystemError', retryable: false, message: words });
}
