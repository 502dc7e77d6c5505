import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Questions } from '../../../src/chat/inspection.ts';
import { inspectTeams } from '../../../src/chat/teams/inspect.ts';
import type { Finding } from '../../../src/domain/findings.ts';
import type { AccountRef } from '../../../src/domain/refs.ts';
import { type FakeTeams, startFakeTeams } from '../../support/fake-teams.ts';

const KIM = '00000000-0000-4000-8000-00000000a001';
const LEE = '00000000-0000-4000-8000-00000000a002';
const CHANNEL = '19:incidents@thread.tacv2';
const GROUP = '00000000-0000-4000-8000-00000000b001';

test('signed in, with permissions, the channel and the people there: all is well, and nothing was said', async (t) => {
  const teams = await startTeams(t);

  const { findings, unreachable } = await inspectTeams(teams.config, questions(teams));

  assert.deepEqual(findings, [
    { state: 'good', what: 'signed in with TEAMS_APP_ID' },
    { state: 'good', what: 'Graph grants what channels for incidents take' },
    { state: 'good', what: `the app is in ${CHANNEL}, for announcements` },
  ]);
  assert.equal(unreachable(account(teams, KIM)), undefined);
  assert.deepEqual(teams.world.messages, []);
  assert.deepEqual(teams.problems, []);
});

test('without a team rooms are threads, whatever Graph permits', async (t) => {
  const teams = await startTeams(t);
  teams.world.permissions = [];

  const { findings } = await inspectTeams(teams.config, { ...questions(teams), teamsGroup: undefined });

  assert.deepEqual(
    findings.map(({ state }) => state),
    ['good', 'off', 'good'],
  );
});

const broken: { what: string; break(teams: FakeTeams): void; says: RegExp; todo: RegExp }[] = [
  {
    what: 'a permission of Graph that was not granted',
    break: ({ world }) => {
      world.permissions = ['Channel.Create', 'ChannelSettings.ReadWrite.All'];
    },
    says: /^Graph does not grant the app ChannelMember\.ReadWrite\.All$/,
    todo: /grant consent/,
  },
  {
    what: 'a group without a team',
    break: ({ world }) => void world.teams.delete(GROUP),
    says: /^the team of rooms\.teamsGroup cannot be seen \(graph GET: HTTP 404 NotFound\)$/,
    todo: /object id/,
  },
  {
    what: 'a channel in whose team the app is not',
    break: (teams) => teams.addChannel({ id: CHANNEL, name: 'incidents', members: [KIM], app: false }),
    says: /^19:incidents@thread\.tacv2, for announcements, cannot be reached \(members: HTTP 403 /,
    todo: /Add the app to that team/,
  },
  {
    what: 'a channel that is not there',
    break: ({ world }) => void world.channels.delete(CHANNEL),
    says: /for announcements, cannot be reached \(members: HTTP 404 ConversationNotFound\)$/,
    todo: /compare conversationId/,
  },
];
for (const { what, break: breakIt, says, todo } of broken) {
  test(`${what}: named alone, with what to do`, async (t) => {
    const teams = await startTeams(t);
    breakIt(teams);

    const { findings } = await inspectTeams(teams.config, questions(teams));

    const [only, ...others] = findings.filter(isBad);
    assert.match(only?.what ?? '', says);
    assert.match(only?.todo ?? '', todo);
    assert.deepEqual(others, []);
  });
}

test('a channel and an account of a tenant that is not listened to are no use', async (t) => {
  const teams = await startTeams(t);
  const tenantId = '00000000-0000-4000-8000-00000000c001';
  const { places, ...rest } = questions(teams);
  const [first] = places;
  assert.equal(first?.conversation.platform, 'teams');
  const stranger: AccountRef = { platform: 'teams', tenantId, aadObjectId: KIM };

  const { findings, unreachable } = await inspectTeams(teams.config, {
    ...rest,
    places: [{ ...first, conversation: { ...first.conversation, tenantId } }],
    accounts: [stranger],
  });

  assert.match(findings.find(isBad)?.what ?? '', /is in a tenant that TEAMS_TENANT_IDS does not name$/);
  assert.equal(unreachable(stranger), 'their Teams account is in a tenant that is not listened to');
});

test('whom the app is not installed for gets no direct message', async (t) => {
  const teams = await startTeams(t);
  teams.addUser({ aadObjectId: LEE, name: 'Lee', installed: false });
  const lee = account(teams, LEE);

  const { unreachable } = await inspectTeams(teams.config, { places: [], accounts: [lee] });

  assert.equal(unreachable(lee), 'the Teams app is not installed for them');
});

test('an expired password, and a Microsoft that is down, are all there is to say', async (t) => {
  const teams = await startTeams(t);
  const app = { ...teams.config.app, password: 'it-was-another-one-until-today' };

  const refused = await inspectTeams({ ...teams.config, app }, questions(teams));
  teams.goDown();
  const down = await inspectTeams(teams.config, questions(teams));

  const said = ({ findings }: { findings: Finding[] }) => findings.map(({ what }) => what);
  assert.deepEqual(said(refused), [
    'Microsoft refuses TEAMS_APP_ID with TEAMS_APP_PASSWORD (token: HTTP 401 invalid_client)',
  ]);
  assert.equal(refused.unreachable(account(teams, KIM)), 'Microsoft does not let Purser in');
  assert.deepEqual(said(down), ['Microsoft does not answer (token: no answer)']);
});

async function startTeams(t: TestContext): Promise<FakeTeams> {
  const teams = await startFakeTeams();
  t.after(() => teams.close());
  teams.addUser({ aadObjectId: KIM, name: 'Kim' });
  teams.addChannel({ id: CHANNEL, name: 'incidents', members: [KIM] });
  teams.addTeam(GROUP, { members: [KIM] });
  return teams;
}

function questions({ config }: FakeTeams): Questions {
  const [tenantId = ''] = config.tenantIds;
  const conversation = {
    platform: 'teams',
    tenantId,
    conversationId: CHANNEL,
    serviceUrl: config.apiUrl,
  } as const;
  return {
    places: [{ conversation, purpose: 'announcements' }],
    accounts: [{ platform: 'teams', tenantId, aadObjectId: KIM }],
    teamsGroup: GROUP,
  };
}

function account({ config }: FakeTeams, aadObjectId: string): AccountRef {
  return { platform: 'teams', tenantId: config.tenantIds[0] ?? '', aadObjectId };
}

function isBad(finding: Finding): finding is Extract<Finding, { state: 'bad' }> {
  return finding.state === 'bad';
}
