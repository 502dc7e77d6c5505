import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { openListener } from '../outside/listener.ts';
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

const outside = await openListener();
const purser = await atWork(
  openPurserInTeams({
    incidents(config) {
      config.webhooks = [{ id: 'pager', kind: 'generic', url: outside.url, severities: [] }];
    },
  }),
);
after(() => outside.close());

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

  test('a pager that is down for drills is on the card of a drill until it is up, and is never told of one', async () => {
    assert.match(await gameday('webhooks', 'down', '10m'), /^Webhooks are down for drills until /);
    const number = numberIn(await inc(purser, 'drill the pager is mute'));
    const real = await untilSetUp(purser, await declare(purser, 'sev2 the pager is heard'));
    const drill = await untilIncident(
      purser,
      number,
      ({ webhooks }) => webhooks.some(({ ok }) => !ok),
      CATCHES_UP_MS,
    );
    await eventually(
      () =>
        /Webhook pager: It is made to fail for a game day\. It is tried again/.test(
          headerText(purser, drill),
        ),
      CATCHES_UP_MS,
    );
    assert.match(headerText(purser, drill), /Game day: webhooks are made to fail until/);

    await gameday('off');
    const after = await untilSetUp(purser, number, CATCHES_UP_MS);
    assert.deepEqual(
      after.webhooks.map(({ id, ok, note }) => ({ id, ok, note })),
      [{ id: 'pager', ok: true, note: 'a drill, so nothing was sent' }],
    );
    const told = outside.heard.map(({ headers }) => `${headers['idempotency-key']}`);
    assert.ok(told.some((key) => key.startsWith(real.requestId)));
    assert.ok(!told.some((key) => key.startsWith(after.requestId)));
  });

  test('what was done is in the audit log', async () => {
    const rows = await purser.auditRows();
    const done = rows.filter(({ subject }) => subject === 'gameday');

    assert.deepEqual(
      done.map(({ action, actor, detail }) => [action, actor, detail.target, detail.kind]),
      [
        ['gameday.begin', 'operator', 'slack', 'down'],
        ['gameday.end', 'operator', undefined, undefined],
        ['gameday.begin', 'operator', 'teams', '429'],
        ['gameday.begin', 'operator', 'webhooks', 'down'],
        ['gameday.end', 'operator', undefined, undefined],
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
