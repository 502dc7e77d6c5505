import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { localWorkspace } from '../../src/local/slack.ts';

const SECRETS = { botToken: 'xoxb-test', appToken: 'xapp-test', signingSecret: 'test-signing-secret' };

async function sampleWorkspace() {
  const platform = await createPlatformFile('manifests')();
  return localWorkspace(platform, SECRETS, 'http://127.0.0.1:3000/slack/events');
}

describe('localWorkspace', () => {
  it('has the accounts that the sample people are linked by', async () => {
    const { workspace, users } = await sampleWorkspace();

    assert.equal(workspace.teamId, 'T0SAMPLE');
    for (const id of ['U0KIM', 'U0LEE', 'U0NOOR', 'U0RAVI']) assert.ok(users.some((user) => user.id === id));
  });

  it('gives whoever is not linked an account of their own, to ask for a link with', async () => {
    const { users } = await sampleWorkspace();

    const sam = users.find((user) => user.name === 'sam');

    assert.deepEqual(sam, {
      id: 'U0SAM',
      name: 'sam',
      real_name: 'Sam Sample (newcomer)',
      email: 'sam@example.test',
    });
  });

  it('has a channel for everybody and one for incidents, one a team, and the one that approvals are posted to', async () => {
    const { channels } = await sampleWorkspace();

    const members = Object.fromEntries(
      channels.map((channel) => [`${channel.id} ${channel.name}`, channel.members]),
    );
    assert.deepEqual(members, {
      'C0GENERAL general': ['U0KIM', 'U0LEE', 'U0NOOR', 'U0RAVI', 'U0SAM', 'U0PURSER'],
      'C0INCIDENT incidents': ['U0KIM', 'U0LEE', 'U0NOOR', 'U0RAVI', 'U0SAM', 'U0PURSER'],
      'C0SHOP shop': ['U0KIM', 'U0LEE', 'U0SAM', 'U0PURSER'],
      'C0APPROVAL approvals': ['U0LEE', 'U0NOOR', 'U0RAVI', 'U0PURSER'],
    });
  });
});
