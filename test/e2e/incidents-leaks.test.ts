import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { openListener } from '../outside/listener.ts';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { personalChatOf, readable } from '../support/fake-teams.ts';
import { leaks, lyingAbout, type Outbound, sentToSlack, sentToTeams } from '../support/outbound.ts';
import { ALERTS_TOKEN, CHANNEL, editYaml, INCIDENTS_CHANNEL } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE, type PurserInTeams, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { assertPostedOnce } from './acts.ts';
import {
  alert,
  declare,
  figures,
  inc,
  postsOf,
  roomOf,
  toldIn,
  untilIncident,
  untilUsable,
} from './incident-acts.ts';

const GROUP = '00000000-0000-4000-8000-0000000000ff';
/** Nobody of these incidents, and no administrator. */
const OUTSIDER = 'U0NOOR';
/** Private from the start; from an alert; made private on the way. */
const CANARY = /canary|canaries/i;
const MAGPIE = /magpie/i;
const SPARROW = /sparrow/i;

describe('everything that leaves Purser', { timeout: 600_000 }, () => {
  let purser: PurserInTeams;
  let alertmanager: Alertmanager;
  let outside: Awaited<ReturnType<typeof openListener>>;
  /** What monitoring was answered. */
  const answered: Outbound[] = [];

  before(async () => {
    outside = await openListener();
    purser = await openPurserInTeams({
      incidents(config) {
        config.rooms.teamsGroup = GROUP;
        config.webhooks = [
          { id: 'status', kind: 'generic', url: outside.url, severities: [] },
          { id: 'pager', kind: 'pagerduty', url: outside.url, secret: 'pager', severities: [] },
        ];
        config.routes.unshift({
          id: 'secret',
          when: { severity: 'secret' },
          severity: 'sev2',
          groupBy: ['alertname'],
          title: '{alertname}: {annotation:summary}',
          private: true,
        });
        Object.assign(config.rooms, { archiveAfter: '1s' });
      },
    });
    purser.teams.addTeam(GROUP, { members: [...purser.teams.world.users.keys()] });
    const verbose = { LOG_LEVEL: 'debug', PURSER_SECRET_PAGER: 'routing-key' };
    const bot = await purser.startBot(verbose);
    alertmanager = await startAlertmanager({
      receiver: `${bot.url}/webhooks/alertmanager`,
      token: ALERTS_TOKEN,
      maxAlerts: 100,
    });
    await editYaml<object>(join(purser.env.PURSER_MANIFESTS ?? '', 'incidents.yaml'), (config) => {
      Object.assign(config, { alertmanager: { url: alertmanager.url } });
    });
    await purser.startWorker(verbose);
    // What goes wrong is logged, too.
    purser.slack.fail('conversations.setTopic', { kind: 'http', status: 500 });
    purser.slack.fail('chat.update', { kind: 'error', error: 'internal_error' });
  });
  after(async () => {
    assertPostedOnce(purser);
    const problems = [...purser.slack.problems, ...purser.teams.problems];
    await purser.close();
    await alertmanager.stop();
    await outside.close();
    assert.deepEqual(problems, []);
  });

  test('tells of a private incident nobody but its people, from its declaration to its archive', async () => {
    const state = await untilUsable(
      purser,
      await declare(purser, 'sev2 canary keys leaked private service=shop summary="the canary sings"'),
    );
    const { number } = state;
    const { channel } = roomOf(state);
    const open = await untilUsable(
      purser,
      await declare(purser, 'sev3 everybody may know', { user: OUTSIDER }),
    );
    const inRoom = (text: string) => inc(purser, text, { channel });
    await inRoom('claim lead');
    await inRoom('update the canary is being caught impact="canary seed is gone"');
    await inRoom('severity sev1 two canaries');
    await inRoom('task feed the canary owner=@lee due=2h');
    await inRoom('note the canary was seen');
    await inRoom('rename canary keys and canaries leaked');
    await inRoom('summary all canaries sing');
    await inRoom('page @lee the canary needs you');
    await inRoom('status monitoring the canary sleeps');
    await eventually(() => toldIn(purser, state).some((text) => text.includes('the canary sleeps')));
    assert.match(await inc(purser, `link ${number}`, { channel: roomOf(open).channel }), /is private/);
    await inRoom(`link ${open.number}`);
    await untilIncident(purser, number, ({ links }) => links.related.includes(open.number));
    await askAround(number, roomOf(open).channel);
    await inRoom('followup teach the canary owner=@kim');
    await inRoom('resolve cause="a canary cause" fix="a canary fix"');
    await eventually(() => postsOf(purser, state, 'review:').length > 0);
    await inRoom('export json');
    await inRoom('close');
    await eventually(() => purser.slack.workspace.channels.get(channel)?.isArchived);

    const outbound = await everything();
    assert.ok(outbound.some(({ to, text }) => to === channel && CANARY.test(text)));
    assert.ok(outbound.some(({ how, text }) => how === 'metrics' && text.includes('severity="private"')));
    assert.deepEqual(leaks(outbound, CANARY, insidersOf(await purser.incident(number))), []);
  });

  test('nor of one that an alert declared, and whose alerts are silenced', async () => {
    const firing = {
      alertname: 'MagpieGone',
      severity: 'secret',
      annotations: { summary: 'the magpie took it' },
    };
    const taken = await alert(purser, firing);
    answered.push({ to: '', how: 'webhook answer', text: JSON.stringify(taken), at: Date.now() });
    const state = await untilIncident(
      purser,
      taken.incidents[0] ?? 0,
      ({ alerts, rooms, escalations }) =>
        alerts?.firing === 1 && rooms.length > 0 && escalations[0]?.pages[0]?.reached === true,
    );

    await inc(purser, `${state.number} silence 2h the magpie is known`, { user: 'U0LEE' });
    await untilIncident(purser, state.number, ({ silences }) => silences.length === 1);

    const silences = await (await fetch(`${alertmanager.url}/api/v2/silences`)).text();
    assert.match(silences, new RegExp(`Incident #${state.number} `));
    assert.doesNotMatch(silences, /the magpie is known/);
    assert.deepEqual(leaks(await everything(), MAGPIE, insidersOf(state)), []);
  });

  test('nor, once it was made private, of one that everybody knew', async () => {
    const before = await untilUsable(
      purser,
      await declare(purser, 'sev2 sparrow keys leaked summary="the sparrow sings" service=shop'),
    );
    const { number } = before;
    const former = roomOf(before).channel;
    await inc(purser, 'claim lead', { channel: former });
    await inc(purser, 'severity sev1 sparrows everywhere', { channel: former });
    await inc(purser, 'update the sparrow is out', { channel: former });
    await eventually(() => publicMessages().filter((text) => /the sparrow is out/.test(text)).length >= 3);
    await eventually(() => outside.heard.some(({ body }) => SPARROW.test(body)));

    assert.match(
      await inc(purser, 'private names', { user: OUTSIDER, channel: former }),
      /You may not make this/,
    );
    assert.match(
      await inc(purser, 'private names of sparrows', { channel: former }),
      /is private from now on/,
    );
    const state = await untilIncident(
      purser,
      number,
      ({ rooms, resources }) => rooms.length === 2 && resources.every((each) => each.state === 'done'),
    );
    await eventually(() => outside.heard.filter(({ body }) => body.includes('"withdraw"')).length === 1);
    const switched = Date.now();

    const { channel } = roomOf(state);
    await inc(purser, 'update the sparrow is back', { channel });
    await inc(purser, 'severity sev2 one sparrow', { channel });
    await askAround(number, CHANNEL);
    await inc(purser, 'resolve cause="a sparrow cause" fix="a sparrow fix"', { channel });
    await eventually(() => postsOf(purser, state, 'review:').length > 0);

    const since = (await everything()).filter(({ at }) => at >= switched);
    assert.ok(since.some(({ to, text }) => to === channel && SPARROW.test(text)));
    const insiders = insidersOf(await purser.incident(number));
    assert.deepEqual(leaks(since, SPARROW, insiders), []);
    assert.deepEqual(
      publicMessages().filter((text) => SPARROW.test(text)),
      [],
    );
    assertMoved(former, number);
    const [pagerduty] = outside.heard.filter(({ body }) => body.includes('"event_action":"resolve"'));
    assert.ok(pagerduty);
  });

  test('and is searched so well that a slip would be found', async () => {
    const { slack } = purser;
    const slip = { channel: CHANNEL, text: 'a canary slipped out' };
    slack.calls.push({ method: 'chat.postMessage', params: slip, outcome: 'ok', at: Date.now() });

    const found = leaks(await everything(), /canary slipped/, new Set(['U0KIM']));
    slack.calls.pop();

    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /^chat\.postMessage to C0DEV: /);
  });

  /** An outsider tries it all, in Slack and in Teams. */
  async function askAround(number: number, channel: string): Promise<void> {
    const about = ['show', 'timeline', 'tasks', 'catchup', 'escalations', 'export', 'review', 'join', 'ack'];
    for (const text of ['list all', 'update what is it', `merge into ${number}`, `link ${number}`])
      await inc(purser, text, { user: OUTSIDER, channel });
    for (const text of about)
      assert.match(
        await inc(purser, `${number} ${text}`, { user: OUTSIDER }),
        new RegExp(`There is no incident #${number}\\.`),
      );
    await figures(purser, OUTSIDER);
    await purser.slack.openHome(OUTSIDER);
    await purser.slack.until(() => purser.slack.homeOf(OUTSIDER));
    await purser.teams.command(PEOPLE.noor, TEAMS_CHANNEL, `show ${number}`, 'inc');
    await purser.teams.command(PEOPLE.noor, TEAMS_CHANNEL, 'list all', 'inc');
  }

  async function everything(): Promise<Outbound[]> {
    // A file that is on its way is nowhere yet: where it went is known once it is there.
    await eventually(() => purser.slack.workspace.files.every(({ channel }) => channel !== undefined));
    return [
      ...sentToSlack(purser.slack),
      ...sentToTeams(purser.teams),
      ...outside.heard.map(({ body }) => ({ to: '', how: 'webhook', text: body, at: 0 })),
      ...answered,
      ...(await lyingAbout(purser)),
    ];
  }

  /** Its people and its rooms, as each platform knows them. */
  function insidersOf(state: IncidentState): ReadonlySet<string> {
    const people = [
      state.declaredBy,
      ...state.members,
      ...state.escalations.flatMap((chain) => chain.pages.map(({ person }) => person)),
    ];
    const rooms = state.rooms.map(({ conversation }) =>
      conversation.platform === 'slack' ? conversation.channelId : conversation.conversationId,
    );
    const accounts = people.flatMap((person) => {
      const slack = `U0${person.toUpperCase()}`;
      const teams = PEOPLE[person as keyof typeof PEOPLE] ?? '';
      return [slack, `D0${slack}`, teams, personalChatOf(teams)];
    });
    return new Set([...rooms, ...accounts, 'a private channel']);
  }

  /** What Purser's messages in open channels of both platforms show now. Slack's own notes of topics stay as they were. */
  function publicMessages(): string[] {
    const { workspace } = purser.slack;
    const channels = [...workspace.channels.values()].filter((one) => !one.isPrivate && !one.isDirect);
    const open = new Set(channels.map(({ id }) => id));
    const inTeams = purser.teams.world.teams.get(GROUP)?.channels ?? [];
    const hidden = inTeams.filter(({ membershipType }) => membershipType === 'private').map(({ id }) => id);
    return [
      ...channels.map(({ name, topic, purpose, bookmarks }) =>
        JSON.stringify([name, topic, purpose, bookmarks]),
      ),
      ...workspace.messages
        .filter(({ channel, subtype }) => open.has(channel) && subtype === undefined)
        .map((message) => JSON.stringify(message)),
      ...inTeams.filter(({ id }) => !hidden.includes(id)).map((channel) => JSON.stringify(channel)),
      ...purser.teams.world.messages
        .filter(({ conversation }) => conversation.startsWith('19:') && !hidden.includes(conversation))
        .map(({ summary, card }) => JSON.stringify([summary, card])),
    ];
  }

  /** Where it was announced, where stakeholders heard of it and where people worked on it. */
  function assertMoved(former: string, number: number): void {
    const moved = new RegExp(`#${number} goes on in private`);
    for (const channel of [former, INCIDENTS_CHANNEL, 'C0GENERAL']) {
      const shown = purser.slack.messagesIn(channel).map((message) => JSON.stringify(message));
      assert.ok(
        shown.some((text) => moved.test(text)),
        channel,
      );
    }
    assert.match(purser.slack.workspace.channels.get(former)?.name ?? '', new RegExp(`^inc-${number}$`));
    const inTeams = purser.teams.world.messages.map(({ card }) => readable(card));
    assert.ok(inTeams.filter((text) => moved.test(text)).length >= 2);
  }
});
