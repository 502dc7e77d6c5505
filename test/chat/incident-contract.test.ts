import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { buttonsOf, type FakeMessage, readable as readableBlocks } from '../support/fake-slack.ts';
import { readable, seenCard } from '../support/fake-teams.ts';
import { type IncidentStage, incidentContract } from './incident-contract.ts';
import { startHarness as startSlack } from './slack/harness.ts';
import { KIM, NOOR, SHOP, startHarness as startTeams } from './teams/harness.ts';
import { GROUP } from './teams/rooms-harness.ts';

incidentContract('Slack', openSlack);
incidentContract('Teams', openTeams);

async function openSlack(t: TestContext): Promise<IncidentStage> {
  const { slack, ...harness } = await startSlack(t);
  const channel = 'C0GENERAL';
  let said: FakeMessage | undefined;
  const written = () => said ?? assert.fail('nobody has written anything');
  return {
    ...harness,
    kim: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIM' },
    noor: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NOOR' },
    channel: { platform: 'slack', teamId: 'T0SAMPLE', channelId: channel },
    place: { platform: 'slack', teamId: 'T0SAMPLE', channelId: channel },
    direct: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0KIMNOOR' },
    room: {},
    ownRoom: {},
    showsOf(conversation) {
      assert.ok(conversation.platform === 'slack');
      const {
        name,
        topic = '',
        purpose,
        bookmarks = [],
      } = slack.workspace.channels.get(conversation.channelId) ?? assert.fail();
      return JSON.stringify([name, topic, purpose, bookmarks]);
    },
    command: async (name, text) => void (await slack.command('U0KIM', channel, text, `/${name}`)),
    async say(text) {
      said = await slack.say('U0NOOR', channel, text.replaceAll('&', '&amp;'));
    },
    declareFromIt: async () =>
      void (await slack.messageShortcut('U0KIM', written(), 'incident.declare-from-message')),
    pinIt: async () => void (await slack.react('U0KIM', written(), 'pushpin')),
    async press(label) {
      const message = slack.messagesIn(channel).at(-1) ?? assert.fail();
      const button = buttonsOf(message).find(({ text }) => (text as { text: string }).text === label);
      await slack.click('U0KIM', message, `${button?.action_id}`);
    },
    toldKim: () =>
      [...slack.privateTo('U0KIM'), ...slack.directMessages('U0KIM')]
        .map((told) => readableBlocks(told))
        .join('\n'),
    messagesIn(conversation) {
      assert.ok(conversation.platform === 'slack');
      const { channelId, threadTs } = conversation;
      return slack
        .messagesIn(channelId)
        .filter((message) => message.threadTs === threadTs)
        .map((message) => readableBlocks(message));
    },
    problems: () => slack.problems,
    until: (look) => slack.until(look),
  };
}

async function openTeams(t: TestContext): Promise<IncidentStage> {
  const { teams, ...harness } = await startTeams(t);
  const { tenantId } = teams.world;
  const serviceUrl = teams.config.apiUrl;
  const team = teams.addTeam(GROUP, { members: [KIM, NOOR] });
  const channel = { platform: 'teams', tenantId, conversationId: SHOP, serviceUrl } as const;
  const message = { id: `${Date.parse('2026-11-23T10:03:00.000Z')}`, author: NOOR, html: '' };
  const choose = async (action: string) => void (await teams.messageAction(KIM, SHOP, action, message));
  return {
    ...harness,
    kim: { platform: 'teams', tenantId, aadObjectId: KIM },
    noor: { platform: 'teams', tenantId, aadObjectId: NOOR },
    channel,
    place: { ...channel, conversationId: `${SHOP};messageid=1700000000007` },
    direct: { ...channel, conversationId: 'a:kim' },
    room: { under: { ...channel, activityId: '1700000000007' } },
    ownRoom: { group: GROUP, owner: { platform: 'teams', tenantId, aadObjectId: KIM } },
    showsOf(conversation) {
      assert.ok(conversation.platform === 'teams');
      return JSON.stringify(team.channels.find(({ id }) => id === conversation.conversationId));
    },
    command: async (name, text) => void (await teams.command(KIM, SHOP, text, name)),
    async say(text) {
      message.html = `<p>${text.replaceAll('&', '&amp;')}</p>`;
    },
    declareFromIt: () => choose('incident.declare-from-message'),
    pinIt: () => choose('incident.pin'),
    async press(label) {
      await teams.click(KIM, teams.messagesIn(SHOP).at(-1) ?? assert.fail(), label);
    },
    toldKim() {
      const dialog = teams.dialogOf(KIM);
      return [
        ...teams.spokenTo(KIM),
        ...teams.directMessages(KIM).map(({ card }) => readable(card)),
        ...(dialog === undefined ? [] : [readable(dialog.card)]),
      ].join('\n');
    },
    messagesIn(conversation) {
      assert.ok(conversation.platform === 'teams');
      const shown = teams.messagesIn(conversation.conversationId);
      return shown.map((each) => readable(seenCard(teams.world, KIM, each)));
    },
    problems: () => teams.problems,
    until: (look) => teams.until(look),
  };
}
