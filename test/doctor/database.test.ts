import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { checkDatabase } from '../../src/doctor/database.ts';
import type { AccountRef } from '../../src/domain/refs.ts';
import { inspectDatabase } from '../../src/store/inspect-database.ts';
import { createLinkStore } from '../../src/store/links.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createPostgresDatabase } from '../store/databases.ts';

const SAM: AccountRef = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0SAM' };

let own: { url: string; drop(): Promise<void> };
before(async () => {
  own = await createPostgresDatabase();
});
after(() => own.drop());

test('an empty database lacks every migration, also after it was looked at', async () => {
  const { findings } = await checkDatabase(own.url);
  const again = await inspectDatabase(own.url);

  assert.equal(findings[0]?.state, 'bad');
  assert.match(findings[0]?.what ?? '', /^the database lacks \d+ of Purser’s migrations$/);
  assert.ok(again.missing > 0);
});

test('a migrated one is well, and what administrators have linked is known', async (t) => {
  const { database, close } = await openDatabase({ databaseUrl: own.url, home: '', onError: () => {} });
  t.after(close);
  await createLinkStore(database).link({
    requestId: 'request-1',
    account: SAM,
    person: 'sam',
    decidedBy: 'ravi',
  });

  const { findings, people } = await checkDatabase(own.url);

  assert.deepEqual(findings, [{ state: 'good', what: 'the database answers and is migrated' }]);
  assert.deepEqual(
    people.links.map(({ account, person }) => ({ account, person })),
    [{ account: SAM, person: 'sam' }],
  );
});

test('one that a newer Purser has migrated is no place for this one', async (t) => {
  const { database, close } = await openDatabase({ databaseUrl: own.url, home: '', onError: () => {} });
  t.after(close);
  await database.execute(
    sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', ${Date.now()})`,
  );

  const { findings } = await checkDatabase(own.url);

  assert.equal(findings[0]?.what, 'the database was migrated by a newer Purser');
});

test('one that is not there is said to be so by its code alone', async () => {
  const { findings } = await checkDatabase(`${own.url}_gone`);

  assert.equal(findings[0]?.what, 'the database does not answer (3D000)');
});
