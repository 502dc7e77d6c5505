import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable as readableInSlack } from '../support/fake-slack.ts';
import { buttonsOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import { CHANNEL } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { acknowledged, actionsOf, answered, atWork } from './acts.ts';

const { lee, noor } = PEOPLE;
const WAIT_MS = 60_000;
const TITLE = 'Administer Purser';
const WHY = 'restore the links of everybody who changed phones';

const purser = await atWork(openPurserInTeams());
const { slack, teams } = purser;

/** The newest message of a place in Teams that says all of it. */
function inTeams(place: string, ...texts: string[]): Promise<TeamsMessage> {
  const messages = () => (place.startsWith('19:') ? teams.messagesIn(place) : teams.directMessages(place));
  return teams.until(
    () => messages().findLast(({ card }) => texts.every((text) => readable(card).includes(text))),
    WAIT_MS,
  );
}

/** The same in Slack, wherever it is. */
function inSlack(messages: () => FakeMessage[], ...texts: string[]): Promise<FakeMessage> {
  return slack.until(
    () => messages().findLast((message) => texts.every((text) => readableInSlack(message).includes(text))),
    WAIT_MS,
  );
}

const inChannel = () => slack.messagesIn(CHANNEL);
const toRavi = () => slack.directMessages('U0RAVI');

async function say(user: string, command: string, text: string): Promise<string> {
  return readableInSlack(await answered(purser, user, () => slack.command(user, CHANNEL, text, command)));
}

describe('access for a while, in Slack and in Teams at once', () => {
  test('asked for in Slack, approved in Teams and then in Slack, given, and given back', async () => {
    const said = await say('U0KIM', '/access', `request purser-admin for=1h ${WHY}`);
    const first = await inTeams(lee, 'Please decide', TITLE, WHY);
    await teams.click(lee, first, 'Approve');
    const second = await inSlack(toRavi, 'Please decide', TITLE);
    await acknowledged(() => slack.click('U0RAVI', second, 'access.approve'));
    const card = await inSlack(inChannel, `${TITLE} is given`, 'Ends');
    const has = await eventually(async () => {
      const shown = await say('U0KIM', '/user', 'show');
      return shown.includes('role/admin') && shown;
    }, WAIT_MS);
    const question = await answered(purser, 'U0KIM', () => slack.click('U0KIM', card, 'access.end'));
    const asked = readableInSlack(question);
    await acknowledged(() => slack.click('U0KIM', question, 'access.end-confirmed'));
    const over = await inSlack(inChannel, `${TITLE} was given back`);
    const after = await say('U0KIM', '/user', 'show');

    assert.match(said, /Asked for “Administer Purser”/);
    assert.match(readableInSlack(card), /purser: role\/admin/);
    assert.match(has, /Administer Purser \([0-9a-f]{10}\)/);
    assert.match(asked, /End “Administer Purser” of Kim Sample \(developer\) now\?/);
    assert.deepEqual(actionsOf(over), []);
    assert.equal(over.ts, card.ts);
    assert.doesNotMatch(after, /role\/admin/);
    for (const copy of toRavi().filter((message) => readableInSlack(message).includes(TITLE))) {
      await eventually(() => actionsOf(copy).length === 0, WAIT_MS);
    }
    await eventually(() => buttonsOf(first.card).length === 0, WAIT_MS);
  });

  test('asked for in Teams with the form, denied in Slack, and whoever comes later reads by whom', async () => {
    await teams.command(noor, TEAMS_CHANNEL, 'request purser-admin', 'access');
    const launcher = await inTeams(TEAMS_CHANNEL, 'Request access');
    await teams.click(noor, launcher, 'Fill in the form…');
    const form = await teams.until(() => teams.dialogOf(noor));
    assert.match(
      readable(form.card),
      /One of the leads of team Shop or the leads of team FinOps: Lee Sample/,
    );
    await teams.submit(noor, { reason: WHY });
    await inTeams(TEAMS_CHANNEL, `${TITLE} waits for approval`);
    const card = await inSlack(() => slack.directMessages('U0LEE'), 'Please decide', `${TITLE} for Noor`);
    await acknowledged(() => slack.click('U0LEE', card, 'access.deny'));
    await slack.until(() => slack.modalOf('U0LEE'));
    await slack.submitView('U0LEE', { reason: 'Ask Ravi to do it.' });

    const denied = await inTeams(TEAMS_CHANNEL, `${TITLE} was denied`, 'Ask Ravi to do it.');
    const late = await inTeams(lee, 'Denied', `${TITLE} for Noor`);

    assert.deepEqual(buttonsOf(denied.card), []);
    assert.deepEqual(buttonsOf(late.card), []);
    assert.doesNotMatch(await say('U0NOOR', '/user', 'show'), /role\/admin/);
  });

  test('of two who decide at the same moment one does, and the other reads by whom it was decided', async () => {
    await say('U0KIM', '/access', `request purser-admin for=30m ${WHY}`);
    const toNoor = await inSlack(() => slack.directMessages('U0NOOR'), 'Please decide', `${TITLE} for Kim`);
    const toLee = await inTeams(lee, 'Please decide', `${TITLE} for Kim`);
    await acknowledged(() => slack.click('U0NOOR', toNoor, 'access.deny'));
    await slack.until(() => slack.modalOf('U0NOOR'));
    const [readBefore, spokenBefore] = [slack.privateTo('U0NOOR').length, teams.spokenTo(lee).length];

    await Promise.all([
      slack.submitView('U0NOOR', { reason: 'Not today, please.' }),
      teams.click(lee, toLee, 'Approve'),
    ]);
    const leeIsTold = () =>
      [
        ...teams.spokenTo(lee).slice(spokenBefore),
        ...teams.directMessages(lee).map(({ card }) => readable(card)),
      ].find((text) => /approval is recorded|was already denied/.test(text));
    const [noorReads, leeReads] = await Promise.all([
      slack.until(() => slack.privateTo('U0NOOR')[readBefore]).then(readableInSlack),
      teams.until(leeIsTold, WAIT_MS),
    ]);

    const denied = /Your denial is recorded/.test(noorReads);
    if (denied) assert.match(leeReads, /was already denied by Noor Sample/);
    else assert.match(noorReads, /was already approved by Lee Sample/);
    assert.equal(/Your approval is recorded/.test(leeReads), !denied);
    await inSlack(inChannel, denied ? `${TITLE} was denied` : 'Waiting for <@U0RAVI>');
  });

  test('more time is approved like the first, and prolongs nothing until then', async () => {
    await say('U0NOOR', '/access', `request purser-admin for=1h ${WHY}`);
    const [first, second] = [
      /Please decide: Administer Purser for Noor/,
      /Please decide: 30 minutes more of/,
    ];
    const approve = async (what: RegExp) => {
      for (const user of ['U0LEE', 'U0RAVI'] as const) {
        const asked = () =>
          slack.directMessages(user).findLast((message) => what.test(readableInSlack(message)));
        const card = await slack.until(asked, WAIT_MS);
        await acknowledged(() => slack.click(user, card, 'access.approve'));
      }
    };
    await approve(first);
    const card = await inSlack(inChannel, `${TITLE} is given`, '<@U0NOOR>');
    const id = /ID ([0-9a-f]{10})/.exec(readableInSlack(card))?.[1];
    const until = endOf(card);

    const said = await say('U0NOOR', '/access', `extend ${id} 30m there are more of them than we thought`);
    const waiting = await inSlack(inChannel, `ID ${id}`, 'prolongs nothing until then');
    const before = endOf(waiting);
    await approve(second);
    const extended = await inSlack(inChannel, `ID ${id}`, '✅ approved', '1 hour 30 minutes');

    assert.match(said, /Asked for 30 minutes more of “Administer Purser”/);
    assert.equal(before, until);
    assert.equal(endOf(extended), until + 30 * 60);
  });
});

/** In seconds, as Slack draws it. */
function endOf(card: FakeMessage): number {
  return Number(/Ends <!date\^(\d+)\^/.exec(readableInSlack(card))?.[1]);
}
