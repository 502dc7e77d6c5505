import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { membershipWorkflowId } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable as readableInSlack } from '../support/fake-slack.ts';
import { readable, type TeamsMessage } from '../support/fake-teams.ts';
import { CHANNEL } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { answered, atWork, create, untilCard } from './acts.ts';

const { lee, ravi } = PEOPLE;
const WAIT_MS = 60_000;

const purser = await atWork(openPurserInTeams());

/** `/team …` in Slack; the private answer. */
async function type(user: string, text: string): Promise<string> {
  const { slack } = purser;
  return readableInSlack(await answered(purser, user, () => slack.command(user, CHANNEL, text, '/team')));
}

function inSlack(channel: string, says: string): Promise<FakeMessage> {
  const { slack } = purser;
  return eventually(
    () => slack.messagesIn(channel).find((message) => readableInSlack(message).includes(says)),
    WAIT_MS,
  );
}

function inTeams(who: string, says: string): Promise<TeamsMessage> {
  const { teams } = purser;
  const messages = () => (who.startsWith('19:') ? teams.messagesIn(who) : teams.directMessages(who));
  return teams.until(() => messages().findLast(({ card }) => readable(card).includes(says)), WAIT_MS);
}

/** The card says so a moment before the next change of the same is taken. */
async function isOver(person: string): Promise<void> {
  await purser.temporal.workflow.getHandle(membershipWorkflowId('shop', person)).result();
}

/** What an environment's card answers to somebody who presses Reveal. */
async function reveal(user: string, card: FakeMessage): Promise<string> {
  const { slack } = purser;
  slack.workspace.modals.delete(user);
  const before = slack.privateTo(user).length;
  await slack.click(user, card, 'environment.reveal');
  return await eventually(() => {
    const refused = slack.privateTo(user)[before];
    const shown = slack.modalOf(user);
    return refused === undefined ? shown && readableInSlack(shown.view) : readableInSlack(refused);
  });
}

describe('who is in a team', () => {
  test('counts at once: whoever is put in sees credentials of its environments, until they are taken out', async () => {
    const name = purser.newName();
    await create(purser, `dev ${name}`);
    const card = await untilCard(purser, name, 'is ready');

    const before = await reveal('U0NOOR', card);
    const adding = await type('U0LEE', 'add shop <@U0NOOR|noor>');
    await inSlack(CHANNEL, 'is in team Shop now');
    const within = await reveal('U0NOOR', card);
    await isOver('noor');
    const removing = await type('U0LEE', 'remove shop noor');
    await inSlack(CHANNEL, 'is in team Shop no more');
    const after = await reveal('U0NOOR', card);

    assert.match(before, /You may not reveal/);
    assert.match(adding, /Putting Noor Sample .* into team Shop/);
    assert.match(within, /DATABASE_URL/);
    assert.match(removing, /Taking Noor Sample .* out of team Shop/);
    assert.match(after, /You may not reveal/);
    await inSlack('D0U0NOOR', 'put you into team Shop');
    await inSlack('D0U0NOOR', 'took you out of team Shop');
  });

  test('whom platform.yaml puts into it can be taken out, and put in again', async () => {
    await type('U0LEE', 'remove shop kim');
    await inSlack(CHANNEL, 'Kim Sample (developer) is in team Shop no more');
    const out = await type('U0NOOR', 'show shop');
    await isOver('kim');
    await type('U0LEE', 'add shop kim');
    await inSlack(CHANNEL, 'Kim Sample (developer) is in team Shop now');
    const back = await type('U0NOOR', 'show shop');

    assert.doesNotMatch(out, /Kim Sample/);
    assert.match(back, /Kim Sample/);
  });

  test('asked for in Slack, approved in Teams: both say so, and it is audited', async () => {
    const { teams } = purser;
    const asked = await type('U0KIM', 'lead shop sam');
    const card = await inTeams(lee, 'Make Sam Sample (newcomer) lead team Shop');
    await teams.click(lee, card, 'Approve');

    await inSlack(CHANNEL, 'Sam Sample (newcomer) leads team Shop now');
    await inTeams(lee, 'Approved by Lee Sample');
    assert.match(asked, /Who can approve it: Lee Sample/);
    await isOver('sam');
    const id = membershipWorkflowId('shop', 'sam');
    const rows = (await purser.auditRows()).filter(({ subject }) => subject === id);
    assert.deepEqual(
      rows.map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`),
      [
        'team.approve lee allowed',
        'team.lead lee allowed',
        'system.give lee intended',
        'team.end purser done',
      ],
    );
  });

  test('asked for in Teams: a new team is there once an administrator agrees', async () => {
    const { teams } = purser;
    await teams.command(PEOPLE.kim, TEAMS_CHANNEL, 'create search Search *and* ranking', 'team');
    const card = await inTeams(ravi, 'Make team Search *and* ranking');
    await teams.click(ravi, card, 'Approve');

    await inTeams(TEAMS_CHANNEL, 'There is a new team Search *and* ranking');
    assert.match(await type('U0NOOR', 'show search'), /team-search.*Kim Sample \(developer\), lead/s);
  });
});
