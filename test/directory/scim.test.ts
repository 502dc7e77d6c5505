import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Holding } from '../../src/domain/systems.ts';
import { connectorConformance } from './connector-conformance.ts';
import { order } from './connector-stage.ts';
import { addGroup, addUser, openScim, person, usersOf } from './scim-stage.ts';

connectorConformance('SCIM', {
  open: openScim,
  faults: ['down', 'slow', 'error', 'limited', 'empty', 'lost'],
});

const ACCOUNT: Holding = { kind: 'account' };

describe('accounts in SCIM', () => {
  test('are made with what servers ask for, and known by the id from then on', async (t) => {
    const { connector, stranger, store } = await openScim(t);

    await connector.apply(order({ ...stranger, name: 'Ada Maria Kovač' }, ACCOUNT));
    const [made] = usersOf(store, stranger.email);
    assert.ok(made);
    store.users.set(made.id, { ...made, userName: 'renamed@example.test' });

    const { id, ...kept } = made;
    assert.deepEqual(kept, {
      userName: stranger.email,
      externalId: stranger.person,
      displayName: 'Ada Maria Kovač',
      name: { formatted: 'Ada Maria Kovač', givenName: 'Ada Maria', familyName: 'Kovač' },
      emails: [{ value: stranger.email, type: 'work', primary: true }],
      active: true,
    });
    assert.equal(await connector.readBack(stranger, ACCOUNT), true);
  });

  test('that were there before get the id, and then are nobody else’s', async (t) => {
    const { connector, known, group, store } = await openScim(t);

    await connector.apply(order(known, group));

    assert.equal(usersOf(store, known.email)[0]?.externalId, known.person);
    const heir = { ...person('heir'), email: known.email };
    await refused(connector.readBack(heir, ACCOUNT), /^wiki has an account called .* somebody else’s: find/);
    await refused(connector.apply(order(heir, ACCOUNT)), /somebody else’s/);
    await refused(connector.revoke(order(heir, ACCOUNT)), /somebody else’s/);
    assert.equal(usersOf(store, known.email)[0]?.active, true);
  });

  test('are asked for by one value, whatever is in it', async (t) => {
    const { connector, known, requests, before } = await openScim(t);
    const odd = `x" or userName eq "${known.email}" or userName eq "\\`;
    // The test's server cannot read escaped quotes.
    before((_request, response) => void response.json({ totalResults: 0 }));

    const found = await connector.readBack({ ...known, person: odd, email: odd }, ACCOUNT);

    const filters = requests.map(({ url }) => new URL(url, 'http://host').searchParams.get('filter') ?? '');
    assert.equal(found, false);
    assert.deepEqual(
      filters.map((filter) => filter.split(' ', 2)),
      [
        ['externalId', 'eq'],
        ['userName', 'eq'],
      ],
    );
    for (const filter of filters) assert.equal(JSON.parse(filter.replace(/^\w+ eq /, '')), odd);
  });

  test('are the same in capitals', async (t) => {
    const { connector, known, before } = await openScim(t);
    // The test's server would look for the very same letters.
    before((request, _response, next) => {
      request.query.filter = String(request.query.filter).toLowerCase();
      next();
    });

    assert.equal(await connector.readBack({ ...known, email: known.email.toUpperCase() }, ACCOUNT), true);
  });

  test('with the same id twice are for a person to look at', async (t) => {
    const { connector, known, store } = await openScim(t);
    for (const name of ['a', 'b']) addUser(store, person(name), { externalId: known.person });

    await refused(connector.revoke(order(known, ACCOUNT)), /with the id .* there is another one: find out/);
  });

  test('are changed only as they were looked at, where the server has versions', async (t) => {
    const { connector, stranger, store, requests, before } = await openScim(t);
    const { id } = addUser(store, stranger, { meta: { version: 'W/"2"' } });
    let overtaken = true;
    before((request, response, next) => {
      if (request.method !== 'PATCH') return next();
      if (overtaken) return void response.status(412).end();
      next();
    });

    const first = connector.apply(order(stranger, ACCOUNT));
    await assert.rejects(first, {
      name: 'SystemError',
      retryable: true,
      message: /by somebody else right now$/,
    });
    overtaken = false;
    await connector.apply(order(stranger, ACCOUNT));

    const versions = requests.filter(({ method }) => method === 'PATCH').map(({ ifMatch }) => ifMatch);
    assert.deepEqual(versions, ['W/"2"', 'W/"2"']);
    assert.equal(store.users.get(id)?.externalId, stranger.person);
  });
});

describe('groups in SCIM', () => {
  test('need an account, and to be there', async (t) => {
    const { connector, known, stranger, group } = await openScim(t);

    await refused(connector.apply(order(stranger, group)), /^stranger has no account in wiki: give them one/);
    const gone = { kind: 'group', group: 'gone' } as const;
    await refused(connector.apply(order(known, gone)), /^wiki has no group “gone”: create it there$/);
    const placed = { ...group, scope: 'here' };
    await refused(connector.apply(order(known, placed)), /^wiki has no group “crew” in “here”/);
  });

  test('of the same name are for a person to look at', async (t) => {
    const { connector, known, group, store } = await openScim(t);
    addGroup(store, group.group);

    await refused(connector.apply(order(known, group)), /^wiki has two groups “crew”: have its/);
  });

  test('in a group and people who have gone are members by name', async (t) => {
    const { connector, group, store } = await openScim(t);
    for (const [id, kept] of store.groups) {
      const members = [
        { value: 'g1', type: 'Group', display: 'Leads' },
        { value: 'u1', type: 'User' },
      ];
      store.groups.set(id, { ...kept, members });
    }

    assert.deepEqual(await connector.members(group), [{ login: 'Group Leads' }, { login: 'u1' }]);
  });

  test('that the server refuses to change count as they are then', async (t) => {
    const stage = await openScim(t);
    const { connector, known, group, outside, store } = stage;
    await outside.give(known, group);
    stage.before((request, response, next) => {
      if (request.method !== 'PATCH') return next();
      response.status(400).json({ scimType: 'noTarget', detail: 'canary' });
    });

    await refused(connector.revoke(order(known, group)), /^wiki refuses it \(400\)$/);
    stage.before((request, response, next) => {
      if (request.method !== 'PATCH') return next();
      for (const [id, kept] of store.groups) store.groups.set(id, { ...kept, members: [] });
      response.status(400).json({ scimType: 'noTarget' });
    });
    await connector.revoke(order(known, group));

    assert.equal(await connector.readBack(known, group), false);
  });
});

describe('a SCIM server', () => {
  test('that ignores filters is told apart from one that found somebody', async (t) => {
    const stage = await openScim(t);
    stage.before((request, _response, next) => {
      delete (request.query as Record<string, unknown>).filter;
      next();
    });

    await refused(
      stage.connector.revoke(order(stage.stranger, ACCOUNT)),
      /^wiki answers with others than those asked for: Purser needs a server that filters by “externalId”$/,
    );
  });

  test('that changes between two pages is read again later', async (t) => {
    const stage = await openScim(t);
    const { connector, known, outside, store } = stage;
    await outside.pile(known);
    stage.before((request, _response, next) => {
      if (request.query.startIndex === '101') addGroup(store, 'newer');
      next();
    });

    await assert.rejects(connector.holdings(known), { name: 'SystemError', retryable: true });
  });

  for (const [status, words] of [
    [401, /^wiki does not let Purser do this \(401\)/],
    [403, /^wiki does not let Purser do this \(403\)/],
    [302, /^wiki has moved \(302\): put its new address into/],
  ] as const) {
    test(`that answers ${status} is for a person to look at`, async (t) => {
      const stage = await openScim(t);
      stage.before((_request, response) => {
        response.status(status).set('location', 'https://canary.example.test').end();
      });

      await refused(stage.connector.readBack(stage.known, ACCOUNT), words);
    });
  }

  test('is left alone by who was told to stop', async (t) => {
    const { connector, known, group, requests } = await openScim(t);
    const signal = AbortSignal.abort(new Error('told to stop'));

    await assert.rejects(connector.apply({ ...order(known, group), signal }), { message: 'told to stop' });
    assert.deepEqual(requests, []);
  });
});

async function refused(asked: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(asked, { name: 'SystemError', retryable: false, message: words });
}
