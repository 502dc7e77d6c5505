import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buttonsOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, TEAMS_APPROVALS } from '../support/purser-in-teams.ts';
import { atWork } from './acts.ts';

const { kim, lee, ravi } = PEOPLE;
const WAIT_MS = 40_000;

const purser = await atWork(openPurserInTeams());
const { teams } = purser;

/** The newest message there that says the text. */
function shown(place: string, says: RegExp): Promise<TeamsMessage> {
  const messages = () => (place.startsWith('19:') ? teams.messagesIn(place) : teams.directMessages(place));
  return teams.until(() => messages().findLast(({ card }) => says.test(readable(card))), WAIT_MS);
}

test('somebody leaves, asked for and approved in Teams, with the certificate on cards', async () => {
  await teams.command(lee, 'me', 'offboard kim', 'user');
  const preview = await shown(lee, /What Kim Sample \(developer\) \(kim\) would lose/);
  await teams.click(lee, preview, 'Offboard…');
  const dialog = await teams.until(() => teams.dialogOf(lee), WAIT_MS);
  await teams.submit(lee, { why: 'Goes to another company' });
  const approval = await shown(ravi, /Please decide: Kim Sample/);
  await teams.click(ravi, approval, 'Approve');
  const card = await shown(lee, /\(kim\) leaves\n+Everything that can be taken is gone/);
  await shown(lee, /purser: login.*disabled/);
  await teams.command(kim, 'me', 'list');

  assert.match(JSON.stringify(dialog), /Day and time in/);
  assert.ok(buttonsOf(card.card).some(({ title }) => title === 'Certificate'));
  await shown(kim, /no longer here/);
  const copy = await shown(TEAMS_APPROVALS, /Approved by Ravi Sample/);
  assert.deepEqual(buttonsOf(copy.card), []);
});
