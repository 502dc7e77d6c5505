import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Questions } from '../../../src/chat/inspection.ts';
import { inspectSlack } from '../../../src/chat/slack/inspect.ts';
import type { SlackConfig } from '../../../src/config.ts';
import type { Finding } from '../../../src/domain/findings.ts';
import type { AccountRef, ConversationRef } from '../../../src/domain/refs.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack.ts';

const logger = pino({ level: 'silent' });
const INCIDENTS = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0INCIDENTS' } as const;
const KIM = account('U0KIM');
const QUESTIONS: Questions = {
  places: [{ conversation: INCIDENTS, purpose: 'announcements' }],
  accounts: [KIM],
};

test('signed in, with every scope, the channel and the people there: all is well, and nothing was said', async (t) => {
  const slack = await startWorkspace(t);

  const { findings, unreachable } = await inspectSlack(slack.config, QUESTIONS, logger);

  assert.deepEqual(findings, [
    { state: 'good', what: 'signed in to Sample as purser' },
    { state: 'good', what: `the app has all ${slack.workspace.scopes.length} scopes` },
    { state: 'good', what: '#incidents is there for announcements' },
  ]);
  assert.equal(unreachable(KIM), undefined);
  assert.deepEqual(slack.workspace.messages, []);
  assert.deepEqual(slack.problems, []);
});

const broken: { what: string; break(slack: FakeSlack): void; says: RegExp; todo: RegExp }[] = [
  {
    what: 'scopes that were not granted',
    break: ({ workspace }) => {
      workspace.scopes = workspace.scopes.filter((scope) => !/^(pins|bookmarks):write$/.test(scope));
    },
    says: /^the app lacks pins:write, bookmarks:write$/,
    todo: /install the app again/,
  },
  {
    what: 'a channel that is private, and the app not in it',
    break: (slack) =>
      slack.addChannel({ id: 'C0INCIDENTS', name: 'incidents', members: [], isPrivate: true }),
    says: /^C0INCIDENTS, for announcements, cannot be seen \(channel_not_found\)$/,
    todo: /\/invite @purser/,
  },
  {
    what: 'a channel that is archived',
    break: (slack) =>
      slack.addChannel({ id: 'C0INCIDENTS', name: 'incidents', members: [], isArchived: true }),
    says: /^C0INCIDENTS, for announcements, is archived$/,
    todo: /Unarchive it/,
  },
];
for (const { what, break: breakIt, says, todo } of broken) {
  test(`${what}: named alone, with what to do`, async (t) => {
    const slack = await startWorkspace(t);
    breakIt(slack);

    const { findings } = await inspectSlack(slack.config, QUESTIONS, logger);

    const [only, ...others] = findings.filter(isBad);
    assert.match(only?.what ?? '', says);
    assert.match(only?.todo ?? '', todo);
    assert.deepEqual(others, []);
  });
}

test('a channel that is said to be in another workspace is named with the right one', async (t) => {
  const slack = await startWorkspace(t);
  const conversation: ConversationRef = { ...INCIDENTS, teamId: 'T0OTHER' };

  const places = [{ conversation, purpose: 'announcements' }];
  const { findings } = await inspectSlack(slack.config, { places, accounts: [] }, logger);

  const [only] = findings.filter(isBad);
  assert.equal(only?.what, 'C0INCIDENTS, for announcements, is said to be in T0OTHER');
  assert.equal(only?.todo, 'Write teamId: T0SAMPLE, which is Sample.');
});

test('accounts that get no direct messages, or are not ours, are told apart from those that do', async (t) => {
  const slack = await startWorkspace(t);
  slack.addUser({ id: 'U0LEFT', name: 'left', deleted: true });
  slack.addUser({ id: 'U0GUEST', name: 'guest', isRestricted: true });
  const elsewhere: AccountRef = { platform: 'slack', teamId: 'T0OTHER', userId: 'U0KIM' };
  const asked = [KIM, account('U0LEFT'), account('U0GUEST'), account('U0NOBODY'), elsewhere];

  const { unreachable } = await inspectSlack(slack.config, { places: [], accounts: asked }, logger);

  assert.deepEqual(asked.map(unreachable), [
    undefined,
    'their Slack account is deactivated',
    'their Slack account is a guest’s',
    'Slack does not know their account',
    'their Slack account is said to be in another workspace',
  ]);
});

test('a token that Slack does not take, and a Slack that is down, are all there is to say', async (t) => {
  const slack = await startWorkspace(t);
  const stranger: SlackConfig = { ...slack.config, botToken: 'xoxb-somebody-else' };

  const refused = await inspectSlack(stranger, QUESTIONS, logger);
  slack.goDown();
  const down = await inspectSlack(slack.config, QUESTIONS, logger);

  assert.deepEqual(whatOf(refused.findings), ['Slack refuses SLACK_BOT_TOKEN (invalid_auth)']);
  assert.equal(refused.unreachable(KIM), 'Slack does not let Purser in');
  assert.deepEqual(whatOf(down.findings), ['Slack does not answer (auth.test: no answer)']);
});

test('for Socket Mode the app-level token is tried', async (t) => {
  const slack = await startWorkspace(t);
  const stranger: SlackConfig = {
    ...slack.config,
    inbound: { kind: 'socket', appToken: 'xapp-somebody-else' },
  };

  const good = await inspectSlack(slack.socketConfig, QUESTIONS, logger);
  const refused = await inspectSlack(stranger, QUESTIONS, logger);

  assert.deepEqual(good.findings.filter(isBad), []);
  assert.ok(whatOf(good.findings).includes('Socket Mode takes the app-level token'));
  assert.deepEqual(whatOf(refused.findings.filter(isBad)), ['Slack refuses SLACK_APP_TOKEN (invalid_auth)']);
});

async function startWorkspace(t: TestContext): Promise<FakeSlack> {
  const slack = await startFakeSlack();
  t.after(() => slack.close());
  slack.addUser({ id: 'U0KIM', name: 'kim' });
  slack.addChannel({ id: 'C0INCIDENTS', name: 'incidents', members: ['U0PURSER'] });
  return slack;
}

function account(userId: string): AccountRef {
  return { platform: 'slack', teamId: 'T0SAMPLE', userId };
}

function isBad(finding: Finding): finding is Extract<Finding, { state: 'bad' }> {
  return finding.state === 'bad';
}

function whatOf(findings: Finding[]): string[] {
  return findings.map(({ what }) => what);
}
