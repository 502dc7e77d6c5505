import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { HoldingPlace, LedgerRow } from '../../src/domain/access-ledger.ts';
import { createGrantLedger } from '../../src/store/grants.ts';
import { onBothDatabases } from './databases.ts';

const EDIT: HoldingPlace = {
  system: 'cluster',
  holding: { kind: 'group', group: 'edit', scope: 'default' },
};
const VIEW: HoldingPlace = { system: 'cluster', holding: { kind: 'group', group: 'view' } };
const [SOON, LATER] = ['2026-11-30T10:00:00.000Z', '2026-11-30T18:00:00.000Z'];

onBothDatabases('the ledger of grants', (database) => {
  const ledger = () => createGrantLedger(database());
  const request = (person: string, entitlement: string, notWith: string[] = []) => ({
    grant: `grant/${person}/${randomUUID()}`,
    person,
    entitlement,
    notWith,
  });

  async function armed(person: string, places = [EDIT], endsAt = SOON): Promise<string> {
    const grant = `grant/${person}/${randomUUID()}`;
    assert.equal(await ledger().arm(places.map((place) => ({ grant, person, ...place, endsAt }))), true);
    return grant;
  }

  async function rowsOf(person: string): Promise<LedgerRow[]> {
    return (await ledger().list()).filter((row) => row.person === person);
  }

  test('of two requests that exclude each other one is open, whichever rule says so, however close they come', async () => {
    const [before, after] = [randomUUID(), randomUUID()];
    const pair = (person: string) =>
      [request(person, 'pays', ['approves']), request(person, 'approves')] as const;
    const [pays, approves] = pair(before);
    const [late, early] = pair(after);

    const apart = [await ledger().open(pays), await ledger().open(approves)];
    const together = await Promise.all([ledger().open(early), ledger().open(late)]);

    assert.deepEqual(
      apart.map((rival) => rival?.entitlement),
      [undefined, 'pays'],
    );
    assert.equal(together.filter((rival) => rival === undefined).length, 1);
    assert.equal(await ledger().open(pays), undefined);
    assert.equal(await ledger().open(request(randomUUID(), 'approves')), undefined);
  });

  test('the same is not asked for twice, until the first is over', async () => {
    const person = randomUUID();
    const [first, second] = [request(person, 'edit'), request(person, 'edit')];

    assert.equal(await ledger().open(first), undefined);
    assert.equal((await ledger().open(second))?.grant, first.grant);
    await ledger().close(first.grant);
    assert.equal(await ledger().open(second), undefined);
  });

  test('what is given is in it from before, and until it is taken away', async () => {
    const person = randomUUID();
    const grant = await armed(person, [EDIT, VIEW]);
    const before = await rowsOf(person);
    await ledger().hold(grant, LATER);
    const held = await rowsOf(person);
    await ledger().arm([{ grant, person, ...EDIT, endsAt: SOON }]);
    await ledger().release(grant, EDIT);
    await ledger().hold(grant, LATER);
    await ledger().revoked(grant, EDIT);
    const left = await rowsOf(person);

    assert.deepEqual(
      before.map(({ state, endsAt, holding }) => [state, endsAt, holding.scope]).sort(),
      [
        ['armed', SOON, 'default'],
        ['armed', SOON, undefined],
      ].sort(),
    );
    assert.deepEqual(
      held.map(({ state, endsAt }) => [state, endsAt]),
      [
        ['held', LATER],
        ['held', LATER],
      ],
    );
    assert.deepEqual(
      left.map(({ state, system, holding }) => ({ state, system, holding })),
      [{ state: 'held', ...VIEW }],
    );
    const past = (await ledger().past('cluster')).filter((row) => row.person === person);
    assert.deepEqual(past, [{ grant, person, ...EDIT, state: 'revoked', endsAt: LATER }]);
    assert.deepEqual(await ledger().past('sso'), []);
  });

  test('what two requests gave to the same person is taken away with the last of them', async () => {
    const person = randomUUID();
    const [first, second] = [await armed(person), await armed(person)];
    const beside = await ledger().isGivenBeside(first, person, EDIT);

    const early = await ledger().release(first, EDIT);
    await ledger().revoked(first, EDIT);
    const late = await ledger().release(second, EDIT);

    assert.deepEqual([beside, early, late], [true, { shared: true }, { shared: false }]);
  });

  test('of two that end at once one takes it away', async () => {
    const person = randomUUID();
    const grants = [await armed(person), await armed(person)];

    const released = await Promise.all(grants.map((grant) => ledger().release(grant, EDIT)));

    assert.equal(released.filter(({ shared }) => !shared).length, 1);
  });

  test('nothing is given while it is being taken away, and what others have is nobody’s business', async () => {
    const person = randomUUID();
    const grant = await armed(person);
    await ledger().release(grant, EDIT);
    const next = `grant/${person}/next`;

    assert.equal(await ledger().arm([{ grant: next, person, ...EDIT, endsAt: SOON }]), false);
    assert.equal(await ledger().arm([{ grant: next, person, ...VIEW, endsAt: SOON }]), true);
    await armed(randomUUID());
    await ledger().revoked(grant, EDIT);
    assert.equal(await ledger().arm([{ grant: next, person, ...EDIT, endsAt: SOON }]), true);
    assert.equal(await ledger().isGivenBeside(next, person, EDIT), false);
  });
});
