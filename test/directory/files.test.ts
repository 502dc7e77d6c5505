import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDirectory } from '../../src/directory/connector.ts';
import { createFileConnector } from '../../src/directory/file.ts';
import { ManifestError } from '../../src/directory/manifest-files.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { createPolicyFiles } from '../../src/directory/policy-files.ts';
import { lapsedOwner, ownerOfAccount } from '../../src/domain/people.ts';
import { type AccountRef, accountKey } from '../../src/domain/refs.ts';

const LINKS = { list: async () => [] };
const NO_CHANGES = { list: async () => [] };
const YEAR = 365 * 86_400_000;
const NOW = new Date('2026-04-01T10:00:00.000Z');
const LASTING = { linksLast: async () => YEAR, now: () => NOW };

test('the shipped files are good', async () => {
  const platform = await createPlatformFile('manifests')();
  const policy = await createPolicyFiles('manifests')();

  assert.ok(platform.people.length > 0);
  assert.equal(platform.people.find(({ id }) => id === 'kim')?.active, true);
  assert.ok(policy.rules.some(({ id }) => id === 'administrators'));
});

test('a change is seen with the next question, without a restart', async (t) => {
  const { folder, write } = await manifests(t);
  const directory = createDirectory(
    createFileConnector(createPlatformFile(folder), NO_CHANGES),
    LINKS,
    LASTING,
  );

  const before = await directory.snapshot();
  await write('platform.yaml', (text) =>
    text.replace('name: Kim Sample', 'active: false\n    name: Kim Sample'),
  );
  const after = await directory.snapshot();

  const active = (snapshot: typeof before) => snapshot.people.find(({ id }) => id === 'kim')?.active;
  assert.deepEqual([active(before), active(after)], [true, false]);
});

test('an unchanged file is read once', async (t) => {
  const { folder } = await manifests(t);
  const platform = createPlatformFile(folder);

  const [first, second] = [await platform(), await platform()];

  assert.equal(first, second);
});

for (const [what, mend, problem] of [
  [
    'a person of no account kind',
    ['userId: U0KIM', 'user: U0KIM'],
    /^manifests\/platform\.yaml: people\[0\]\.accounts\[0\]\.userId: /,
  ],
  [
    'an unknown member',
    ['members: [kim, sam]', 'members: [kim, pat]'],
    /^manifests\/platform\.yaml: teams\[0\]\.members: there is no person “pat”$/,
  ],
  [
    'a manager who is not there',
    ['manager: lee', 'manager: pat'],
    /^manifests\/platform\.yaml: people\[0\]\.manager: there is no person “pat”$/,
  ],
  ['the same id twice', ['id: lee', 'id: kim'], /^manifests\/platform\.yaml: people: “kim” is there twice$/m],
  [
    'an account of two people',
    ['userId: U0LEE', 'userId: U0KIM'],
    /account slack:T0SAMPLE:U0KIM is linked to both “kim” and “lee”/,
  ],
  [
    'a group of two teams',
    ['group: team-finops', 'group: team-shop'],
    /group “team-shop” belongs to two teams/,
  ],
  ['a word of our own', ['id: sam', 'id: purser'], /people: “purser” is a word of Purser's own/],
  ['an unknown field', ['organisation:', 'organization:'], /platform\.yaml: organisation: /],
  ['broken YAML', ['people:', 'people: ['], /^manifests\/platform\.yaml: .* at line \d+/],
] as const) {
  test(`${what} is refused by file and place, and mending it is enough`, async (t) => {
    const { folder, write, restore } = await manifests(t);
    const platform = createPlatformFile(folder);
    await write('platform.yaml', (text) => text.replace(mend[0], mend[1]));

    await assert.rejects(
      platform(),
      (error) => error instanceof ManifestError && problem.test(error.message),
    );
    await restore();
    const mended = await platform();

    assert.equal(mended.people.length, 5);
  });
}

test('a file that is gone allows nothing on a guess', async (t) => {
  const { folder } = await manifests(t);
  const platform = createPlatformFile(folder);
  const policy = createPolicyFiles(folder);
  await Promise.all([platform(), policy()]);

  await rm(join(folder, 'platform.yaml'));
  await rm(join(folder, 'policies'), { recursive: true });

  await assert.rejects(platform(), /manifests\/platform\.yaml: cannot be read/);
  await assert.rejects(policy(), /policies: the folder cannot be read/);
});

test('rules of several files are one policy, in the order of the names of the files', async (t) => {
  const { folder, write } = await manifests(t);
  const policy = createPolicyFiles(folder);
  const first = (await policy()).rules[0]?.id;

  await writeFile(
    join(folder, 'policies/a.yaml'),
    'apiVersion: purser/v1\nkind: Policy\nrules: [{id: first, role: x, may: [env.help], because: y}]\n',
  );
  const merged = await policy();
  await write('policies/a.yaml', (text) => text.replace('env.help', 'env.explode'));

  assert.equal(first, 'administrators');
  assert.equal(merged.rules[0]?.id, 'first');
  assert.equal(merged.rules[1]?.id, 'administrators');
  await assert.rejects(policy(), /^ManifestError: policies\/a\.yaml: rules\[0\]\.may/);
});

test('who decides on more environments is somebody, said as in templates', async (t) => {
  const { folder, write } = await manifests(t);
  const policy = createPolicyFiles(folder);
  const decides = (by: string) =>
    write('policies/limits.yaml', (text) => text.replace(/moreQuota: .*/, `moreQuota: { by: ${by} }`));

  await decides('{ lead: true, people: [ravi] }');
  const { moreQuota } = (await policy()).limits;
  await decides('{}');

  assert.deepEqual(moreQuota, { by: { lead: true, people: ['ravi'] }, within: 3 * 86_400_000 });
  await assert.rejects(policy(), /limits\.moreQuota\.by: name people, a team, a role or lead: true/);
});

test('limits are in one file, and what it leaves out is as shipped', async (t) => {
  const { folder, write } = await manifests(t);
  const policy = createPolicyFiles(folder);
  const shipped = (await policy()).limits;

  await write('policies/limits.yaml', (text) => text.replace('linksLast: 365d', 'linksLast: 30d'));
  const shorter = (await policy()).limits;
  await write('policies/limits.yaml', (text) => text.replace(/limits:[\s\S]*/, 'limits: {}'));
  const none = (await policy()).limits;
  await write('policies/commands.yaml', (text) => `${text}\nlimits: {}\n`);

  assert.deepEqual(shorter, { ...shipped, linksLast: 30 * 86_400_000 });
  assert.deepEqual(none, shipped);
  await assert.rejects(policy(), /limits are in two files/);
});

test('the same rule id twice, and no rule at all, are refused', async (t) => {
  const { folder, write } = await manifests(t);
  const policy = createPolicyFiles(folder);

  await write('policies/commands.yaml', (text) => text.replace('id: everybody-looks', 'id: administrators'));
  await assert.rejects(policy(), /rule “administrators” is there twice/);
  await write('policies/commands.yaml', () => 'apiVersion: purser/v1\nkind: Policy\nrules: []\n');
  await assert.rejects(policy(), /nobody may do anything/);
});

test('decided links are added, and what the file says stays', async () => {
  const account = (userId: string): AccountRef => ({ platform: 'slack', teamId: 'T0SAMPLE', userId });
  const decided = [
    { account: account('U0SAM'), person: 'sam' },
    { account: account('U0KIM'), person: 'ravi' },
    { account: account('U0SAM'), person: 'ravi' },
    { account: account('U0WHO'), person: 'who' },
  ];
  const links = { list: async () => decided.map((link) => ({ ...link, decidedAt: NOW })) };
  const directory = createDirectory(
    createFileConnector(createPlatformFile('manifests'), NO_CHANGES),
    links,
    LASTING,
  );

  const { people } = await directory.snapshot();

  const accounts = Object.fromEntries(people.map(({ id, accounts }) => [id, accounts.map(accountKey)]));
  assert.deepEqual(accounts.sam, ['slack:T0SAMPLE:U0SAM']);
  const inTeams = (number: number) =>
    `teams:00000000-0000-4000-8000-000000000001:00000000-0000-4000-8000-00000000a00${number}`;
  assert.deepEqual(accounts.kim, ['slack:T0SAMPLE:U0KIM', inTeams(1)]);
  assert.deepEqual(accounts.ravi, ['slack:T0SAMPLE:U0RAVI', inTeams(4)]);
});

test('a link that has run out makes its account nobody’s, as soon as the policy says so', async () => {
  const account = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0SAM' } as const;
  const decidedAt = new Date(NOW.getTime() - 30 * 86_400_000);
  const links = { list: async () => [{ account, person: 'sam', decidedAt }] };
  let lastMs = YEAR;
  const directory = createDirectory(createFileConnector(createPlatformFile('manifests'), NO_CHANGES), links, {
    linksLast: async () => lastMs,
    now: () => NOW,
  });

  const lasting = await directory.snapshot();
  lastMs = 30 * 86_400_000;
  const lapsed = await directory.snapshot();

  assert.equal(ownerOfAccount(lasting, account)?.id, 'sam');
  assert.equal(lapsedOwner(lasting, account), undefined);
  assert.equal(ownerOfAccount(lapsed, account), undefined);
  assert.equal(lapsedOwner(lapsed, account)?.id, 'sam');
});

test('links that cannot be read are no directory', async () => {
  const links = { list: () => Promise.reject(new Error('database is down')) };
  const directory = createDirectory(
    createFileConnector(createPlatformFile('manifests'), NO_CHANGES),
    links,
    LASTING,
  );

  const snapshot = directory.snapshot();

  await assert.rejects(snapshot, /database is down/);
});

async function manifests(t: { after(clean: () => Promise<void>): void }) {
  const parent = await mkdtemp(join(tmpdir(), 'purser-manifests-'));
  t.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'manifests');
  await mkdir(join(folder, 'policies'), { recursive: true });
  const original = await readFile('manifests/platform.yaml', 'utf8');
  const restore = () => writeFile(join(folder, 'platform.yaml'), original);
  await restore();
  for (const file of ['policies/commands.yaml', 'policies/limits.yaml']) {
    await writeFile(join(folder, file), await readFile(join('manifests', file), 'utf8'));
  }
  const write = async (file: string, edit: (text: string) => string) =>
    writeFile(join(folder, file), edit(await readFile(join(folder, file), 'utf8')));
  return { folder, write, restore };
}
