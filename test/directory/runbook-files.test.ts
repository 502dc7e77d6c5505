import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createIncidentsFile } from '../../src/directory/incidents-file.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { createRunbookFiles } from '../../src/directory/runbook-files.ts';

const SAMPLE = 'manifests/runbooks/checkout-down.yaml';

test('the shipped runbook is good', async (t) => {
  const { read } = await manifests(t);

  const { runbooks, problems } = await read();

  assert.deepEqual(problems, []);
  assert.deepEqual(
    runbooks.map(({ metadata }) => metadata.name),
    ['checkout-down'],
  );
});

test('one that is wrong stops none of the others, and works as soon as it is mended', async (t) => {
  const { folder, read } = await manifests(t);
  const broken = join(folder, 'runbooks/other.yaml');
  await writeFile(broken, 'kind: Runbook');

  const before = await read();
  const sample = await readFile(SAMPLE, 'utf8');
  await writeFile(broken, sample.replace('name: checkout-down', 'name: other'));
  const mended = await read();

  assert.equal(before.runbooks.length, 1);
  assert.match(before.problems.join('\n'), /^runbooks\/other\.yaml: /);
  assert.deepEqual([mended.runbooks.length, mended.problems], [2, []]);
});

test('without the folder, and without incidents, there is none', async (t) => {
  const { folder, read } = await manifests(t);
  await rm(join(folder, 'runbooks'), { recursive: true });
  const withoutFolder = await read();
  await cp('manifests/runbooks', join(folder, 'runbooks'), { recursive: true });
  await rm(join(folder, 'incidents.yaml'));

  assert.deepEqual(withoutFolder, { runbooks: [], problems: [] });
  assert.deepEqual(await read(), { runbooks: [], problems: [] });
});

for (const [what, from, to, problem] of [
  ['another name than the file', 'name: checkout-down', 'name: checkout', /metadata\.name: is “checkout”/],
  ['a severity that is not there', '[sev1]', '[sev9]', /on\[0\]\.severities: there is no severity “sev9”/],
  [
    'a service that is not there',
    'services: [shop]',
    'services: [shops]',
    /on\[0\]\.services: there is no service “shops”: services has shop, platform/,
  ],
  [
    'somebody who is not there',
    '{ team: shop }',
    '{ person: nobody }',
    /steps\[1\]\.who: there is no person “nobody”/,
  ],
  ['a path that is not there', 'path: all-hands', 'path: all', /steps\[2\]\.path: there is no path “all”/],
  [
    'a role that is not there',
    'approve: lead',
    'approve: boss',
    /steps\[2\]\.approve: there is no role “boss”: roles has lead, comms, scribe/,
  ],
  [
    'a template that is not there',
    'template: dev',
    'template: test',
    /steps\[3\]\.template: there is no template “test”: templates has dev, preview/,
  ],
  [
    'a webhook that is not there',
    'do: page, path: all-hands',
    'do: webhook, webhook: pager',
    /steps\[2\]\.webhook: there is no webhook “pager”/,
  ],
  ['a step that does nothing known', 'do: message', 'do: dance', /steps\[0\]\.do/],
] as const) {
  test(`${what} is named by file and place, also by the lint`, async (t) => {
    const { folder, read } = await manifests(t);
    const sample = await readFile(SAMPLE, 'utf8');
    const wrong = sample.replace(from, to);
    assert.notEqual(wrong, sample);
    await writeFile(join(folder, 'runbooks/checkout-down.yaml'), wrong);

    const { runbooks, problems } = await read();

    assert.deepEqual(runbooks, []);
    assert.match(problems.join('\n'), new RegExp(`runbooks/checkout-down\\.yaml: ${problem.source}`));
    const lint = promisify(execFile)(process.execPath, ['src/lint-incidents.ts'], {
      env: { PATH: process.env.PATH, PURSER_MANIFESTS: folder },
    });
    await assert.rejects(lint, ({ code, stdout }: { code: number; stdout: string }) => {
      assert.equal(code, 1);
      assert.equal(stdout.trim(), problems.join('\n'));
      return true;
    });
  });
}

async function manifests(t: { after(clean: () => Promise<void>): void }) {
  const parent = await mkdtemp(join(tmpdir(), 'purser-runbooks-'));
  t.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'manifests');
  for (const part of ['platform.yaml', 'incidents.yaml', 'runbooks', 'templates'])
    await cp(`manifests/${part}`, join(folder, part), { recursive: true });
  const platform = createPlatformFile(folder);
  return {
    folder,
    read: createRunbookFiles(folder, { platform, incidentConfig: createIncidentsFile(folder, platform) }),
  };
}
