import assert from 'node:assert/strict';
import test from 'node:test';
import type { WebClient } from '@slack/web-api';
import pino from 'pino';
import { createActors, standingOf } from '../../../src/chat/slack/actors.ts';
import type { Standing } from '../../../src/domain/requests.ts';
import { startHarness } from './harness.ts';

const home = { teamId: 'T0SAMPLE', enterpriseId: 'E0SAMPLE', botId: 'B0PURSER' };
const id = 'U0SOMEONE';
const member = { id, team_id: 'T0SAMPLE' };

const SHAPES: [string, Parameters<typeof standingOf>[0], Standing][] = [
  ['a member', member, 'member'],
  ['a guest of several channels', { ...member, is_restricted: true }, 'guest'],
  ['a guest of one channel', { ...member, is_restricted: true, is_ultra_restricted: true }, 'guest'],
  ['somebody who has been invited', { ...member, is_invited_user: true }, 'guest'],
  ['a stranger of a shared channel', { ...member, is_stranger: true }, 'stranger'],
  ['a member of another workspace', { id, team_id: 'T0OTHER' }, 'stranger'],
  ['a bot', { ...member, is_bot: true }, 'bot'],
  ['Slackbot', { ...member, id: 'USLACKBOT' }, 'bot'],
  ['a workflow step', { ...member, is_workflow_bot: true }, 'bot'],
  ['somebody deactivated', { ...member, deleted: true, is_restricted: true }, 'deactivated'],
  [
    'a member of the organisation, in this workspace',
    { id, team_id: 'E0SAMPLE', enterprise_user: { enterprise_id: 'E0SAMPLE', teams: ['T0SAMPLE'] } },
    'member',
  ],
  [
    'a member of the organisation, elsewhere',
    { id, team_id: 'T0OTHER', enterprise_user: { enterprise_id: 'E0SAMPLE', teams: ['T0OTHER'] } },
    'stranger',
  ],
  [
    'a member of another organisation that names this workspace',
    { id, team_id: 'T0OTHER', enterprise_user: { enterprise_id: 'E0OTHER', teams: ['T0SAMPLE'] } },
    'stranger',
  ],
  ['somebody of no workspace at all', { id }, 'unverified'],
];

for (const [who, user, standing] of SHAPES) {
  test(`${who}: ${standing}`, () => {
    assert.equal(standingOf(user, home), standing);
  });
}

test('times of day that somebody types are on the clock that Slack shows them', async () => {
  const info = async () => ({ ok: true, user: { ...member, name: 'kim', tz: 'Europe/Amsterdam' } });
  const client = { users: { info } } as unknown as WebClient;
  const actors = createActors({ client, workspace: async () => home, logger: pino({ level: 'silent' }) });

  assert.equal((await actors.resolve({ id, teamId: 'T0SAMPLE' })).timeZone, 'Europe/Amsterdam');
});

test('a workspace without an organisation has nobody in it by organisation', () => {
  const user = { id, team_id: 'T0OTHER', enterprise_user: { teams: ['T0SAMPLE'] } };

  assert.equal(standingOf(user, { teamId: 'T0SAMPLE' }), 'stranger');
});

test('Slack not answering is a refusal, and is asked again the next time', async (t) => {
  const { slack, requests } = await startHarness(t);
  slack.fail('users.info', { kind: 'rate-limited', retryAfter: 30 });

  await slack.command('U0KIM', 'C0GENERAL', 'list');
  await slack.command('U0KIM', 'C0GENERAL', 'list');
  await slack.command('U0KIM', 'C0GENERAL', 'list');

  assert.deepEqual(
    requests.map(({ actor }) => actor.standing),
    ['unverified', 'member', 'member'],
  );
  assert.equal(slack.callsOf('users.info').length, 2);
});

test('a user that Slack does not know here is a stranger of their own workspace', async (t) => {
  const { slack, requests } = await startHarness(t);
  slack.fail('users.info', { kind: 'error', error: 'user_not_visible' });
  slack.addUser({ id: 'U0FAR', name: 'far', teamId: 'T0OTHER' });

  await slack.command('U0FAR', 'C0GENERAL', 'list');

  assert.deepEqual(requests[0]?.actor, {
    account: { platform: 'slack', teamId: 'T0OTHER', userId: 'U0FAR' },
    standing: 'stranger',
    displayName: 'U0FAR',
  });
});

test('an e-mail that was never confirmed suggests nothing', async (t) => {
  const { slack, requests } = await startHarness(t);
  slack.addUser({ id: 'U0NEW', name: 'new', email: 'boss@example.test', isEmailConfirmed: false });

  await slack.command('U0NEW', 'C0GENERAL', 'list');

  assert.equal(requests[0]?.actor.profileEmail, undefined);
});
