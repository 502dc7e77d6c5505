import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Delivered, readable as readableBlocks } from '../support/fake-slack.ts';
import { type DeliveredActivity, readable, seenCard } from '../support/fake-teams.ts';
import { inputsOf } from '../support/fake-teams-world.ts';
import { adapterContract, type Stage } from './contract.ts';
import { startHarness as startSlack } from './slack/harness.ts';
import { KIM, SHOP, startHarness as startTeams } from './teams/harness.ts';

adapterContract('Slack', openSlack);
adapterContract('Teams', openTeams);

async function openSlack(t: TestContext): Promise<Stage> {
  const { slack, ...harness } = await startSlack(t);
  const user = 'U0KIM';
  const channel = 'C0GENERAL';
  let errors: Record<string, string> = {};
  let typed: Record<string, string> = {};
  let last: Delivered | undefined;
  return {
    ...harness,
    kim: { platform: 'slack', teamId: 'T0SAMPLE', userId: user },
    channel: { platform: 'slack', teamId: 'T0SAMPLE', channelId: channel },
    async command(text) {
      last = await slack.command(user, channel, text);
    },
    openForm: async () => void (await slack.until(() => slack.modalOf(user))),
    form() {
      const modal = slack.modalOf(user);
      if (modal === undefined) return undefined;
      const blocks = modal.view.blocks as { block_id?: string; element?: Record<string, unknown> }[];
      const values: Record<string, unknown> = {};
      for (const { block_id, element } of blocks) {
        if (block_id === undefined || element === undefined) continue;
        const option = element.initial_option as { value: string } | undefined;
        values[block_id] = typed[block_id] ?? option?.value ?? element.initial_value;
      }
      return { text: [readableBlocks({ blocks }), ...Object.values(errors)].join('\n'), values };
    },
    async submit(values) {
      typed = values;
      await slack.submitView(user, values);
      errors = slack.modalOf(user)?.errors ?? {};
    },
    async press(actionId) {
      const message = slack.messagesIn(channel).at(-1);
      assert.ok(message);
      await slack.click(user, message, actionId);
    },
    async deliverAgain() {
      assert.ok(last);
      await last.retry();
    },
    messages: () => slack.messagesIn(channel).map((message) => readableBlocks(message)),
    toldKim: () =>
      [...slack.privateTo(user), ...slack.directMessages(user)]
        .map((told) => readableBlocks(told))
        .join('\n'),
    deleteNewestMessage() {
      const message = slack.messagesIn(channel).at(-1);
      assert.ok(message);
      slack.deleteMessage(message);
    },
    limitRate: (what, retryAfter) =>
      slack.fail(what === 'post' ? 'chat.postMessage' : 'chat.update', { kind: 'rate-limited', retryAfter }),
    problems: () => slack.problems,
    until: (look) => slack.until(look),
  };
}

async function openTeams(t: TestContext): Promise<Stage> {
  const { teams, ...harness } = await startTeams(t);
  const { tenantId } = teams.world;
  let last: DeliveredActivity | undefined;
  const newest = () => {
    const message = teams.messagesIn(SHOP).at(-1);
    assert.ok(message);
    return message;
  };
  return {
    ...harness,
    kim: { platform: 'teams', tenantId, aadObjectId: KIM },
    channel: { platform: 'teams', tenantId, conversationId: SHOP, serviceUrl: teams.config.apiUrl },
    async command(text) {
      last = await teams.command(KIM, SHOP, text);
      assert.equal(last.status, 200);
    },
    async openForm() {
      const launcher = await teams.until(() => teams.messagesIn(SHOP).at(-1));
      await teams.click(KIM, launcher, 'Fill in the form…');
    },
    form() {
      const dialog = teams.dialogOf(KIM);
      if (dialog === undefined) return undefined;
      const values = Object.fromEntries(inputsOf(dialog.card).map(({ id, value }) => [id, value]));
      return { text: readable(dialog.card), values };
    },
    submit: async (values) => void (await teams.submit(KIM, values)),
    press: async (actionId) => void (await teams.click(KIM, newest(), actionId)),
    async deliverAgain() {
      assert.ok(last);
      await teams.redeliver(last);
    },
    messages: () => teams.messagesIn(SHOP).map((message) => readable(seenCard(teams.world, KIM, message))),
    toldKim() {
      const dialog = teams.dialogOf(KIM);
      return [
        ...teams.spokenTo(KIM),
        ...teams.directMessages(KIM).map(({ card }) => readable(card)),
        ...(dialog === undefined ? [] : [readable(dialog.card)]),
      ].join('\n');
    },
    deleteNewestMessage: () => teams.deleteMessage(newest()),
    limitRate: (what, retryAfter) => teams.fail(what, { kind: 'rate-limited', retryAfter }),
    problems: () => teams.problems,
    until: (look) => teams.until(look),
  };
}
