import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountConformance } from './connector-conformance-accounts.ts';
import { faultConformance } from './connector-conformance-faults.ts';
import { hostileConformance } from './connector-conformance-hostile.ts';
import { type ConformanceOptions, type Group, order, readsBack } from './connector-stage.ts';

/** What every connector owes to those who rely on it. */
export function connectorConformance(name: string, options: ConformanceOptions): void {
  describe(`${name} as a connector`, () => {
    groupConformance(options);
    accountConformance(options);
    sessionConformance(options);
    faultConformance(options);
    hostileConformance(options);
  });
}

function groupConformance({ open }: ConformanceOptions): void {
  test('gives a group: read back, and seen in the system itself', async (t) => {
    const stage = await open(t);
    const { connector, known, group, besides = [], outside } = stage;
    const before = await connector.plan(known, group);

    await connector.apply(order(known, group));

    await readsBack(stage, known, group, true);
    assert.deepEqual(before, { held: false, elsewhere: false });
    assert.deepEqual(await connector.plan(known, group), {
      held: true,
      elsewhere: !connector.capabilities.remembers,
    });
    assert.equal(await outside.holds(known, group), true);
    assert.deepEqual(await connector.holdings(known), [
      ...(connector.capabilities.accounts ? [{ kind: 'account' }] : []),
      ...besides,
      group,
    ]);
  });

  test('gives a group once, however often and by how many at once it is asked', async (t) => {
    const stage = await open(t);
    const { connector, known, group } = stage;
    const asked = order(known, group);

    await Promise.all([connector.apply(asked), connector.apply(asked)]);
    await connector.apply(asked);
    await readsBack(stage, known, group, true);
    const members = await connector.members(group);
    await connector.revoke(asked);

    await readsBack(stage, known, group, false);
    assert.equal(members.length, 1);
  });

  test('takes a group away: read back, seen in the system itself, and harmless to repeat', async (t) => {
    const stage = await open(t);
    const { connector, known, another, group, outside } = stage;
    await connector.apply(order(known, group));
    await connector.apply(order(another, group));

    await Promise.all([connector.revoke(order(known, group)), connector.revoke(order(known, group))]);
    await connector.revoke(order(known, group));

    await readsBack(stage, known, group, false);
    assert.equal(await outside.holds(known, group), false);
    assert.equal(await outside.holds(another, group), true);
    assert.deepEqual(await connector.plan(known, group), { held: false, elsewhere: false });
  });

  test('says what is held elsewhere, and leaves it alone where it can tell', async (t) => {
    const stage = await open(t);
    const { connector, known, group, outside } = stage;
    await outside.give(known, group);

    const plan = await connector.plan(known, group);
    await connector.apply(order(known, group));
    const readBack = await connector.readBack(known, group);
    await connector.revoke(order(known, group));

    assert.deepEqual(plan, { held: true, elsewhere: true });
    assert.equal(readBack, true);
    assert.equal(await outside.holds(known, group), connector.capabilities.remembers);
  });

  test('knows everybody in a group and everything of a person, beyond the first page', async (t) => {
    const { connector, known, group, besides = [], outside } = await open(t);

    const people = await outside.fill(group);
    const members = await connector.members(group);
    const groups = await outside.pile(known);
    const holdings = await connector.holdings(known);

    assert.equal(members.length, people);
    assert.equal(new Set(members.map(({ login }) => login)).size, people);
    const held = holdings.filter((holding) => holding.kind === 'group').map(nameOf);
    assert.deepEqual(new Set(held), new Set([...besides, ...groups].map(nameOf)));
    assert.equal(held.length, besides.length + groups.length);
  });

  test('names members as the directory does', async (t) => {
    const { connector, known, group } = await open(t);
    await connector.apply(order(known, group));

    const [member] = await connector.members(group);

    assert.equal(member?.person, known.person);
    assert.notEqual(member?.login, '');
  });

  test('knows nothing of a stranger, and is not upset by one', async (t) => {
    const { connector, stranger, group } = await open(t);

    assert.deepEqual(await connector.plan(stranger, group), { held: false, elsewhere: false });
    assert.equal(await connector.readBack(stranger, group), false);
    assert.deepEqual(await connector.holdings(stranger), []);
    await connector.revoke(order(stranger, group));
  });

  test('has one key for one change, and another for any other', async (t) => {
    const { connector, known, another, group } = await open(t);
    const key = connector.idempotencyKey('request-1', known, group);

    assert.equal(connector.idempotencyKey('request-1', { ...known, name: 'Renamed' }, group), key);
    const others = [
      connector.idempotencyKey('request-2', known, group),
      connector.idempotencyKey('request-1', another, group),
      connector.idempotencyKey('request-1', known, { kind: 'account' }),
      connector.idempotencyKey('request-1', known, { ...group, group: `${group.group}-x` }),
      connector.idempotencyKey('request-1', known, { ...group, scope: 'elsewhere' }),
    ];
    assert.equal(new Set([key, ...others]).size, others.length + 1);
  });
}

function sessionConformance({ open }: ConformanceOptions): void {
  test('ends sessions, or says that it cannot and what stays possible', async (t) => {
    const { connector, known, stranger } = await open(t);

    if (connector.capabilities.sessions) {
      await connector.endSessions(known);
      await connector.endSessions(known);
      await connector.endSessions(stranger);
      return;
    }
    await assert.rejects(connector.endSessions(known), { name: 'SystemError', retryable: false });
    assert.notDeepEqual(connector.capabilities.outlasts, []);
  });
}

function nameOf({ group, scope }: Group): string {
  return JSON.stringify([group, scope]);
}
