import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { LINK_WATCH_ID } from '../../src/domain/ids.ts';
import { lookNowSignal } from '../../workflows/users/messages.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeUser, readable } from '../support/fake-slack.ts';
import { readable as readableInTeams, type TeamsMessage } from '../support/fake-teams.ts';
import { CHANNEL } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE } from '../support/purser-in-teams.ts';
import { answered, atWork } from './acts.ts';

const { ravi, sam } = PEOPLE;

/** So short that whoever is linked can ask to keep it at once. */
const purser = await atWork(openPurserInTeams({ manifests: (directory) => linksLast(directory, '5d') }));

async function linksLast(directory: string, duration: string): Promise<void> {
  const file = join(directory, 'policies', 'limits.yaml');
  const limits = await readFile(file, 'utf8');
  await writeFile(file, limits.replace(/linksLast: \S+/, `linksLast: ${duration}`));
}

function type(user: FakeUser['id'], command: '/user' | '/team', text: string): Promise<string> {
  const { slack } = purser;
  return answered(purser, user, () => slack.command(user, CHANNEL, text, command)).then(readable);
}

/** The newest message in somebody's personal chat in Teams that says so. */
function inTeams(person: string, says: RegExp): Promise<TeamsMessage> {
  const { teams } = purser;
  return teams.until(
    () => teams.directMessages(person).findLast(({ card }) => says.test(readableInTeams(card))),
    60_000,
  );
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

test('an account in Teams is linked, kept when that is about to end, and unlinked by somebody else', async () => {
  const { teams } = purser;
  await teams.command(sam, 'me', 'list');
  await teams.click(sam, await inTeams(sam, /not linked to anybody/), 'link.request');
  await teams.click(ravi, await inTeams(ravi, /Link a chat account/), 'link.decide');
  await teams.submit(ravi, { person: 'sam' });
  await inTeams(sam, /is linked/);

  await purser.temporal.workflow.getHandle(LINK_WATCH_ID).signal(lookNowSignal);
  await teams.click(sam, await inTeams(sam, /is linked to you until/), 'link.request');
  const card = await inTeams(ravi, /Keep a chat account linked.*Linked so far/s);
  await teams.click(ravi, card, 'link.decide');
  await teams.submit(ravi, { person: 'sam' });
  await inTeams(sam, /stays linked to you/);

  await teams.command(ravi, 'me', 'unlink sam', 'user');
  await teams.click(ravi, await inTeams(ravi, /Which account is Sam Sample/), 'link.end');

  await inTeams(sam, /Ravi Sample .* unlinked the chat account teams:.* from you/);
  await teams.command(sam, 'me', 'list');
  const prompts = () =>
    teams.directMessages(sam).filter(({ card }) => /not linked to anybody/.test(readableInTeams(card)));
  await teams.until(() => prompts().length === 2, 60_000);
});
