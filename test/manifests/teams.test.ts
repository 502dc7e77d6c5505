import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv } from 'ajv';
import { strFromU8, unzipSync } from 'fflate';
import { SURFACE } from '../../src/chat/teams/listeners.ts';

const APP_ID = '01234567-89ab-4def-8123-456789abcdef';

interface Manifest {
  id: string;
  bots: { botId: string; commandLists: { commands: { title: string; description: string }[] }[] }[];
  composeExtensions: { botId: string; commands: { id: string }[] }[];
}

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'purser-teams-'));
});
after(() => rm(directory, { recursive: true, force: true }));

/** Runs the script as `npm run teams:package` does. */
function makePackage(env: Record<string, string>, file: string): Promise<{ code: number; output: string }> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/teams-package.ts', file],
      { env: { PATH, ...env } },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${out}${err}` });
      },
    );
  });
}

async function readPackage(): Promise<{ files: Record<string, Uint8Array>; manifest: Manifest }> {
  const file = join(directory, 'purser.zip');
  const { code, output } = await makePackage({ TEAMS_APP_ID: APP_ID }, file);
  assert.equal(code, 0, output);
  const files = unzipSync(await readFile(file));
  return { files, manifest: JSON.parse(strFromU8(files['manifest.json'] as Uint8Array)) as Manifest };
}

test('the package holds the manifest with the bot’s id filled in, and both icons', async () => {
  const { files, manifest } = await readPackage();

  assert.deepEqual(Object.keys(files).sort(), ['color.png', 'manifest.json', 'outline.png']);
  const ids = [manifest.id, ...[...manifest.bots, ...manifest.composeExtensions].map(({ botId }) => botId)];
  assert.deepEqual(new Set(ids), new Set([APP_ID]));
  assert.ok(!JSON.stringify(manifest).includes('{{'));
});

test('the manifest is valid by Microsoft’s schema', async () => {
  const text = await readFile('test/fixtures/teams/app-manifest.schema.json', 'utf8');
  const { $schema: _draft, ...schema } = JSON.parse(text) as Record<string, unknown>;
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  const { manifest } = await readPackage();

  const valid = validate(manifest);

  assert.deepEqual(validate.errors ?? [], []);
  assert.ok(valid);
  assert.ok(!validate({ ...manifest, surprise: true }));
});

test('the extensions say what is registered', async () => {
  const { manifest } = await readPackage();

  assert.deepEqual(
    manifest.composeExtensions.flatMap(({ commands }) => commands.map(({ id }) => id)),
    [...SURFACE.extensions],
  );
});

test('the icons have the sizes that Teams wants', async () => {
  const { files } = await readPackage();
  const sizeOf = (icon: string) => {
    const header = Buffer.from(files[icon] as Uint8Array);
    return [header.readUInt32BE(16), header.readUInt32BE(20)];
  };

  assert.deepEqual(
    [sizeOf('color.png'), sizeOf('outline.png')],
    [
      [192, 192],
      [32, 32],
    ],
  );
});

for (const [title, env] of [
  ['missing', {}],
  ['no GUID', { TEAMS_APP_ID: 'purser' }],
] as const) {
  test(`an app id that is ${title} is said in one message, and nothing is written`, async () => {
    const file = join(directory, `${title}.zip`);

    const { code, output } = await makePackage(env, file);

    assert.equal(code, 78);
    assert.match(output, /TEAMS_APP_ID/);
    await assert.rejects(readFile(file));
  });
}
