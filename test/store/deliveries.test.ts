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

  test('a press is claimed once on two replicas, and a new one after twenty seconds', async () => {
    const [here, there] = [createDeliveryStore(database()), createDeliveryStore(database())];
    const claims = await Promise.all([here, there].map((store) => store.claimPress('pressed')));
    await here.settle('pressed');

    await age('pressed', '19 seconds');
    const repeated = await there.claimPress('pressed');
    await age('pressed', '2 seconds');
    const anew = await Promise.all([here, there].map((store) => store.claimPress('pressed')));

    assert.equal(claims.filter(Boolean).length, 1);
    assert.equal(repeated, false);
    assert.equal(anew.filter(Boolean).length, 1);
  });

  test('a delivery that is claimed together with a press stays settled', async () => {
    const deliveries = createDeliveryStore(database());
    await Promise.all([deliveries.claim('delivered'), deliveries.settle('delivered')]);
    await age('delivered', '21 seconds');

    const claims = await Promise.all([deliveries.claim('delivered'), deliveries.claimPress('its press')]);

    assert.deepEqual(claims, [false, true]);
  });

  test('an answer is there for whoever asks again, and only once it is given', async () => {
    const deliveries = createDeliveryStore(database());
    await deliveries.claim('answered');

    const early = await deliveries.answerTo('answered');
    await deliveries.settleWith('answered', { text: 'done' });

    assert.deepEqual(
      [early, await deliveries.answerTo('answered'), await deliveries.answerTo('never')],
      [undefined, { text: 'done' }, undefined],
    );
    assert.equal(await deliveries.claim('answered'), false);
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
