import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../../src/domain/ports.ts';
import { type AuditRow, createAuditStore, GENESIS } from '../../src/store/audit.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('audit', (database) => {
  beforeEach(async () => {
    await tamper(sql`truncate audit`);
    await database().execute(sql`update audit_head set index = 0, hash = ${GENESIS}`);
  });

  test('rows follow one another by hash', async () => {
    const audit = createAuditStore(database());

    await appendMany(audit, 3);

    const rows = await all(audit.rows());
    assert.deepEqual(
      rows.map(({ index }) => index),
      [1, 2, 3],
    );
    assert.equal(rows[0]?.previousHash, GENESIS);
    assert.equal(rows[2]?.previousHash, rows[1]?.hash);
    assert.deepEqual(await audit.verify(), { ok: true, head: { index: 3, hash: rows[2]?.hash } });
  });

  test('the same key is one row, the first', async () => {
    const audit = createAuditStore(database());

    await audit.append(event('same', { reason: 'first' }));
    await audit.append(event('same', { reason: 'second' }));

    const rows = await all(audit.rows());
    assert.deepEqual(
      rows.map(({ detail }) => detail),
      [{ reason: 'first' }],
    );
  });

  test('fifty at once, from two stores, make one chain without a gap', async () => {
    const stores = [createAuditStore(database()), createAuditStore(database())] as const;

    await Promise.all(
      Array.from({ length: 50 }, (_, number) => stores[number % 2]?.append(event(`key-${number % 40}`))),
    );

    const verdict = await stores[0].verify();
    assert.equal(verdict.ok && verdict.head.index, 40);
  });

  test('writers that take turns, and repeat one another, make one chain', async () => {
    const [one, other] = [createAuditStore(database()), createAuditStore(database())];

    for (const [audit, key] of [
      [one, 'a'],
      [one, 'b'],
      [other, 'b'],
      [other, 'c'],
      [other, 'a'],
      [one, 'c'],
      [one, 'd'],
      [one, 'e'],
      [one, 'd'],
    ] as const) {
      await audit.append(event(key));
    }

    const rows = await all(one.rows());
    assert.equal(rows.map(({ key }) => key).join(''), 'abcde');
    assert.equal((await one.verify()).ok, true);
  });

  test('hostile text comes back and verifies', async () => {
    const audit = createAuditStore(database());
    const reason = `NUL \0, half a pair \ud83d, "quotes", $1, \u202e and 😀`;

    await audit.append(event('hostile', { reason }));

    const [row] = await all(audit.rows());
    assert.equal(row?.detail.reason, `NUL \ufffd, half a pair \ufffd, "quotes", $1, \u202e and 😀`);
    assert.equal((await audit.verify()).ok, true);
  });

  test('the database itself refuses a change', async () => {
    const audit = createAuditStore(database());
    await appendMany(audit, 1);

    for (const change of [sql`update audit set actor = 'x'`, sql`delete from audit`, sql`truncate audit`]) {
      await assert.rejects(database().execute(change), (error: Error) =>
        /never changed/.test(String(error.cause ?? error)),
      );
    }
  });

  const tamperings: { name: string; how: SQL; index: number }[] = [
    { name: 'a changed actor', how: sql`update audit set actor = 'lef' where index = 3`, index: 3 },
    {
      name: 'one flipped bit of the detail',
      how: sql`update audit set detail = '{"reason":"becausd"}' where index = 2`,
      index: 2,
    },
    {
      name: 'a time moved by a millisecond',
      how: sql`update audit set at = at + interval '1 millisecond' where index = 4`,
      index: 4,
    },
    { name: 'a deleted row', how: sql`delete from audit where index = 2`, index: 2 },
    { name: 'the first row deleted', how: sql`delete from audit where index = 1`, index: 1 },
    { name: 'the tail cut off', how: sql`delete from audit where index > 3`, index: 4 },
    { name: 'everything deleted', how: sql`delete from audit`, index: 1 },
    {
      name: 'two rows exchanged',
      how: sql`update audit set index = case index when 2 then -3 else -2 end where index in (2, 3);
               update audit set index = -index where index < 0`,
      index: 2,
    },
    {
      name: 'a deleted row with the rest moved up',
      how: sql`delete from audit where index = 2; update audit set index = index - 1 where index > 2`,
      index: 2,
    },
  ];

  for (const { name, how, index } of tamperings) {
    test(`verify finds ${name}`, async () => {
      const audit = createAuditStore(database());
      await appendMany(audit, 5);

      await tamper(how);

      const verdict = await audit.verify();
      assert.equal(verdict.ok, false);
      assert.equal(!verdict.ok && verdict.index, index);
    });
  }

  test('a tail cut off together with the head needs a head noted elsewhere', async () => {
    const audit = createAuditStore(database());
    await appendMany(audit, 5);
    const noted = await audit.verify();
    assert.ok(noted.ok);

    await tamper(sql`delete from audit where index > 3`);
    await tamper(sql`update audit_head set index = 3, hash = (select hash from audit where audit.index = 3)`);

    assert.equal((await audit.verify()).ok, true);
    assert.deepEqual(await audit.verify(noted.head), {
      ok: false,
      index: 4,
      problem: 'rows are missing up to index 5',
    });
  });

  test('a chain that was rewritten whole differs from the noted head', async () => {
    const audit = createAuditStore(database());
    await appendMany(audit, 3);
    const noted = await audit.verify();
    assert.ok(noted.ok);

    await tamper(sql`truncate audit`);
    await database().execute(sql`update audit_head set index = 0, hash = ${GENESIS}`);
    await appendMany(audit, 4);

    const verdict = await audit.verify(noted.head);
    assert.equal(!verdict.ok && verdict.index, 3);
  });

  test('more rows than one page', async () => {
    await tamper(sql`
      insert into audit select n, 'k' || n, now(), 'a', 'a', 's', 'done', '{}', '', ''
      from generate_series(1, 1001) n`);

    const rows = await all(createAuditStore(database()).rows());

    assert.equal(rows.length, 1001);
    assert.equal(rows.at(-1)?.index, 1001);
  });

  /** As somebody who owns the database could. */
  async function tamper(how: SQL): Promise<void> {
    await database().execute(sql`alter table audit disable trigger audit_append_only`);
    for (const statement of statements(how)) await database().execute(statement);
    await database().execute(sql`alter table audit enable trigger audit_append_only`);
  }
});

function statements(how: SQL): SQL[] {
  const [only] = how.queryChunks as { value?: string[] }[];
  const text = only?.value?.join('') ?? '';
  return text.includes(';') ? text.split(';').map((part) => sql.raw(part)) : [how];
}

async function appendMany(audit: { append(event: AuditEvent): Promise<void> }, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await audit.append(event(`key-${number}`));
}

function event(key: string, detail: Record<string, string> = { reason: 'because' }): AuditEvent {
  return {
    key,
    action: 'environment.create',
    actor: 'lee',
    subject: 'environment/local/pr-42',
    outcome: 'intended',
    detail,
  };
}

async function all(rows: AsyncIterable<AuditRow>): Promise<AuditRow[]> {
  const found: AuditRow[] = [];
  for await (const row of rows) found.push(row);
  return found;
}
