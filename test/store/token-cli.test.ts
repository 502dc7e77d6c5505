import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createPostgresDatabase } from './databases.ts';

let own: { url: string; drop(): Promise<void> };
let store: Store;
before(async () => {
  own = await createPostgresDatabase();
  store = await openStore({ databaseUrl: own.url, home: '', onError: () => {} });
});
after(async () => {
  await store.close();
  await own.drop();
});

test('a token is shown once, listed without itself, and audited before it opens anything', async () => {
  const { code, output } = await run('issue', 'kim', '90d');
  const [token = ''] = /purser_\S{43}/.exec(output) ?? [];
  const listed = await run('list');
  const [{ id, expiresAt } = { id: '', expiresAt: new Date(0) }] = await store.tokens.list();
  const revoked = await run('revoke', id);

  assert.deepEqual([code, revoked.code], [0, 0]);
  assert.ok(Math.abs(expiresAt.getTime() - Date.now() - 90 * 86_400_000) < 60_000);
  assert.match(listed.output, new RegExp(`^${id}  kim +valid +until 20`));
  assert.ok(token !== '' && !listed.output.includes(token));
  assert.match((await run('list')).output, /kim +revoked/);
  const rows = [];
  for await (const row of store.audit.rows()) rows.push(row);
  assert.deepEqual(
    rows.map(({ action, actor, subject, detail }) => [action, actor, subject, detail.person]),
    [
      ['token.issue', 'operator', `token/${id}`, 'kim'],
      ['token.revoke', 'operator', `token/${id}`, 'kim'],
    ],
  );
  assert.ok(!JSON.stringify(rows).includes(token));
});

for (const [words, code, said] of [
  [['issue', 'nobody', '90d'], 1, /no active person “nobody”/],
  [['issue', 'kim', '9y'], 2, /no time a token may last/],
  [['issue', 'kim', '400d'], 2, /up to a year/],
  [['issue', 'kim'], 2, /^Usage:/],
  [['revoke', 'ffffffff'], 1, /no token “ffffffff”/],
  [[], 2, /^Usage:/],
] as [string[], number, RegExp][]) {
  test(`token ${words.join(' ')}: ${code}`, async () => {
    const outcome = await run(...words);

    assert.equal(outcome.code, code);
    assert.match(outcome.output, said);
  });
}

function run(...words: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DATABASE_URL: own.url };
    execFile(process.execPath, ['src/token-cli.ts', ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` });
    });
  });
}
