import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, TEAMS_INCIDENTS } from '../support/purser-in-teams.ts';
import { atWork } from './acts.ts';
import {
  announcementOf,
  declare,
  headerOf,
  headerText,
  inc,
  numberIn,
  pagesTo,
  postsOf,
  timelineTexts,
  untilIncident,
  untilSetUp,
} from './incident-acts.ts';

const CATCHES_UP_MS = 180_000;
const IS_DOWN = /Game day: Slack is made to fail until/;

const purser = await atWork(openPurserInTeams());

describe('a game day', { timeout: 400_000 }, () => {
  test('a drill goes on in Teams while Slack fails for it, a real incident notices nothing, and off is off', async () => {
    assert.match(await gameday('slack', 'down', '10m'), /^Slack is down for drills until /);
    const number = numberIn(await inc(purser, 'drill the till is stuck'));
    const real = await untilSetUp(purser, await declare(purser, 'sev2 the shop is closed'));

    assert.doesNotMatch(headerText(purser, real), /Game day/);
    assert.equal(pagesTo(purser, real, 'U0LEE').length, 1);
    await eventually(() => drillInTeams('kim').length === 1, CATCHES_UP_MS);
    await eventually(
      async () =>
        (await timelineTexts(purser, number)).some((text) => /kim.* was paged, but Slack/.test(text)),
      CATCHES_UP_MS,
    );
    const drill = await untilIncident(purser, number, ({ rooms }) => rooms.length === 1, CATCHES_UP_MS);
    await eventually(() => IS_DOWN.test(headerInTeams(drill)), CATCHES_UP_MS);
    assert.deepEqual(postsOf(purser, drill), []);

    assert.match(await gameday('off'), /^Nothing is made to fail/);
    const after = await untilSetUp(purser, number, CATCHES_UP_MS);
    announcementOf(purser, after);
    headerOf(purser, after);
    assert.deepEqual(pagesTo(purser, after, 'U0KIM'), []);
    await eventually(() => headerInTeams(after) !== '' && !IS_DOWN.test(headerInTeams(after)), CATCHES_UP_MS);
    assert.doesNotMatch(headerText(purser, after), /Game day/);
  });

  test('what is made to fail ends by itself', async () => {
    await gameday('teams', '429', '5s');

    const number = numberIn(await inc(purser, 'drill the lights are out'));

    const state = await untilSetUp(purser, number, CATCHES_UP_MS);
    assert.deepEqual(state.rooms.map(({ platform }) => platform).sort(), ['slack', 'teams']);
    assert.match(await gameday(), /^Nothing is made to fail/);
  });

  test('what was done is in the audit log', async () => {
    const rows = await purser.auditRows();
    const done = rows.filter(({ subject }) => subject === 'gameday');

    assert.deepEqual(
      done.map(({ action, actor, detail }) => [action, actor, detail.platform, detail.kind]),
      [
        ['gameday.begin', 'operator', 'slack', 'down'],
        ['gameday.end', 'operator', undefined, undefined],
        ['gameday.begin', 'operator', 'teams', '429'],
      ],
    );
  });

  test('a call that makes no sense is told how it goes', async () => {
    for (const wrong of [['slack', 'down'], ['pager', 'down', '5m'], ['slack', 'down', '2d'], ['on']])
      await assert.rejects(gameday(...wrong), /npm run gameday -- slack down 10m/);
  });
});

async function gameday(...words: string[]): Promise<string> {
  const env = { ...process.env, ...purser.env };
  const { stdout } = await promisify(execFile)(process.execPath, ['src/gameday-cli.ts', ...words], { env });
  return stdout;
}

function drillInTeams(person: keyof typeof PEOPLE) {
  return purser.teams
    .directMessages(PEOPLE[person])
    .filter((message) => JSON.stringify(message).includes('the till is stuck'));
}

/** Its room there is a thread in the channel where incidents are announced. */
function headerInTeams({ rooms }: IncidentState): string {
  const room = rooms.find(({ platform }) => platform === 'teams')?.conversation;
  const place = room?.platform === 'teams' ? room.conversationId : TEAMS_INCIDENTS;
  const cards = purser.teams.messagesIn(place).map(({ card }) => readable(card));
  return cards
    .filter((text) => text.includes('the till is stuck') && text.includes('in the timeline'))
    .join('\n');
}
