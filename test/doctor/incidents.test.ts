import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIncidentsFile } from '../../src/directory/incidents-file.ts';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { checkOutside, checkPaging } from '../../src/doctor/incidents.ts';
import type { Finding } from '../../src/domain/findings.ts';
import type { IncidentConfig } from '../../src/domain/incident-config.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { AccountRef } from '../../src/domain/refs.ts';
import { freePort } from '../../src/local/ports.ts';

/** A Wednesday, at work: it is Kim's or Lee's turn. */
const NOW = new Date('2026-03-11T10:00:00Z');
const noSecrets = () => undefined;

test('with somebody on call everywhere, whose accounts work, all is well', async () => {
  const findings = checkPaging(await scene());

  assert.deepEqual(bad(findings), []);
  assert.ok(findings.length >= 5);
});

test('a schedule that has nobody for now is named, and so is where to see its other gaps', async () => {
  const { config, ...rest } = await scene();
  const [shop] = config.schedules;
  assert.ok(shop);
  shop.rotations = shop.rotations.map((rotation) => ({ ...rotation, starts: '2026-06-01T09:00' }));

  const [only, ...others] = bad(checkPaging({ config, ...rest }));

  assert.equal(only?.what, 'nobody is on call now in “Shop on call”');
  assert.match(only?.todo ?? '', /npm run lint:incidents/);
  assert.deepEqual(others, []);
});

test('one account that works is enough; without any, the person is named with every reason', async () => {
  const kims = (account: AccountRef) => 'userId' in account && account.userId === 'U0KIM';
  const inSlackOnly = await scene((account) =>
    account.platform === 'teams' ? 'Teams is off' : kims(account) ? 'Slack does not know them' : undefined,
  );

  const [only, ...others] = bad(checkPaging(inSlackOnly));

  assert.equal(only?.what, 'no page gets to Kim Sample (developer): Slack does not know them; Teams is off');
  assert.deepEqual(others, []);
});

test('whoever is paged by name needs an account, and has to be here still', async () => {
  const { config, directory, ...rest } = await scene();
  config.drills.people = ['sam'];
  const people = directory.people.map((person) =>
    person.id === 'noor' ? { ...person, active: false } : person,
  );

  const said = bad(checkPaging({ config, directory: { ...directory, people }, ...rest })).map(
    ({ what }) => what,
  );

  assert.deepEqual(said.sort(), [
    'no page gets to Noor Sample (FinOps): they have left',
    'no page gets to Sam Sample (newcomer): no chat account is linked to them',
  ]);
});

test('a path all of whose people are out of reach reaches nobody', async () => {
  const { config, ...rest } = await scene((account) => {
    const isRavi = 'userId' in account && account.userId === 'U0RAVI';
    return isRavi || account.platform === 'teams' ? 'it does not work' : undefined;
  });
  const [path] = config.paths;
  assert.ok(path);
  path.levels = [{ notify: [{ person: 'ravi' }], wait: 1 }];

  const said = bad(checkPaging({ config, ...rest })).map(({ what }) => what);

  assert.deepEqual(said, [
    'the path “on-call” reaches nobody now',
    'no page gets to Ravi Sample (administrator): it does not work',
  ]);
});

test('a webhook whose secret is missing names the variable, never another’s value', async () => {
  const { config } = await scene();
  const webhook = { kind: 'generic', url: 'https://status.example.test', severities: [] } as const;
  config.webhooks = [
    { ...webhook, severities: [], id: 'status', secret: 'status-page' },
    { ...webhook, severities: [], id: 'open' },
  ];

  const said = bad(await checkOutside(config, noSecrets));

  assert.deepEqual(said, [
    {
      state: 'bad',
      what: 'the secret of the webhook “status” is missing',
      todo: 'Set PURSER_SECRET_STATUS_PAGE.',
    },
  ]);
});

test('an Alertmanager that does not answer silences nothing', async () => {
  const { config } = await scene();
  config.alertmanager = { url: `http://127.0.0.1:${await freePort()}`, silenceFor: 1 };

  const [only] = bad(await checkOutside(config, noSecrets));

  assert.match(only?.what ?? '', /^silences do not work: Alertmanager does not answer \(ECONNREFUSED\)$/);
});

/** The samples, and what chat says of accounts: nothing against any. */
async function scene(unreachable: (account: AccountRef) => string | undefined = () => undefined) {
  const platform = createPlatformFile('manifests');
  const config = await createIncidentsFile('manifests', platform)();
  assert.ok(config);
  const { people, teams }: DirectorySnapshot = await platform();
  const own: IncidentConfig = structuredClone(config);
  return { config: own, directory: { people, teams }, now: NOW, unreachable };
}

function bad(findings: Finding[]): Extract<Finding, { state: 'bad' }>[] {
  return findings.flatMap((finding) => (finding.state === 'bad' ? [finding] : []));
}
