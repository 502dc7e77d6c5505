import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { stringify } from 'yaml';
import { CONNECTORS } from '../../src/directory/connectors.ts';
import { ManifestError } from '../../src/directory/manifest-files.ts';
import { createRoleFiles } from '../../src/directory/role-files.ts';
import { createSystemsFile } from '../../src/directory/systems-file.ts';

const ROLE = {
  apiVersion: 'purser/v1',
  kind: 'RoleTemplate',
  metadata: { name: 'developer', title: 'Developer' },
  gives: [{ system: 'purser', account: true }],
  firstCredential: 'Forgot password.',
};

let manifests: string;
beforeEach(async () => {
  manifests = await mkdtemp(join(tmpdir(), 'purser-roles-'));
  await writeFile(
    join(manifests, 'systems.yaml'),
    stringify({ apiVersion: 'purser/v1', kind: 'Systems', systems: [{ name: 'purser', kind: 'file' }] }),
  );
});
afterEach(() => rm(manifests, { recursive: true, force: true }));

const reader = () => createRoleFiles(manifests, createSystemsFile(manifests, CONNECTORS));

async function write(name: string, role: object): Promise<void> {
  await mkdir(join(manifests, 'roles'), { recursive: true });
  await writeFile(join(manifests, 'roles', name), stringify(role));
}

async function problems(): Promise<string> {
  const error = await reader()().catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ManifestError);
  return error.problems.join('\n');
}

test('those that ship are good', async () => {
  const shipped = createRoleFiles('manifests', createSystemsFile('manifests', CONNECTORS));

  assert.deepEqual(
    (await shipped()).map(({ metadata }) => metadata.name),
    ['developer'],
  );
});

test('there need be none, and a new one counts with the next look', async () => {
  const read = reader();
  const none = await read();
  await write('developer.yaml', ROLE);
  const one = await read();

  assert.deepEqual(none, []);
  assert.deepEqual(one, [{ ...ROLE, welcome: { links: [], channels: [] } }]);
});

for (const [what, role, says] of [
  [
    'a system that is not there',
    { ...ROLE, gives: [...ROLE.gives, { system: 'sso', account: true }] },
    /roles\/x\.yaml: gives\[1\]\.system: systems\.yaml has no system “sso”: it has purser/,
  ],
  [
    'nobody who could speak',
    { ...ROLE, gives: [{ system: 'purser', group: 'role/developer' }] },
    /nobody can speak to Purser without \{ system: purser, account: true \}/,
  ],
  ['a field nobody knows', { ...ROLE, password: 'secret' }, /roles\/x\.yaml: .*password/],
  ['no word on how they get in', { ...ROLE, firstCredential: '' }, /firstCredential/],
] as const) {
  test(`${what} is named, with the file`, async () => {
    await write('x.yaml', role);

    assert.match(await problems(), says);
  });
}

test('two of one name are one too many', async () => {
  await write('a.yaml', ROLE);
  await write('b.yaml', ROLE);

  assert.match(await problems(), /“developer” is there twice/);
});
