import type { App } from '@slack/bolt';
import type { Logger } from 'pino';
import type { ConversationRef, MessageRef } from '../../domain/refs.ts';
import type { CommandName } from '../../domain/requests.ts';
import type { ActionId } from '../../domain/views.ts';
import type { ChatReply, Dispatch } from '../adapter.ts';
import { createDeliveries, isMessage, NOT_RECORDED, WORKING } from '../deliveries.ts';
import type { Actors } from './actors.ts';
import { ACKNOWLEDGED, type Ack, conversation, type Delivery, type Who, whoIs } from './delivery.ts';
import { errorNotice, placeErrors } from './form-errors.ts';
import { createMessageListeners } from './message-listeners.ts';
import type { Messages } from './messages.ts';
import {
  type BlockActions,
  blockActionsSchema,
  commandSchema,
  dedupeKey,
  formIdSchema,
  formValues,
  homeOpenedSchema,
  parsePayload,
  readMetadata,
  type SlackView,
  shortcutSchema,
  viewSubmissionSchema,
} from './payloads.ts';
import { actionIdOf } from './render/blocks.ts';
import type { Replies } from './replies.ts';
import type { Sender } from './sender.ts';
import { asTyped } from './text.ts';

/** What the app registers with Slack. `slack-manifest.yaml` says the same, and a test holds the two equal. */
export const SURFACE = {
  commands: {
    '/env': 'env',
    '/incident': 'incident',
    '/inc': 'incident',
    '/user': 'user',
    '/team': 'team',
    '/access': 'access',
  },
  shortcuts: ['environment.request', 'incident.declare'],
  messageShortcuts: ['incident.declare-from-message'],
  events: ['app_home_opened', 'reaction_added', 'reaction_removed', 'message.channels', 'message.groups'],
} as const satisfies {
  commands: Record<string, CommandName>;
  shortcuts: ActionId[];
  messageShortcuts: string[];
  events: string[];
};

/** The answer to this question takes its place. */
const QUESTIONS = new Set<string>([
  'environment.delete-confirmed',
  'access.end-confirmed',
] satisfies ActionId[]);

export interface Listeners {
  register(app: App): void;
  /** Resolves when everything taken so far is answered. */
  settled(): Promise<void>;
}

export function createListeners(options: {
  dispatch: Dispatch;
  actors: Actors;
  sender: Sender;
  replies: Replies;
  messages: Messages;
  /** The team conversations belong to: the app's own, whoever asks. */
  teamId: (fallback: string) => Promise<string>;
  logger: Logger;
}): Listeners {
  const { dispatch, actors, sender, replies, messages, teamId, logger } = options;
  const deliveries = createDeliveries(dispatch, logger);
  const { track } = deliveries;
  const onMessage = createMessageListeners({
    actors,
    messages,
    replies,
    teamId,
    perform: acknowledgeThenPerform,
    logger,
  });

  function handle({ who, key, content, to, quiet }: Delivery, finish: (reply: ChatReply) => Promise<void>) {
    const request = async () => {
      const [actor, rest] = await Promise.all([actors.resolve(who), content()]);
      return { ...rest, actor };
    };
    const tell = async (outcome: Promise<ChatReply>) => {
      const reply = await outcome;
      if (quiet) return;
      if (reply?.kind === 'form-errors') return replies.tell(errorNotice(reply.errors), to);
      await replies.perform(reply, to);
    };
    return deliveries.handle({ key, request, tell }, finish);
  }

  async function onCommand(body: unknown, ack: Ack, named: CommandName): Promise<void> {
    const command = commandSchema.parse(body);
    const place = { channel: command.channel_id };
    const delivery: Delivery = {
      who: { id: command.user_id, teamId: command.team_id },
      key: dedupeKey('command', command.trigger_id),
      content: async () => ({
        kind: 'command',
        command: named,
        // The manifest has Slack escape all but these, so that a person who is mentioned is an account.
        text: named === 'env' ? command.text : asTyped(command.text),
        source: conversation(await teamId(command.team_id), command.channel_id),
      }),
      to: { user: command.user_id, triggerId: command.trigger_id, responseUrl: command.response_url, place },
      ack,
    };
    await handle(delivery, async (reply) => {
      if (!isMessage(reply)) {
        await ack();
        return replies.perform(reply, delivery.to);
      }
      await ack({ response_type: 'ephemeral', ...replies.message(reply) });
      await replies.attach(reply, delivery.to);
    });
  }

  async function onAction(body: unknown, ack: Ack): Promise<void> {
    const event = blockActionsSchema.parse(body);
    if (event.view?.type === 'modal') return onChange(event, event.view, ack);
    const [action] = event.actions;
    if (action === undefined) return ack();
    const actionId = actionIdOf(action.action_id);
    const who = whoIs(event);
    const channel = event.channel?.id;
    const threadTs = event.message?.thread_ts;
    const delivery: Delivery = {
      who,
      key: dedupeKey('action', event.trigger_id),
      content: async () => ({
        kind: 'action',
        actionId,
        payload: parsePayload(action.value),
        source: await sourceOf(event, who),
      }),
      to: {
        user: who.id,
        triggerId: event.trigger_id,
        responseUrl: event.response_url,
        ...(channel === undefined
          ? {}
          : { place: { channel, ...(threadTs === undefined ? {} : { threadTs }) } }),
        replacesQuestion: event.container?.is_ephemeral === true && QUESTIONS.has(actionId),
      },
      ack,
    };
    await acknowledgeThenPerform(delivery);
  }

  /** Somebody chose something in a form that redraws. */
  async function onChange(event: BlockActions, view: SlackView, ack: Ack): Promise<void> {
    const formId = formIdSchema.safeParse(view.callback_id);
    if (!formId.success) return ack();
    const { context, origin } = readMetadata(view.private_metadata);
    const delivery: Delivery = {
      who: whoIs(event),
      key: dedupeKey('change', event.trigger_id),
      content: async () => ({
        kind: 'form',
        phase: 'change',
        formId: formId.data,
        values: formValues(view),
        context,
      }),
      to: {
        user: event.user.id,
        triggerId: event.trigger_id,
        view,
        ...(origin === undefined ? {} : { place: origin }),
      },
      ack,
    };
    await acknowledgeThenPerform(delivery);
  }

  async function onSubmit(body: unknown, ack: Ack): Promise<void> {
    const event = viewSubmissionSchema.parse(body);
    const { view } = event;
    const formId = formIdSchema.safeParse(view.callback_id);
    if (!formId.success) return ack();
    const { context, origin } = readMetadata(view.private_metadata);
    const delivery: Delivery = {
      who: whoIs(event),
      key: dedupeKey('submit', event.trigger_id ?? `${view.id}:${view.hash ?? ''}`),
      content: async () => ({
        kind: 'form',
        phase: 'submit',
        formId: formId.data,
        values: formValues(view),
        context,
      }),
      to: { user: event.user.id, view, ...(origin === undefined ? {} : { place: origin }) },
      ack,
    };
    await handle(delivery, (reply) => answerSubmission(reply, view, delivery));
  }

  async function answerSubmission(reply: ChatReply, view: SlackView, { ack, to }: Delivery): Promise<void> {
    if (reply?.kind === 'form-errors') {
      const errors = placeErrors(reply.errors, view);
      if (errors !== undefined) return ack({ response_action: 'errors', errors });
      await ack();
      return replies.tell(errorNotice(reply.errors), to);
    }
    if (reply?.kind === 'update-form' || reply?.kind === 'open-form') {
      return ack({ response_action: 'update', view: replies.modal(reply.form, to) });
    }
    // What was typed must not be lost with the form.
    const open = reply === NOT_RECORDED || reply === WORKING;
    const errors = open ? placeErrors({ '': reply.text }, view) : undefined;
    if (errors !== undefined) return ack({ response_action: 'errors', errors });
    await ack();
    await replies.perform(reply, to);
  }

  async function onShortcut(body: unknown, ack: Ack, actionId: ActionId): Promise<void> {
    const event = shortcutSchema.parse(body);
    const who = whoIs(event);
    await acknowledgeThenPerform({
      who,
      key: dedupeKey('shortcut', event.trigger_id),
      content: async () => ({
        kind: 'action',
        actionId,
        payload: {},
        source: await directConversation(who),
      }),
      to: { user: who.id, triggerId: event.trigger_id },
      ack,
    });
  }

  async function onHomeOpened(body: unknown): Promise<void> {
    const { team_id, event_id, event } = homeOpenedSchema.parse(body);
    if (event.tab !== undefined && event.tab !== 'home') return;
    await acknowledgeThenPerform({
      who: { id: event.user, teamId: team_id },
      key: dedupeKey('event', event_id),
      content: async () => ({ kind: 'home' }),
      to: { user: event.user },
      ack: ACKNOWLEDGED,
    });
  }

  async function acknowledgeThenPerform(delivery: Delivery): Promise<void> {
    await handle(delivery, async (reply) => {
      await delivery.ack();
      if (!delivery.quiet) await replies.perform(reply, delivery.to);
    });
  }

  async function sourceOf(event: BlockActions, who: Who): Promise<MessageRef | ConversationRef> {
    const channelId = event.channel?.id;
    const ts = event.container?.message_ts;
    if (channelId === undefined) return directConversation(who);
    const team = await teamId(who.teamId);
    if (ts === undefined || event.container?.is_ephemeral === true) {
      return conversation(team, channelId, event.message?.thread_ts);
    }
    return { platform: 'slack', teamId: team, channelId, ts };
  }

  async function directConversation(who: Who): Promise<ConversationRef> {
    // Slack takes a person for their direct conversation when posting.
    const channelId = await sender.openDirect(who.id).catch(() => who.id);
    return conversation(await teamId(who.teamId), channelId);
  }

  return {
    register(app) {
      for (const [command, named] of Object.entries(SURFACE.commands)) {
        app.command(command, async ({ body, ack }) => void (await track(onCommand(body, ack as Ack, named))));
      }
      app.action(
        { type: 'block_actions' },
        async ({ body, ack }) => void (await track(onAction(body, ack as Ack))),
      );
      app.view(
        { type: 'view_submission' },
        async ({ body, ack }) => void (await track(onSubmit(body, ack as Ack))),
      );
      for (const shortcut of SURFACE.shortcuts) {
        app.shortcut(
          { type: 'shortcut', callback_id: shortcut },
          async ({ body, ack }) => void (await track(onShortcut(body, ack as Ack, shortcut))),
        );
      }
      for (const shortcut of SURFACE.messageShortcuts) {
        app.shortcut(
          { type: 'message_action', callback_id: shortcut },
          async ({ body, ack }) => void (await track(onMessage.onShortcut(body, ack as Ack))),
        );
      }
      app.event('app_home_opened', async ({ body }) => void (await track(onHomeOpened(body))));
      for (const event of ['reaction_added', 'reaction_removed', 'message'] as const) {
        app.event(event, async ({ body }) => void (await track(onMessage.onEvent(body))));
      }
    },
    settled: deliveries.settled,
  };
}
