import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlacesTaken } from '../../src/domain/ports.ts';
import { createPlaceStore } from '../../src/store/places.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('places', (database) => {
  test('fifty claims at once take exactly the places there are', async () => {
    const stores = [createPlaceStore(database()), createPlaceStore(database())] as const;
    const place = {
      template: 'race',
      owner: 'kim',
      team: 'shop',
      limits: { perOwner: 3, perTeam: 20, inAll: 99 },
    };

    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        stores[number % 2]?.claim({ ...place, holder: `race-${number}` }),
      ),
    );

    assert.equal(claims.filter(Boolean).length, 3);
    assert.deepEqual(withinTemplate(await stores[0].count(place)), { owner: 3, team: 3 });
  });

  test('the team runs out before the person', async () => {
    const places = createPlaceStore(database());
    const limits = { perOwner: 3, perTeam: 2, inAll: 99 };
    const place = { template: 'team', team: 'shop', limits };

    const claims = [
      await places.claim({ ...place, holder: 'team-1', owner: 'kim' }),
      await places.claim({ ...place, holder: 'team-2', owner: 'lee' }),
      await places.claim({ ...place, holder: 'team-3', owner: 'sam' }),
      await places.claim({ ...place, holder: 'team-4', owner: 'sam', team: 'platform' }),
    ];

    assert.deepEqual(claims, [true, true, false, true]);
  });

  test('a repeated claim holds one place, and a released one is free again', async () => {
    const places = createPlaceStore(database());
    const place = {
      template: 'again',
      owner: 'kim',
      team: 'shop',
      limits: { perOwner: 1, perTeam: 1, inAll: 99 },
    };

    const first = await places.claim({ ...place, holder: 'again-1' });
    const repeated = await places.claim({ ...place, holder: 'again-1' });
    const other = await places.claim({ ...place, holder: 'again-2' });
    await places.release('again-1');
    await places.release('again-1');
    const afterRelease = await places.claim({ ...place, holder: 'again-2' });

    assert.deepEqual([first, repeated, other, afterRelease], [true, true, false, true]);
  });

  test('those who ask at once each read their own', async () => {
    const places = createPlaceStore(database());
    const limits = { perOwner: 9, perTeam: 9, inAll: 99 };
    const claims = [
      ['kim', 'shop'],
      ['kim', 'platform'],
      ['lee', 'shop'],
      ['sam', 'platform'],
      ['sam', 'platform'],
    ] as const;
    for (const [number, [owner, team]] of claims.entries()) {
      await places.claim({ holder: `asked-${number}`, template: 'asked', owner, team, limits });
    }

    const counts = await Promise.all(
      [
        { template: 'asked', owner: 'kim', team: 'shop' },
        { template: 'asked', owner: 'sam', team: 'shop' },
        { template: 'asked', owner: 'noor', team: 'platform' },
        { template: 'other', owner: 'kim', team: 'shop' },
      ].map(places.count),
    );

    assert.deepEqual(counts.map(withinTemplate), [
      { owner: 2, team: 2 },
      { owner: 2, team: 2 },
      { owner: 0, team: 3 },
      { owner: 0, team: 0 },
    ]);
  });

  test('templates are counted apart', async () => {
    const places = createPlaceStore(database());
    const limits = { perOwner: 1, perTeam: 1, inAll: 99 };

    await places.claim({ holder: 'apart-1', template: 'dev', owner: 'kim', team: 'shop', limits });

    const [kim, lee] = await Promise.all([
      places.count({ template: 'preview', owner: 'kim', team: 'shop' }),
      places.count({ template: 'dev', owner: 'lee', team: 'shop' }),
    ]);
    assert.deepEqual([kim, lee].map(withinTemplate), [
      { owner: 0, team: 0 },
      { owner: 0, team: 1 },
    ]);
  });

  test('of all templates together one person has no more than the limit, whoever else has how many', async () => {
    const stores = [createPlaceStore(database()), createPlaceStore(database())] as const;
    const place = { owner: 'pat', team: 'shop', limits: { perOwner: 99, perTeam: 99, inAll: 3 } };
    await stores[0].claim({ ...place, owner: 'max', holder: 'all-max', template: 'all-0' });

    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        stores[number % 2]?.claim({ ...place, holder: `all-${number}`, template: `all-${number % 5}` }),
      ),
    );

    assert.equal(claims.filter(Boolean).length, 3);
    const counts = await Promise.all(
      ['pat', 'max', 'eve'].map((owner) => stores[0].count({ template: 'new', owner, team: 'shop' })),
    );
    assert.deepEqual(
      counts.map(({ inAll }) => inAll),
      [3, 1, 0],
    );
  });
});

function withinTemplate({ owner, team }: PlacesTaken) {
  return { owner, team };
}
