import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import type { ConversationRef, MessageRef } from '../../src/domain/refs.ts';
import { createCopyStore, forgetCopies } from '../../src/store/copies.ts';
import { onBothDatabases } from './databases.ts';

const conversation: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' };
const message: MessageRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP', ts: '1.2' };

onBothDatabases('copies', (database) => {
  test('of fifty who want a new copy, one holds it', async () => {
    const copies = createCopyStore(database());

    const taken = await Promise.all(Array.from({ length: 50 }, () => copies.take('race', conversation)));

    const held = taken.filter((copy) => copy !== undefined);
    assert.equal(held.length, 1);
    assert.deepEqual(
      { ...held[0], createdAt: undefined },
      {
        key: 'race',
        conversation,
        message: undefined,
        createdAt: undefined,
        attempts: 0,
        shownRevision: -1,
        shownHash: '',
      },
    );
  });

  test('what is shown is known to the next one', async () => {
    const copies = createCopyStore(database());
    await copies.take('shown', conversation);

    await copies.shown('shown', message, 4, 'hash');
    const next = await copies.take('shown', conversation);

    assert.deepEqual(next?.message, message);
    assert.equal(next?.shownRevision, 4);
    assert.equal(next?.shownHash, 'hash');
    assert.equal(next?.attempts, 1);
  });

  test('an older revision never overwrites what is noted', async () => {
    const copies = createCopyStore(database());
    await copies.take('order', conversation);
    await copies.shown('order', message, 4, 'new');

    await copies.shown('order', message, 3, 'old');

    assert.equal((await copies.take('order', conversation))?.shownHash, 'new');
  });

  test('a holder that went silent is replaced after twenty seconds', async () => {
    const copies = createCopyStore(database());
    await copies.take('silent', conversation);

    await age('silent', '19 seconds');
    const early = await copies.take('silent', conversation);
    await age('silent', '2 seconds');
    const late = await copies.take('silent', conversation);

    assert.equal(early, undefined);
    assert.equal(late?.attempts, 1);
  });

  test('a holder that lives on keeps it', async () => {
    const copies = createCopyStore(database());
    await copies.take('alive', conversation);

    await age('alive', '19 seconds');
    await copies.extend('alive');
    await age('alive', '19 seconds');

    assert.equal(await copies.take('alive', conversation), undefined);
  });

  test('released is free, forgotten is new', async () => {
    const copies = createCopyStore(database());
    await copies.take('free', conversation);

    await copies.release('free');
    const released = await copies.take('free', conversation);
    await copies.forget('free');
    const forgotten = await copies.take('free', conversation);

    assert.equal(released?.attempts, 1);
    assert.equal(forgotten?.attempts, 0);
  });

  test('what one platform forgot is new, and what another shows is kept', async () => {
    const copies = createCopyStore(database());
    const teams = {
      platform: 'teams',
      tenantId: 'tenant',
      conversationId: '19:a',
      serviceUrl: 'https://smba.test/',
    } as const;
    for (const [key, place] of [
      ['in slack', conversation],
      ['in teams', teams],
    ] as const) {
      await copies.take(key, place);
      await copies.release(key);
    }

    await forgetCopies(database(), 'slack');

    assert.equal((await copies.take('in slack', conversation))?.attempts, 0);
    assert.equal((await copies.take('in teams', teams))?.attempts, 1);
  });

  async function age(key: string, by: string): Promise<void> {
    await database().execute(
      sql`update message_copies set held_until = held_until - ${by}::interval where key = ${key}`,
    );
  }
});
