import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { eventually } from '../support/eventually.ts';
import { readable, type TeamsMessage } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, TEAMS_INCIDENTS } from '../support/purser-in-teams.ts';
import { answered, atWork } from './acts.ts';
import {
  alert,
  announcementOf,
  declare,
  headerOf,
  inc,
  pagesTo,
  postsOf,
  press,
  roomOf,
  toldIn,
  untilIncident,
  untilSetUp,
  untilShown,
} from './incident-acts.ts';

const { kim, lee, noor } = PEOPLE;
const WAIT_MS = 60_000;

const purser = await atWork(openPurserInTeams());

describe('one incident in Slack and in Teams at once', { timeout: 600_000 }, () => {
  test('declared in Slack, joined from Teams: both headers are live, and both rooms hear everything', async () => {
    const { teams } = purser;
    const state = await untilSetUp(purser, await declare(purser, 'sev2 both sides of it'));
    const { number } = state;
    const thread = placeInTeams(state);
    const header = await inThread(state, `#${number}`);

    await teams.command(lee, thread, 'update seen from Teams impact="half of Europe"', 'inc');
    await untilIncident(purser, number, ({ update }) => update.last?.what === 'seen from Teams');
    await untilShown(() => headerOf(purser, state), /seen from Teams/);
    await eventually(() => toldIn(purser, state).some((text) => text.includes('seen from Teams')));
    await eventually(() => readable(header.card).includes('seen from Teams'));
    await eventually(() => heard(state, 'seen from Teams').length > 1);

    await inc(purser, 'status mitigating rolled back in Slack', { channel: roomOf(state).channel });
    await eventually(() => /mitigating[\s\S]*rolled back in Slack/.test(readable(header.card)));
    await teams.command(noor, thread, 'claim lead', 'inc');
    await untilShown(() => headerOf(purser, state), /\*Lead\* {2}<@U0NOOR>/);
    await teams.command(noor, thread, 'severity sev1 all of it', 'inc');
    await untilShown(() => announcementOf(purser, state), /SEV1 Critical/);
    await eventually(() => announcedInTeams(number).some((text) => text.includes('SEV1 Critical')));
    await teams.command(noor, thread, 'resolve cause="two clouds" fix="one cloud"', 'inc');
    await untilShown(() => headerOf(purser, state), /resolved[\s\S]*two clouds/);
    await eventually(() => /two clouds/.test(readable(header.card)));
    await eventually(() => postsOf(purser, state, 'review:').length > 0);
    await eventually(() => heard(state, `Review of #${number}`).length > 0);
    const { roles, status } = await purser.incident(number);
    assert.deepEqual([roles[0]?.person, status], ['noor', 'resolved']);
  });

  test('declared in Teams: a room in Slack as well, and the page is answered where it is read', async () => {
    const { slack, teams } = purser;
    await teams.command(kim, 'me', 'sev2 it began in Teams', 'inc');
    const row = await eventually(async () => {
      const { items } = await purser.store.incidents.list({ limit: 50 });
      return items.find(({ title }) => title === 'it began in Teams');
    });
    const state = await untilSetUp(purser, row.number);
    const room = slack.workspace.channels.get(roomOf(state).channel);
    const page = await paged(lee, state);
    const [copy] = await eventually(() => {
      const pages = pagesTo(purser, state, 'U0LEE');
      return pages.length === 1 && pages;
    });

    await teams.click(lee, page, 'Acknowledge');

    await eventually(() => /Lee Sample/.test(readable(page.card)) && /Answered/.test(readable(page.card)));
    await untilShown(() => copy ?? '', /<@U0LEE> is on it/);
    assert.ok(room?.members.includes('U0KIM'));
    assert.equal((await purser.incident(row.number)).escalations[0]?.acknowledged?.by, 'lee');
  });

  test('with Slack down the page goes by Teams; with Slack back, everything is there once', async () => {
    const { slack } = purser;
    slack.goDown();
    const { incidents } = await alert(purser, { alertname: 'SlackIsDown', severity: 'warning' });
    const number = incidents[0] ?? 0;
    const state = await untilIncident(
      purser,
      number,
      ({ escalations }) => escalations[0]?.pages[0]?.reached === true,
      WAIT_MS,
    );
    const page = await paged(lee, state);
    assert.match(readable(page.card), /SlackIsDown/);
    const header = await inThread(state, `#${number}`);
    await purser.teams.command(lee, header.conversation, 'update said while Slack is down', 'inc');
    await eventually(() => readable(header.card).includes('said while Slack is down'));

    slack.comeUp();
    const whole = await untilSetUp(purser, number);
    await untilShown(() => headerOf(purser, whole), /said while Slack is down/);
    await eventually(() => toldIn(purser, whole).some((text) => text.includes('said while Slack is down')));
    await eventually(() => postsOf(purser, whole, 'header:').length === 1);
    await untilShown(() => announcementOf(purser, whole), /SlackIsDown/);
    await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', headerOf(purser, whole), 'Acknowledge'));
    await eventually(() => /Answered/.test(readable(page.card)));
  });

  /** Of the incident's thread in Teams. */
  function placeInTeams({ rooms }: IncidentState): string {
    const conversation = rooms.find(({ platform }) => platform === 'teams')?.conversation;
    assert.ok(conversation?.platform === 'teams');
    return conversation.conversationId;
  }

  async function inThread(state: IncidentState, text: string): Promise<TeamsMessage> {
    const { rooms } = await untilIncident(purser, state.number, (now) =>
      now.rooms.some(({ platform }) => platform === 'teams'),
    );
    const place = placeInTeams({ ...state, rooms });
    assert.match(place, new RegExp(`^${TEAMS_INCIDENTS};messageid=`));
    return await eventually(() =>
      purser.teams.messagesIn(place).find(({ card }) => readable(card).includes(text)),
    );
  }

  function heard(state: IncidentState, text: string): string[] {
    return purser.teams
      .messagesIn(placeInTeams(state))
      .map(({ card }) => readable(card))
      .filter((said) => said.includes(text));
  }

  function announcedInTeams(number: number): string[] {
    return purser.teams
      .messagesIn(TEAMS_INCIDENTS)
      .filter(({ conversation }) => conversation === TEAMS_INCIDENTS)
      .map(({ card }) => readable(card))
      .filter((text) => text.includes(`#${number} `));
  }

  function paged(user: string, { number }: IncidentState): Promise<TeamsMessage> {
    return eventually(
      () =>
        purser.teams
          .directMessages(user)
          .find(({ card }) => /paged/.test(readable(card)) && readable(card).includes(`#${number} `)),
      WAIT_MS,
    );
  }
});
