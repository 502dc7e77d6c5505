import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { createPostgresDatabase } from '../store/databases.ts';
import { kubeconfigPath, temporalAddress } from '../support/stack.ts';

let database: { url: string; drop(): Promise<void> };
before(async () => {
  database = await createPostgresDatabase();
});
after(() => database.drop());

test('the shipped systems answer, and each says what it can do and what outlasts', async () => {
  const { code, stdout } = await run({}, 'check');

  assert.equal(code, 0);
  assert.match(stdout, /^✓ purser: answers\n {4}makes and disables accounts; gives groups; ends sessions\n/);
  assert.match(stdout, /\n✓ cluster: answers\n {4}has no accounts; .*\n {4}outlasts: an open kubectl exec/);
});

test('one that cannot be asked says why, and the others are asked all the same', async (t) => {
  const folder = await manifests(t, [
    '{name: sso, kind: keycloak, url: "https://sso.example.test", realm: staff, clientId: purser, secret: sso}',
    '{name: purser, kind: file}',
  ]);

  const { code, stdout } = await run({ PURSER_MANIFESTS: folder }, 'check');

  assert.equal(code, 1);
  assert.match(
    stdout,
    /^✗ sso: the secret “sso” of manifests\/systems.yaml is missing: set PURSER_SECRET_SSO\n/,
  );
  assert.match(stdout, /\n✓ purser: answers\n/);
});

test('a file that is wrong is named, with what is wrong in it', async (t) => {
  const folder = await manifests(t, ['{name: purser, kind: magic}']);

  const { code, stderr } = await run({ PURSER_MANIFESTS: folder }, 'check');

  assert.equal(code, 78);
  assert.match(stderr, /manifests\/systems\.yaml: systems\[0\]\.kind: there is no kind “magic”/);
});

test('a wrong call is told the right one', async () => {
  const { code, stderr } = await run({}, 'look');

  assert.equal(code, 2);
  assert.match(stderr, /^Usage:\n {2}npm run systems -- check/);
});

async function manifests(t: TestContext, systems: string[]): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'purser-systems-'));
  t.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'manifests');
  await cp('manifests', folder, { recursive: true });
  const list = systems.map((system) => `  - ${system}`).join('\n');
  await writeFile(join(folder, 'systems.yaml'), `apiVersion: purser/v1\nkind: Systems\nsystems:\n${list}\n`);
  return folder;
}

function run(
  variables: Record<string, string>,
  ...words: string[]
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: database.url,
    KUBECONFIG: kubeconfigPath(),
    TEMPORAL_ADDRESS: temporalAddress(),
    SLACK_BOT_TOKEN: 'xoxb-of-nobody',
    ...variables,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/systems-cli.ts', ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}
