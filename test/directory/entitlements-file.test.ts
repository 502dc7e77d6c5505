import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { CONNECTORS } from '../../src/directory/connectors.ts';
import { deadEnds } from '../../src/directory/entitlement-checks.ts';
import { createEntitlementsFile, createOrphanRule } from '../../src/directory/entitlements-file.ts';
import { createIncidentsFile } from '../../src/directory/incidents-file.ts';
import { ManifestError } from '../../src/directory/manifest-files.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { createSystemsFile } from '../../src/directory/systems-file.ts';

const HOUR = 3_600_000;

test('the shipped file is good, and everything in it can be approved whoever asks', async (t) => {
  const { read, dead } = await manifests(t);

  const entitlements = await read();

  assert.deepEqual(
    entitlements.map(({ id, duration }) => [id, duration.usual / HOUR]),
    [
      ['cluster-edit', 2],
      ['cluster-view', 4],
      ['purser-admin', 1],
    ],
  );
  assert.equal(new Set(entitlements.map(({ digest }) => digest)).size, 3);
  assert.deepEqual(await dead(), []);
});

test('an organisation without the file has nothing to ask for', async (t) => {
  const { folder, read } = await manifests(t);
  await rm(join(folder, 'entitlements.yaml'));

  assert.deepEqual(await read(), []);
});

test('another rule is another digest, with the next request, and a comment is none', async (t) => {
  const { edit, read } = await manifests(t);
  const digests = async () => (await read()).map(({ digest }) => digest);
  const before = await digests();

  await edit('duration: { usual: 2h, most: 8h }', 'duration: { usual: 2h, most: 8h } # a day’s work');
  const commented = await digests();
  await edit('most: 8h', 'most: 4h');
  const tightened = await digests();

  assert.deepEqual(commented, before);
  assert.notEqual(tightened[0], before[0]);
  assert.deepEqual(tightened.slice(1), before.slice(1));
});

test('who leaves platform.yaml is missed with the next request', async (t) => {
  const { folder, edit, read } = await manifests(t);
  await edit('for: [{ team: shop }]', 'for: [{ person: sam }]');
  await read();
  const platform = await readFile(join(folder, 'platform.yaml'), 'utf8');
  await writeFile(
    join(folder, 'platform.yaml'),
    platform.replace(/ {2}- id: sam\n(?: {4}.*\n)+/, '').replace('members: [kim, sam]', 'members: [kim]'),
  );

  await assert.rejects(read(), /“cluster-edit”: for\[0\]: there is no person “sam” in platform\.yaml/);
});

for (const [what, from, to, problem] of [
  ['an id twice', 'id: cluster-view', 'id: cluster-edit', /entitlements: “cluster-edit” is there twice/],
  [
    'an unknown owner',
    'owner: { team: platform }',
    'owner: { team: x }',
    /owner: there is no team “x”: teams has/,
  ],
  [
    'an unknown approver',
    '{ manager: true }',
    '{ person: x }',
    /approval\[0\]\.by\[1\]: there is no person “x”/,
  ],
  [
    'an unknown fallback',
    'onCall: managers',
    'onCall: x',
    /otherwise\[0\]: incidents\.yaml has no schedule “x”/,
  ],
  ['a role nobody has', '{ manager: true }', '{ role: wizard }', /nobody has the role “wizard”/],
  [
    'an unknown system',
    'system: cluster, group: edit',
    'system: x, group: edit',
    /gives\[0\]\.system: there is no system “x”: systems has purser, cluster/,
  ],
  [
    'a group the cluster does not give',
    'group: edit, scope: default',
    'group: edit',
    /gives\[0\]: cluster does not give out the role “edit” everywhere/,
  ],
  [
    'a role of Purser’s that is not given',
    'role/admin',
    'role/king',
    /gives\[0\]: purser does not give out the role “king”/,
  ],
  [
    'a usual time beyond the longest',
    'usual: 2h',
    'usual: 9h',
    /“cluster-edit”: duration: `usual` is longer than `most`/,
  ],
  [
    'a ticket that is no pattern',
    'reason: { atLeast: 10 }',
    "reason: { ticket: '(' }",
    /reason\.ticket: is no regular expression/,
  ],
  [
    'a ticket that may take forever',
    'reason: { atLeast: 10 }',
    "reason: { ticket: '(a+)+' }",
    /reason\.ticket: repeats a group/,
  ],
  [
    'a rival that is not there',
    'notWith: [cluster-edit]',
    'notWith: [x]',
    /notWith\[0\]: there is no entitlement “x”/,
  ],
  ['itself as its rival', 'notWith: [cluster-edit]', 'notWith: [purser-admin]', /notWith\[0\]: is itself/],
  ['a word nobody knows', 'approval: []', 'approvals: []', /entitlements\[1\].*approvals/],
] as const) {
  test(`${what} is refused by name and place`, async (t) => {
    const { edit, read } = await manifests(t);
    await edit(from, to);

    await assert.rejects(read(), (error) => error instanceof ManifestError && problem.test(error.message));
  });
}

test('a request that nobody could approve is said by who would ask', async (t) => {
  const { edit, dead } = await manifests(t);
  await edit('        otherwise: [{ onCall: managers }]', '');
  await edit('[{ leadsOf: platform }, { manager: true }]', '[{ manager: true }]');

  const problems = await dead();

  assert.equal(problems.length, 1);
  assert.match(
    problems[0] ?? '',
    /^“cluster-edit”: approval\[0\]: too few people could approve it when Lee Sample .* or Sam Sample/,
  );
});

test('what is left of requests is asked about, unless the file says that it is taken away', async (t) => {
  const { folder, edit } = await manifests(t);
  const rule = createOrphanRule(folder);

  const shipped = await rule();
  await edit('reconcile: { orphans: ask }', 'reconcile: { orphans: take }');
  const taken = await rule();
  await edit('reconcile: { orphans: take }', '');
  const unsaid = await rule();
  await rm(join(folder, 'entitlements.yaml'));

  assert.deepEqual([shipped, taken, unsaid, await rule()], ['ask', 'take', 'ask', 'ask']);
});

test('npm run lint:entitlements says both, with an exit code', async (t) => {
  const { folder, edit } = await manifests(t);
  const lint = () =>
    promisify(execFile)(process.execPath, ['src/lint-entitlements.ts'], {
      env: { ...process.env, PURSER_MANIFESTS: folder },
    });

  assert.match(
    (await lint()).stdout,
    /^entitlements\.yaml is good: cluster-edit, cluster-view, purser-admin$/m,
  );
  await edit('[{ leadsOf: platform }, { manager: true }]', '[{ manager: true }]');
  await edit('        otherwise: [{ onCall: managers }]', '');
  await assert.rejects(lint(), { code: 1, stdout: /too few people could approve it/ });
});

async function manifests(t: TestContext) {
  const parent = await mkdtemp(join(tmpdir(), 'purser-entitlements-'));
  t.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'manifests');
  await cp('manifests', folder, { recursive: true });
  const file = join(folder, 'entitlements.yaml');
  const platform = createPlatformFile(folder);
  const systems = createSystemsFile(folder, CONNECTORS);
  const incidents = createIncidentsFile(folder, platform);
  const read = createEntitlementsFile(folder, { platform, systems, incidents });
  return {
    folder,
    read,
    dead: async () => deadEnds(await read(), { platform: await platform(), incidents: await incidents() }),
    async edit(from: string, to: string) {
      const text = await readFile(file, 'utf8');
      assert.ok(text.includes(from), from);
      await writeFile(file, text.replace(from, to));
    },
  };
}
