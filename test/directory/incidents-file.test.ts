import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createIncidentsFile } from '../../src/directory/incidents-file.ts';
import { ManifestError } from '../../src/directory/manifest-files.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';

test('the shipped file is good, and has a path for everybody who is paged', async (t) => {
  const { read } = await manifests(t);

  const config = await read();

  assert.deepEqual(
    config?.severities.map(({ id }) => id),
    ['sev1', 'sev2', 'sev3', 'sev4'],
  );
  assert.equal(config?.timers.nag, 86_400_000);
});

test('without the file incidents are off, and on with the next question', async (t) => {
  const { folder, read } = await manifests(t);
  await rm(join(folder, 'incidents.yaml'));

  const without = await read();
  await cp('manifests/incidents.yaml', join(folder, 'incidents.yaml'));
  const withIt = await read();

  assert.equal(without, undefined);
  assert.equal(withIt?.kind, 'Incidents');
});

test('a tracker and a place for reviews say what is wrong with them', async (t) => {
  const { folder, read } = await manifests(t);
  const file = join(folder, 'incidents.yaml');
  const given = await readFile(file, 'utf8');
  const withThese = async (tracker: string, path: string) => {
    const access = 'kind: github, secret: github, repository: acme/ops';
    await writeFile(
      file,
      `${given}\ntracker: {${access}${tracker}}\nreviews: {${access}, path: '${path}'}\n`,
    );
    return await read();
  };

  const good = await withThese(', services: {shop: acme/shop}', 'reviews/{date}-{number}.md');

  assert.equal(good?.tracker?.url, 'https://api.github.com');
  for (const [tracker, path, problem] of [
    [
      ', services: {shops: acme/shop}',
      '{number}.md',
      /tracker\.services\.shops: there is no service “shops”/,
    ],
    ['', 'reviews/{date}.md', /reviews\.path: needs \{number\}/],
    ['', '../{number}.md', /reviews\.path: must be a file within the repository/],
    ['', '/{number}.md', /reviews\.path: must be a file within/],
    ['', '{title}-{number}.md', /reviews\.path: must be a file within/],
    [', private: vault', '{number}.md', /tracker\.private: a repository such as acme\/shop/],
  ] as const) {
    await assert.rejects(withThese(tracker, path), (error: Error) => {
      assert.ok(error instanceof ManifestError);
      assert.match(error.message, problem);
      return true;
    });
  }
});

test('an unchanged file is read once', async (t) => {
  const { read } = await manifests(t);

  assert.equal(await read(), await read());
});

for (const [what, from, to, problem] of [
  [
    'a path nobody knows',
    'path: all-hands',
    'path: all-feet',
    /severities\[0\]\.path: there is no path “all-feet”: paths has on-call, all-hands$/,
  ],
  [
    'a default severity nobody knows',
    'severity: sev3 }',
    'severity: sev9 }',
    /defaults\.severity: there is no severity “sev9”: severities has sev1, sev2, sev3, sev4$/,
  ],
  [
    'a team nobody knows',
    'team: shop\n    runbooks',
    'team: shops\n    runbooks',
    /services\[0\]\.team: there is no team “shops”: teams has shop, finops, platform$/,
  ],
  [
    'a schedule nobody knows',
    'schedule: managers',
    'schedule: bosses',
    /paths\[1\]\.levels\[1\]\.notify\[1\]: there is no schedule “bosses”: schedules has shop, managers$/,
  ],
  [
    'a role nobody has',
    'role: admin',
    'role: boss',
    /paths\[0\]\.fallback\[0\]: nobody has the role “boss” in platform\.yaml$/,
  ],
  [
    'a person nobody knows, on call',
    'people: [kim, lee]',
    'people: [kim, pat]',
    /schedules\[0\]\.rotations\[0\]\.people: there is no person “pat” in platform\.yaml$/,
  ],
  [
    'a person nobody knows, instead',
    'person: kim, from',
    'person: pat, from',
    /schedules\[0\]\.overrides\[0\]\.person: there is no person “pat”/,
  ],
  [
    'a volunteer nobody knows',
    'people: [kim, ravi] }\n\n#',
    'people: [pat] }\n\n#',
    /drills\.people: there is no person “pat”/,
  ],
  [
    'a time zone that is none',
    'timeZone: Europe/Berlin',
    'timeZone: Europe/Atlantis',
    /schedules\[0\]\.timeZone: there is no time zone “Europe\/Atlantis”: write one such as/,
  ],
  [
    'a day that is none',
    'starts: 2026-01-05T09:00',
    'starts: 2026-02-30T09:00',
    /schedules\[0\]\.rotations\[0\]\.starts: “2026-02-30T09:00” is no day/,
  ],
  [
    'an override backwards',
    'to: 2026-07-13T09:00',
    'to: 2026-07-01T09:00',
    /schedules\[0\]\.overrides\[0\]: ends before it begins/,
  ],
  [
    'hours that begin at their end',
    "from: '09:00'",
    "from: '24:00'",
    /schedules\[0\]\.rotations\[0\]\.hours\.from: write 00:00/,
  ],
  ['the same id twice', 'id: managers', 'id: shop', /schedules: “shop” is there twice/],
  [
    'a pattern that is none',
    '/warning|error/',
    '/warning|(error/',
    /routes\[2\]\.when\.severity: is no regular expression/,
  ],
  [
    'a pattern that takes forever',
    '/warning|error/',
    '/(w+)+/',
    /routes\[2\]\.when\.severity: repeats a group/,
  ],
  [
    'a service nobody knows',
    "service: '{service}'",
    'service: shoe',
    /routes\[1\]\.service: there is no service “shoe”: services has shop, platform$/,
  ],
  [
    'a severity nobody knows',
    'severity: sev1\n    groupBy',
    'severity: critical\n    groupBy',
    /routes\[1\]\.severity: there is no severity “critical”/,
  ],
  [
    'a room without a number',
    'name: inc-{number}-{title}',
    'name: inc-{title}',
    /rooms\.name: has no \{number\}/,
  ],
  [
    'a severity of stakeholders nobody knows',
    'severities: [sev1]',
    'severities: [sev0]',
    /rooms\.stakeholders\[0\]\.severities: there is no severity “sev0”/,
  ],
  [
    'a pager without a key',
    'webhooks: []',
    "webhooks: [{ id: pd, kind: pagerduty, url: 'https://pd.example.test' }]",
    /webhooks\[0\]\.secret: name the secret/,
  ],
  [
    'a duration that is none',
    'updateEvery: 30m',
    'updateEvery: soon',
    /severities\[0\]\.updateEvery: a duration such as/,
  ],
  ['an unknown field', 'archiveAfter: 14d', 'archiveLater: 14d', /rooms: .*archiveLater/],
  ['broken YAML', 'roles:', 'roles: [', /.* at line \d+/],
] as const) {
  test(`${what} is refused by file and place, and mending it is enough`, async (t) => {
    const { read, edit } = await manifests(t);
    const restore = await edit('incidents.yaml', from, to);

    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof ManifestError);
      assert.match(
        error.problems.join('\n'),
        new RegExp(`^manifests/incidents\\.yaml: (?:.*: )?${problem.source}`, 'm'),
      );
      return true;
    });
    await restore();

    assert.equal((await read())?.kind, 'Incidents');
  });
}

test('when everybody whom a path pages has left, that is seen with the next question', async (t) => {
  const { read, edit } = await manifests(t);
  await edit('incidents.yaml', '[{ team: shop }, { schedule: managers }]', '[{ person: ravi }]');
  await edit('incidents.yaml', 'path: all-hands', 'path: last');
  await edit(
    'incidents.yaml',
    'paths:\n',
    'paths:\n  - id: last\n    levels: [{ notify: [{ person: noor }], wait: 5m }]\n    fallback: [{ person: noor }]\n',
  );
  const before = await read();

  await edit('platform.yaml', 'id: noor', 'id: noor\n    active: false');

  assert.equal(before?.kind, 'Incidents');
  await assert.rejects(read(), /severities\[0\]\.path: nobody whom the path “last” pages is active/);
});

const lint = (folder: string) =>
  promisify(execFile)(process.execPath, ['src/lint-incidents.ts'], {
    env: { PATH: process.env.PATH, PURSER_MANIFESTS: folder },
  });

test('the lint says what is there, and when nobody is on call within a week', async (t) => {
  const { folder, edit } = await manifests(t);

  const good = await lint(folder);
  await edit(
    'incidents.yaml',
    '{ people: [ravi, noor], starts: 2026-01-05T09:00',
    '{ people: [ravi, noor], starts: 2999-01-05T09:00',
  );
  const gap = await lint(folder);

  assert.equal(
    good.stdout,
    'incidents.yaml is good: 4 severities, 2 services, 2 schedules, 2 paths, 4 routes, 0 runbooks\n',
  );
  assert.match(
    gap.stdout,
    /^warning: schedule managers: nobody is on call from \d.* to \d.*\nincidents\.yaml is good/,
  );
});

test('the lint fails with every problem', async (t) => {
  const { folder, edit } = await manifests(t);
  await edit('incidents.yaml', 'path: all-hands', 'path: all-feet');
  await edit('incidents.yaml', 'timeZone: Europe/Berlin', 'timeZone: Nowhere');

  await assert.rejects(lint(folder), ({ code, stdout }: { code: number; stdout: string }) => {
    assert.equal(code, 1);
    assert.match(stdout, /all-feet.*\n.*Nowhere/);
    return true;
  });
});

test('without the file the lint says that incidents are off', async (t) => {
  const { folder } = await manifests(t);
  await rm(join(folder, 'incidents.yaml'));

  const { stdout } = await lint(folder);

  assert.equal(stdout, 'There is no incidents.yaml: incidents are off.\n');
});

async function manifests(t: { after(clean: () => Promise<void>): void }) {
  const parent = await mkdtemp(join(tmpdir(), 'purser-incidents-'));
  t.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'manifests');
  for (const file of ['platform.yaml', 'incidents.yaml']) await cp(`manifests/${file}`, join(folder, file));
  return {
    folder,
    read: createIncidentsFile(folder, createPlatformFile(folder)),
    /** Answers with how to undo it. */
    async edit(file: string, from: string, to: string): Promise<() => Promise<void>> {
      const before = await readFile(join(folder, file), 'utf8');
      const after = before.replace(from, to);
      assert.notEqual(after, before, `there is no ${from}`);
      await writeFile(join(folder, file), after);
      return () => writeFile(join(folder, file), before);
    },
  };
}
