import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeUser, readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';

const purser = await atWork(openPurser());

function type(user: FakeUser['id'], command: '/user' | '/team', text: string): Promise<string> {
  const { slack } = purser;
  return answered(purser, user, () => slack.command(user, CHANNEL, text, command)).then(readable);
}

test('somebody sees what they have in every system, and others see who they are', async () => {
  const own = await eventually(async () => {
    const said = await type('U0KIM', '/user', 'show');
    return /cluster: nothing/.test(said) ? said : undefined;
  });
  const stranger = await type('U0NOOR', '/user', 'show <@U0KIM|kim>');
  const team = await type('U0NOOR', '/team', 'show shop');

  assert.match(own, /purser: may log in, team\/shop, role\/developer/);
  assert.match(own, /Manager.*U0LEE/);
  assert.match(stranger, /In team Shop/);
  assert.doesNotMatch(stranger, /cluster|role\/developer/);
  assert.match(team, /Lee Sample \(team lead\), lead/);
});
