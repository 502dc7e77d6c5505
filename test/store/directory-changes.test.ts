import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { eq } from 'drizzle-orm';
import { createDirectoryChangeStore } from '../../src/store/directory-changes.ts';
import { directoryChanges } from '../../src/store/schema.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('changes about people', (database) => {
  const change = (person: string, key = 'first') => ({ person, what: 'team/shop', key });

  async function keysOf(person: string): Promise<string[]> {
    const all = await createDirectoryChangeStore(database()).list();
    return all.filter((one) => one.person === person).map(({ key }) => key);
  }

  test('are made once a key, by however many at once', async () => {
    const store = createDirectoryChangeStore(database());
    const person = randomUUID();

    await Promise.all([store.add(change(person)), store.add(change(person))]);
    await store.add(change(person, 'second'));

    assert.deepEqual(await keysOf(person), ['first', 'second']);
  });

  test('end for their key alone, or for all, and hold again when they are made again', async () => {
    const store = createDirectoryChangeStore(database());
    const [one, all] = [randomUUID(), randomUUID()];
    for (const person of [one, all]) {
      await store.add(change(person));
      await store.add(change(person, 'second'));
    }

    await store.end({ ...change(one), endedBy: 'first' });
    await store.end({ person: all, what: 'team/shop', endedBy: 'third' });
    const ended = [await keysOf(one), await keysOf(all)];
    await store.add(change(one));

    assert.deepEqual(ended, [['second'], []]);
    assert.deepEqual(new Set(await keysOf(one)), new Set(['first', 'second']));
  });

  test('are kept when they have ended, with when and for which request', async () => {
    const store = createDirectoryChangeStore(database());
    const person = randomUUID();
    await store.add(change(person));

    await store.end({ person, what: 'team/shop', endedBy: 'offboarding' });
    await store.end({ person, what: 'team/shop', endedBy: 'somebody later' });

    const [row] = await database().select().from(directoryChanges).where(eq(directoryChanges.person, person));
    assert.equal(row?.endedBy, 'offboarding');
    assert.ok(row?.endedAt && row.endedAt >= row.madeAt);
  });

  test('say who a newcomer is, whatever is in their name', async () => {
    const store = createDirectoryChangeStore(database());
    const person = randomUUID();
    const identity = { name: 'Zoë\0\ud800 "O’Neill"', email: 'zoe@example.test' };

    await store.add({ person, what: 'account', key: 'first', identity });

    const found = (await store.list()).find((one) => one.person === person);
    assert.deepEqual(found?.identity, { name: 'Zoë\ufffd\ufffd "O’Neill"', email: 'zoe@example.test' });
  });
});
