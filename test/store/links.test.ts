import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { AccountRef } from '../../src/domain/refs.ts';
import { createLinkStore } from '../../src/store/links.ts';
import { migrationsFolder, openDatabase } from '../../src/store/open-database.ts';
import { onBothDatabases } from './databases.ts';

const account = (userId: string): AccountRef => ({ platform: 'slack', teamId: 'T0SAMPLE', userId });
const LONG_AGO = new Date(0);

onBothDatabases('links', (database) => {
  const grant = (requestId: string, userId: string, person: string) =>
    createLinkStore(database()).link({ requestId, account: account(userId), person, decidedBy: 'ravi' });
  const linkedTo = async (userId: string) =>
    (await createLinkStore(database()).list())
      .filter(({ account }) => 'userId' in account && account.userId === userId)
      .map(({ person }) => person);

  test('an account is linked to one person, the one decided last', async () => {
    const links = createLinkStore(database());

    await grant('one-1', 'U0ONE', 'kim');
    await grant('one-2', 'U0ONE', 'sam');
    await links.unlink(account('U0ONE'), 'kim', 'ravi');

    const [link, ...more] = await links.list();
    assert.partialDeepStrictEqual(link, { account: account('U0ONE'), person: 'sam' });
    assert.ok(link?.decidedAt instanceof Date);
    assert.deepEqual(more, []);
  });

  test('a request links once: whoever unlinks after it wins, however often it comes again', async () => {
    const links = createLinkStore(database());
    await grant('late-1', 'U0LATE', 'sam');
    await links.unlink(account('U0LATE'), 'sam', 'ravi');

    const again = await grant('late-1', 'U0LATE', 'sam');
    const unlinked = await linkedTo('U0LATE');
    await grant('late-2', 'U0LATE', 'kim');
    await grant('late-1', 'U0LATE', 'sam');

    assert.equal(again, 'sam');
    assert.deepEqual(unlinked, []);
    assert.deepEqual(await linkedTo('U0LATE'), ['kim']);
  });

  test('it keeps what was decided first, and says so', async () => {
    await grant('first-1', 'U0FIRST', 'sam');

    assert.equal(await grant('first-1', 'U0FIRST', 'kim'), 'sam');
    assert.deepEqual(await linkedTo('U0FIRST'), ['sam']);
  });

  test('many tries at once make one link', async () => {
    const granted = await Promise.all(Array.from({ length: 8 }, () => grant('crowd-1', 'U0CROWD', 'sam')));

    assert.deepEqual(new Set(granted), new Set(['sam']));
    assert.deepEqual(await linkedTo('U0CROWD'), ['sam']);
  });

  test('what somebody else ended or gave away is known, and not what its person ended or prolonged', async () => {
    const links = createLinkStore(database());
    for (const [userId, by] of [
      ['U0OWN', 'sam'],
      ['U0TAKEN', 'ravi'],
    ] as const) {
      await grant(`taken-${userId}`, userId, 'sam');
      await links.unlink(account(userId), 'sam', by);
    }
    for (const [number, person] of ['sam', 'sam', 'kim'].entries())
      await grant(`taken-${number}`, 'U0PASSED', person);

    const taken = (await links.takenSince(LONG_AGO)).filter(({ requestId }) =>
      requestId.startsWith('taken-'),
    );

    assert.deepEqual(taken.map(({ requestId, person, takenBy }) => [requestId, person, takenBy]).sort(), [
      ['taken-1', 'sam', 'ravi'],
      ['taken-U0TAKEN', 'sam', 'ravi'],
    ]);
    assert.deepEqual(await links.takenSince(new Date(Date.now() + 60_000)), []);
  });
});

test('links that were made before they were kept by request hold on', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'purser-store-'));
  t.after(() => rm(home, { recursive: true }));
  await openedBefore(join(home, 'database'), '0012_links_by_request', async (client) => {
    await client.query(
      'insert into links (account_key, account, person, decided_by) values ($1, $2, $3, $4)',
      ['slack:T0SAMPLE:U0OLD', account('U0OLD'), 'sam', 'ravi'],
    );
  });

  const { database, close } = await openDatabase({ home, onError: assert.ifError });
  t.after(close);
  const links = createLinkStore(database);
  const before = await links.list();
  await links.unlink(account('U0OLD'), 'sam', 'ravi');

  assert.partialDeepStrictEqual(before, [{ account: account('U0OLD'), person: 'sam' }]);
  assert.deepEqual(await links.list(), []);
});

/** A database as it was before a migration. */
async function openedBefore(
  folder: string,
  migration: string,
  use: (client: PGlite) => Promise<void>,
): Promise<void> {
  const earlier = await mkdtemp(join(tmpdir(), 'purser-migrations-'));
  await cp(migrationsFolder, earlier, { recursive: true });
  const journalFile = join(earlier, 'meta', '_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const at = journal.entries.findIndex(({ tag }: { tag: string }) => tag === migration);
  await writeFile(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, at) }));
  const client = await PGlite.create(folder);
  await migrate(drizzle(client), { migrationsFolder: earlier });
  await use(client);
  await client.close();
  await rm(earlier, { recursive: true });
}
