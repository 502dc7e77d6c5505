import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConformanceOptions, order, readsBack } from './connector-stage.ts';

const ACCOUNT = { kind: 'account' } as const;

/** What a connector owes about accounts: made once, adopted, disabled with all they have, and given back. */
export function accountConformance({ open }: ConformanceOptions): void {
  test('makes one account, however often and by how many at once it is asked', async (t) => {
    const stage = await open(t);
    const { connector, stranger, outside } = stage;
    if (!connector.capabilities.accounts) {
      await assert.rejects(connector.apply(order(stranger, ACCOUNT)), {
        name: 'SystemError',
        retryable: false,
      });
      return;
    }
    const before = await connector.plan(stranger, ACCOUNT);
    const asked = order(stranger, ACCOUNT);

    await Promise.all([connector.apply(asked), connector.apply(asked)]);
    await connector.apply(asked);

    await readsBack(stage, stranger, ACCOUNT, true);
    assert.deepEqual(before, { held: false, elsewhere: false });
    assert.equal(await outside.accounts(stranger), 1);
    assert.equal(await outside.holds(stranger, ACCOUNT), true);
  });

  test('adopts the account somebody has already', async (t) => {
    const stage = await open(t);
    const { connector, known, outside } = stage;
    if (!connector.capabilities.accounts) return t.skip('it has no accounts');

    const plan = await connector.plan(known, ACCOUNT);
    await connector.apply(order(known, ACCOUNT));

    await readsBack(stage, known, ACCOUNT, true);
    assert.deepEqual(plan, { held: true, elsewhere: true });
    assert.equal(await outside.accounts(known), 1);
  });

  test('disables an account, keeps it and what it has, and gives it back', async (t) => {
    const stage = await open(t);
    const { connector, known, another, group, outside } = stage;
    if (!connector.capabilities.accounts) return t.skip('it has no accounts');
    await outside.give(known, group);

    await Promise.all([connector.revoke(order(known, ACCOUNT)), connector.revoke(order(known, ACCOUNT))]);
    await connector.revoke(order(known, ACCOUNT));
    await readsBack(stage, known, ACCOUNT, false);
    const disabled = {
      seen: await outside.holds(known, ACCOUNT),
      kept: await outside.accounts(known),
      plan: await connector.plan(known, ACCOUNT),
    };
    await connector.apply(order(known, ACCOUNT));

    await readsBack(stage, known, ACCOUNT, true);
    assert.deepEqual(disabled, { seen: false, kept: 1, plan: { held: false, elsewhere: false } });
    assert.equal(await outside.holds(known, ACCOUNT), true);
    assert.equal(await outside.holds(known, group), true);
    assert.equal(await outside.holds(another, ACCOUNT), true);
  });

  test('does not make an account by taking one away', async (t) => {
    const { connector, stranger, outside } = await open(t);
    if (!connector.capabilities.accounts) return t.skip('it has no accounts');

    await connector.revoke(order(stranger, ACCOUNT));

    assert.equal(await outside.accounts(stranger), 0);
    assert.equal(await connector.readBack(stranger, ACCOUNT), false);
  });
}
