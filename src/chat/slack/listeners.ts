import type { App } from '@slack/bolt';
import type { Logger } from 'pino';
import type { ConversationRef, MessageRef } from '../../domain/refs.ts';
import type { ChatRequest } from '../../domain/requests.ts';
import type { ActionId } from '../../domain/views.ts';
import type { ChatReply, Dispatch } from '../adapter.ts';
import { createDeliveries, isMessage, NOT_RECORDED, WORKING } from '../deliveries.ts';
import type { Actors } from './actors.ts';
import { errorNotice, placeErrors } from './form-errors.ts';
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
import type { AnswerTo, Replies } from './replies.ts';
import type { Sender } from './sender.ts';

/** What the app registers with Slack. `slack-manifest.yaml` says the same, and a test holds the two equal. */
export const SURFACE = {
  commands: ['/env'],
  shortcuts: ['environment.request'],
  events: ['app_home_opened'],
} as const;

type Ack = (answer?: unknown) => Promise<void>;

interface Who {
  id: string;
  teamId: string;
}

type Content = ChatRequest extends infer Request
  ? Request extends ChatRequest
    ? Omit<Request, 'actor' | 'dedupeKey' | 'requestId'>
    : never
  : never;

/** One delivery from Slack, understood. */
interface Delivery {
  who: Who;
  /** The dedupe key. */
  key: string;
  content: () => Promise<Content>;
  to: AnswerTo;
  ack: Ack;
}

/** The answer to this question takes its place. */
const QUESTIONS = new Set<string>(['environment.delete-confirmed'] satisfies ActionId[]);

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
  /** The team conversations belong to: the app's own, whoever asks. */
  teamId: (fallback: string) => Promise<string>;
  logger: Logger;
}): Listeners {
  const { dispatch, actors, sender, replies, teamId, logger } = options;
  const deliveries = createDeliveries(dispatch, logger);
  const { track } = deliveries;

  function handle({ who, key, content, to }: Delivery, finish: (reply: ChatReply) => Promise<void>) {
    const request = async () => {
      const [actor, rest] = await Promise.all([actors.resolve(who), content()]);
      return { ...rest, actor };
    };
    const tell = async (outcome: Promise<ChatReply>) => {
      const reply = await outcome;
      if (reply?.kind === 'form-errors') return replies.tell(errorNotice(reply.errors), to);
      await replies.perform(reply, to);
    };
    return deliveries.handle({ key, request, tell }, finish);
  }

  async function onCommand(body: unknown, ack: Ack): Promise<void> {
    const command = commandSchema.parse(body);
    const place = { channel: command.channel_id };
    const delivery: Delivery = {
      who: { id: command.user_id, teamId: command.team_id },
      key: dedupeKey('command', command.trigger_id),
      content: async () => ({
        kind: 'command',
        text: command.text,
        source: conversation(await teamId(command.team_id), command.channel_id),
      }),
      to: { user: command.user_id, triggerId: command.trigger_id, responseUrl: command.response_url, place },
      ack,
    };
    await handle(delivery, async (reply) => {
      if (isMessage(reply)) return ack({ response_type: 'ephemeral', ...replies.message(reply) });
      await ack();
      await replies.perform(reply, delivery.to);
    });
  }

  async function onAction(body: unknown, ack: Ack): Promise<void> {
    const event = blockActionsSchema.parse(body);
    if (event.view?.type === 'modal') return onChange(event, event.view, ack);
    const [action] = event.actions;
    if (action === undefined) return ack();
    const who = whoIs(event);
    const channel = event.channel?.id;
    const threadTs = event.message?.thread_ts;
    const delivery: Delivery = {
      who,
      key: dedupeKey('action', event.trigger_id),
      content: async () => ({
        kind: 'action',
        actionId: action.action_id,
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
        replacesQuestion: event.container?.is_ephemeral === true && QUESTIONS.has(action.action_id),
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

  async function onShortcut(body: unknown, ack: Ack): Promise<void> {
    const event = shortcutSchema.parse(body);
    const who = whoIs(event);
    await acknowledgeThenPerform({
      who,
      key: dedupeKey('shortcut', event.trigger_id),
      content: async () => ({
        kind: 'action',
        actionId: 'environment.request' satisfies ActionId,
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
      ack: async () => undefined,
    });
  }

  async function acknowledgeThenPerform(delivery: Delivery): Promise<void> {
    await handle(delivery, async (reply) => {
      await delivery.ack();
      await replies.perform(reply, delivery.to);
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
      for (const command of SURFACE.commands) {
        app.command(command, async ({ body, ack }) => void (await track(onCommand(body, ack as Ack))));
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
        app.shortcut(shortcut, async ({ body, ack }) => void (await track(onShortcut(body, ack as Ack))));
      }
      for (const event of SURFACE.events) {
        app.event(event, async ({ body }) => void (await track(onHomeOpened(body))));
      }
    },
    settled: deliveries.settled,
  };
}

function whoIs({
  user,
  team,
}: {
  user: { id: string; team_id?: string };
  team?: { id: string } | null;
}): Who {
  return { id: user.id, teamId: user.team_id ?? team?.id ?? 'unknown' };
}

function conversation(teamId: string, channelId: string, threadTs?: string): ConversationRef {
  return { platform: 'slack', teamId, channelId, ...(threadTs === undefined ? {} : { threadTs }) };
}
