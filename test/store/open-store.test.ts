import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Plan } from '../../src/domain/plans.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createPlanStore } from '../../src/store/plans.ts';
import { createPostgresDatabase, onBothDatabases } from './databases.ts';

let own: { url: string; drop(): Promise<void> };
before(async () => {
  own = await createPostgresDatabase();
});
after(() => own.drop());

test('processes that start at once on an empty database all come up', async () => {
  const opening = Array.from({ length: 4 }, () =>
    openStore({ databaseUrl: own.url, home: '', onError: assert.ifError }),
  );

  const stores = await Promise.all(opening);

  assert.deepEqual(await Promise.all(stores.map((store) => store.ready())), [true, true, true, true]);
  await Promise.all(stores.map((store) => store.close()));
});

test('a database that does not answer is said at once', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing';

  await assert.rejects(openStore({ databaseUrl: url, home: '', onError: assert.ifError }), /ECONNREFUSED/);
});

test('the embedded database survives a restart', async () => {
  const home = await mkdtemp(join(tmpdir(), 'purser-store-'));
  const first = await openStore({ home, onError: assert.ifError });
  await first.plans.save('digest', samplePlan());
  await first.close();

  const second = await openStore({ home, onError: assert.ifError });

  assert.deepEqual(await second.plans.load('digest'), samplePlan());
  await second.close();
  await rm(home, { recursive: true });
});

onBothDatabases('plans', (database) => {
  test('a plan is kept byte for byte, and the first one stays', async () => {
    const plans = createPlanStore(database());
    const plan = { ...samplePlan(), parameters: { note: 'NUL \0, $1, 😀', z: 1, a: 2 } };

    await plans.save('digest', plan);
    await plans.save('digest', samplePlan());

    const loaded = await plans.load('digest');
    assert.equal(JSON.stringify(loaded), JSON.stringify(plan));
    assert.equal(await plans.load('other'), undefined);
  });
});

function samplePlan(): Plan {
  return {
    template: { name: 'dev', version: 1, title: 'Developer environment', digest: 'abc' },
    environment: {
      cluster: 'local',
      name: 'pr-42',
      namespace: 'env-pr-42',
      team: 'shop',
      group: 'team-shop',
    },
    parameters: {},
    steps: [],
    outputs: [],
    lifecycle: { ttlMs: 1, maxTtlMs: 2, warnMs: [] },
    approval: { auto: true, because: 'small' },
    quota: { perOwner: 3, perTeam: 20 },
    accessProof: { group: 'team-shop', outsiderGroup: 'nobody' },
  };
}
