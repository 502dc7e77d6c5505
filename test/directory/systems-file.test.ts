import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { CONNECTORS, createSystems } from '../../src/directory/connectors.ts';
import { ManifestError } from '../../src/directory/manifest-files.ts';
import type { ConnectorKind } from '../../src/directory/systems.ts';
import { createSystemsFile } from '../../src/directory/systems-file.ts';
import { createMemorySystem } from '../support/memory-system.ts';
import { surroundings } from '../support/surroundings.ts';

test('the shipped file is good', async () => {
  const systems = await createSystemsFile('manifests', CONNECTORS)();

  assert.equal(new Set(systems.map(({ name }) => name)).size, systems.length);
});

test('systems are opened with their settings, once, and again when the file has changed', async (t) => {
  const { folder, write } = await manifests(t);
  const kind = countingKind();
  const systems = createSystems(createSystemsFile(folder, [kind]), surroundings());
  await write('[{name: sso, kind: counting, url: https://sso.example.test, secret: sso}]');

  const [first, again] = [await systems(), await systems()];
  await write('[{name: sso-2, kind: counting, url: https://sso.example.test, secret: sso}]');
  const changed = await systems();

  assert.equal(again, first);
  assert.deepEqual(
    [first, changed].map((list) => list.map(({ name }) => name)),
    [['sso'], ['sso-2']],
  );
  assert.deepEqual(kind.opened, [
    { url: 'https://sso.example.test', secret: 'sso', pageSize: 100 },
    { url: 'https://sso.example.test', secret: 'sso', pageSize: 100 },
  ]);
});

test('an organisation without the file has no systems', async (t) => {
  const { folder } = await manifests(t);

  assert.deepEqual(await createSystemsFile(folder, [countingKind()])(), []);
});

const GOOD = 'name: sso, kind: counting, url: https://sso.example.test, secret: sso';
for (const [what, systems, problem] of [
  [
    'a name twice',
    `[{${GOOD}}, {${GOOD}}]`,
    /^manifests\/systems\.yaml: systems: “sso” is there twice: give/,
  ],
  [
    'an unknown kind',
    '[{name: sso, kind: magic}]',
    /^manifests\/systems\.yaml: systems\[0\]\.kind: there is no kind “magic”: Purser knows counting$/,
  ],
  ['a name nobody could type', `[{${GOOD.replace('sso', 'My SSO')}}]`, /systems\[0\]\.name: small letters/],
  ['a setting of the wrong shape', `[{${GOOD.replace('https://sso', 'sso')}}]`, /systems\[0\]\.url: /],
  ['a setting it does not have', `[{${GOOD}, colour: red}]`, /systems\[0\]: .*colour/],
  ['a setting that is missing', '[{name: sso, kind: counting, secret: sso}]', /systems\[0\]\.url: /],
] as const) {
  test(`${what} is refused by file and place`, async (t) => {
    const { folder, write } = await manifests(t);
    await write(systems);

    await assert.rejects(
      createSystemsFile(folder, [countingKind()])(),
      (error) => error instanceof ManifestError && problem.test(error.message),
    );
  });
}

function countingKind(): ConnectorKind & { opened: unknown[] } {
  const opened: unknown[] = [];
  return {
    kind: 'counting',
    settings: z.strictObject({ url: z.url(), secret: z.string(), pageSize: z.int().default(100) }),
    open(name, settings) {
      opened.push(settings);
      return createMemorySystem(name).connector;
    },
    opened,
  };
}

async function manifests(t: TestContext) {
  const parent = await mkdtemp(join(tmpdir(), 'purser-systems-'));
  t.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'manifests');
  await mkdir(folder);
  const write = (systems: string) =>
    writeFile(join(folder, 'systems.yaml'), `apiVersion: purser/v1\nkind: Systems\nsystems: ${systems}\n`);
  return { folder, write };
}
