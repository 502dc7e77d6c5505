import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { createDeliveryStore } from '../../src/store/deliveries.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('deliveries', (database) => {
  test('fifty deliveries of the same thing have one handler', async () => {
    const stores = [createDeliveryStore(database()), createDeliveryStore(database())] as const;

    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, number) => stores[number % 2]?.claim('same')),
    );

    assert.equal(claims.filter(Boolean).length, 1);
  });

  test('a settled delivery is never handled again', async () => {
    const deliveries = createDeliveryStore(database());
    await deliveries.claim('settled');

    await deliveries.settle('settled');
    await deliveries.release('settled');
    await age('settled', '59 minutes');

    assert.equal(await deliveries.claim('settled'), false);
  });

  test('a released delivery may be handled at once', async () => {
    const deliveries = createDeliveryStore(database());
    await deliveries.claim('released');

    await deliveries.release('released');

    assert.equal(await deliveries.claim('released'), true);
  });

  test('a handler that went silent is replaced after ten seconds', async () => {
    const deliveries = createDeliveryStore(database());
    await deliveries.claim('silent');

    await age('silent', '9 seconds');
    const early = await deliveries.claim('silent');
    await age('silent', '2 seconds');
    const late = await deliveries.claim('silent');
    const second = await deliveries.claim('silent');

    assert.deepEqual([early, late, second], [false, true, false]);
  });

  test('what is older than an hour is forgotten', async () => {
    const deliveries = createDeliveryStore(database());
    for (const key of ['old', 'young']) {
      await deliveries.claim(key);
      await deliveries.settle(key);
    }

    await age('old', '61 minutes');
    await deliveries.prune();

    assert.equal(await deliveries.claim('old'), true);
    assert.equal(await deliveries.claim('young'), false);
  });

  async function age(key: string, by: string): Promise<void> {
    await database().execute(
      sql`update deliveries set claimed_at = claimed_at - ${by}::interval where key = ${key}`,
    );
  }
});
