import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { createAuditStore, GENESIS } from '../../src/store/audit.ts';
import { type OpenDatabase, openDatabase } from '../../src/store/open-database.ts';
import { createPostgresDatabase } from './databases.ts';

let own: { url: string; drop(): Promise<void> };
let opened: OpenDatabase;
before(async () => {
  own = await createPostgresDatabase();
  opened = await openDatabase({ databaseUrl: own.url, home: '', onError: () => {} });
  await opened.database.execute(sql`alter table audit disable trigger audit_append_only`);
});
beforeEach(async () => {
  await opened.database.execute(sql`delete from audit`);
  await opened.database.execute(sql`update audit_head set index = 0, hash = ${GENESIS}`);
  for (const key of ['one', 'two', 'three']) {
    await createAuditStore(opened.database).append({
      key,
      action: 'environment.create',
      actor: 'kim',
      subject: 'environment/local/pr-42',
      outcome: 'intended',
      detail: { requestId: key },
    });
  }
});
after(async () => {
  await opened.close();
  await own.drop();
});

test('verify says that the log is whole, and prints the head to note', async () => {
  const { code, stdout } = await run('verify');

  assert.equal(code, 0);
  assert.match(stdout, /whole: 3 rows\.\nHead: 3:[0-9a-f]{64}\n/);
});

test('verify names the first bad index and fails', async () => {
  await opened.database.execute(sql`update audit set actor = 'lee' where index = 2`);

  const { code, stderr } = await run('verify');

  assert.equal(code, 1);
  assert.match(stderr, /broken at index 2: the row was changed/);
});

test('verify holds the log to a head that was noted', async () => {
  const head = /Head: (\S+)/.exec((await run('verify')).stdout)?.[1] ?? '';
  await opened.database.execute(sql`delete from audit where index = 3`);
  await opened.database.execute(
    sql`update audit_head set index = 2, hash = (select hash from audit where audit.index = 2)`,
  );

  const unaided = await run('verify');
  const aided = await run('verify', '--head', head);

  assert.equal(unaided.code, 0);
  assert.equal(aided.code, 1);
  assert.match(aided.stderr, /broken at index 3: rows are missing/);
});

test('export writes a line of JSON a row', async () => {
  const { code, stdout } = await run('export');

  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(code, 0);
  assert.deepEqual(
    rows.map(({ index, key }) => [index, key]),
    [
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ],
  );
});

test('a wrong call and a wrong configuration are told apart', async () => {
  const nothing = await run();
  const badHead = await run('verify', '--head', 'nonsense');
  const badUrl = await run('verify', { DATABASE_URL: 'mysql://localhost' });

  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /audit:verify/);
  assert.equal(badHead.code, 2);
  assert.equal(badUrl.code, 78);
  assert.match(badUrl.stderr, /DATABASE_URL must be a Postgres URL/);
});

function run(
  ...args: (string | Record<string, string>)[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = Object.assign({ DATABASE_URL: own.url }, ...args.filter((arg) => typeof arg === 'object'));
  const words = args.filter((arg) => typeof arg === 'string');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['src/audit-cli.ts', ...words],
      { env },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
