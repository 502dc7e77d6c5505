import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eq } from 'drizzle-orm';
import type { FullLimit, PlaceCount, QuotaGrant } from '../../src/domain/quota.ts';
import { createPlaceStore } from '../../src/store/places.ts';
import { quotaGrants } from '../../src/store/schema.ts';
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

    assert.equal(claims.filter(isPlace).length, 3);
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

    assert.deepEqual(claims.map(limitOf), [undefined, undefined, 'perTeam', undefined]);
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

    assert.deepEqual([first, repeated, other, afterRelease].map(limitOf), [
      undefined,
      undefined,
      'perOwner',
      undefined,
    ]);
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

    assert.equal(claims.filter(isPlace).length, 3);
    const counts = await Promise.all(
      ['pat', 'max', 'eve'].map((owner) => stores[0].count({ template: 'new', owner, team: 'shop' })),
    );
    assert.deepEqual(
      counts.map(({ inAll }) => inAll.taken),
      [3, 1, 0],
    );
  });

  test('what is granted counts on top of one limit of one person, exactly, however many ask and grant at once', async () => {
    const stores = [createPlaceStore(database()), createPlaceStore(database())] as const;
    const place = { template: 'more', owner: 'uma', team: 'shop' };
    const limits = { perOwner: 2, perTeam: 99, inAll: 99 };
    const grant = (requestId: string, extra: number) =>
      granted({ requestId, extra, person: 'uma', template: 'more' });

    // Each is recorded twice at once, as by two attempts of an activity.
    const ends = await Promise.all(
      [grant('more-1', 1), grant('more-1', 1), grant('more-2', 2), grant('more-2', 2)].map((one, number) =>
        stores[number % 2]?.grant(one),
      ),
    );
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        stores[number % 2]?.claim({ ...place, limits, holder: `more-${number}` }),
      ),
    );

    assert.equal(claims.filter(isPlace).length, 5);
    assert.deepEqual(
      claims.find((full) => full !== undefined),
      { limit: 'perOwner', taken: 5, allowed: 5 },
    );
    const other = await stores[0].count({ ...place, owner: 'vic' });
    const elsewhere = await stores[0].count({ ...place, template: 'else' });
    assert.deepEqual([other.perOwner.granted, elsewhere.perOwner.granted], [0, 0]);
    assert.deepEqual(ends[0], ends[1]);
    assert.deepEqual(await stores[1].grantedUntil('more-2'), ends[3]);
    assert.equal(await stores[1].grantedUntil('more-3'), undefined);
  });

  test('each limit has what is granted to it: of a team whoever asked, of all templates without one', async () => {
    const places = createPlaceStore(database());
    const until = inDays(7);
    const who = { person: 'wes', team: 'kiosk', template: 'dev' };
    await places.grant(granted({ ...who, requestId: 'kinds-1', limit: 'perTeam', extra: 2, until }));
    await places.grant(granted({ ...who, requestId: 'kinds-2', limit: 'inAll', extra: 3 }));
    await places.grant(granted({ ...who, requestId: 'kinds-3', limit: 'inAll', extra: 1, until }));

    const [own, mate] = await Promise.all([
      places.count({ template: 'dev', owner: 'wes', team: 'kiosk' }),
      places.count({ template: 'dev', owner: 'xen', team: 'kiosk' }),
    ]);

    assert.deepEqual(own.perTeam, { taken: 0, granted: 2, until: until.toISOString() });
    assert.deepEqual(own.inAll, { taken: 0, granted: 4, until: until.toISOString() });
    assert.deepEqual(own.perOwner, { taken: 0, granted: 0 });
    assert.deepEqual([mate.perTeam.granted, mate.inAll.granted], [2, 0]);
  });

  test('when it is over, what holds a place keeps it, and a new one gets none', async () => {
    const places = createPlaceStore(database());
    const place = {
      template: 'over',
      owner: 'yan',
      team: 'shop',
      limits: { perOwner: 1, perTeam: 9, inAll: 9 },
    };
    const own = { person: 'yan', template: 'over' };
    await places.grant(granted({ ...own, requestId: 'over-1', until: new Date(Date.now() + 60_000) }));
    await places.claim({ ...place, holder: 'over-1' });
    await places.claim({ ...place, holder: 'over-2' });
    await database()
      .update(quotaGrants)
      .set({ until: new Date(Date.now() - 1_000) })
      .where(eq(quotaGrants.requestId, 'over-1'));

    const again = await places.claim({ ...place, holder: 'over-2' });
    const another = await places.claim({ ...place, holder: 'over-3' });

    assert.equal(again, undefined);
    assert.deepEqual(another, { limit: 'perOwner', taken: 2, allowed: 1 });
  });
});

function withinTemplate({ perOwner, perTeam }: PlaceCount) {
  return { owner: perOwner.taken, team: perTeam.taken };
}

function isPlace(full: FullLimit | undefined): boolean {
  return full === undefined;
}

function limitOf(full: FullLimit | undefined) {
  return full?.limit;
}

const DAY = 86_400_000;

/** From now, so that no test depends on when it runs. */
function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY);
}

function granted(changes: Partial<QuotaGrant> & { requestId: string }): QuotaGrant {
  return {
    person: 'kim',
    limit: 'perOwner',
    template: 'dev',
    team: 'shop',
    extra: 1,
    until: inDays(30),
    grantedBy: 'ravi',
    ...changes,
  };
}
