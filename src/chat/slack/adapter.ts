import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { SlackConfig } from '../../config.ts';
import type { ConversationRef } from '../../domain/refs.ts';
import { type ChatAdapter, ChatError, type Dispatch } from '../adapter.ts';
import type { Clock } from '../pacer.ts';
import { createActors, type Workspace } from './actors.ts';
import { createChannels } from './channels.ts';
import { clientOptions, createWebClient, quietLogger, reconnectingOptions } from './client.ts';
import { toChatError } from './errors.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createMessages } from './messages.ts';
import { createHttpReceiver, type HttpReceiver } from './receiver.ts';
import { renderSlack } from './render/index.ts';
import { createReplies } from './replies.ts';
import { createSender, type SlackPlace } from './sender.ts';
import { type FormatTime, plainDate, slackDate } from './text.ts';

/** What a person waits for answers within this or counts as not there: Slack itself waits 3 s. */
const INTERACTIVE_TIMEOUT_MS = 1_500;

export interface SlackAdapter extends ChatAdapter {
  readonly platform: 'slack';
  /** For a server's `POST /slack/events`; answers 404 unless requests come in over HTTP. */
  requestListener(request: IncomingMessage, response: ServerResponse): void;
}

/** Slack over Bolt. Throws when the signing secret could be guessed; `start` rejects when Slack refuses the token. */
export function createSlackAdapter(options: {
  config: SlackConfig;
  logger: Logger;
  /** How moments are written; by default by Slack, in the reader's own time zone. */
  formatTime?: FormatTime;
  clock?: Clock;
}): SlackAdapter {
  const { config, logger, clock } = options;
  const { botToken, apiUrl, inbound } = config;
  const draw = { formatTime: options.formatTime ?? (config.plainDates ? plainDate : slackDate) };
  const client = createWebClient(botToken, apiUrl, logger);
  const quickClient = createWebClient(botToken, apiUrl, logger, INTERACTIVE_TIMEOUT_MS);
  const workspace = remember(async (): Promise<Workspace> => {
    const answer = await quickClient.auth.test();
    if (answer.team_id === undefined) throw new Error('auth.test names no team');
    const { team_id: teamId, enterprise_id: enterpriseId, bot_id: botId, user_id: userId } = answer;
    return { teamId, enterpriseId, botId, userId };
  });
  const botId = async () => (await asChatError(workspace)).botId;
  const sender = createSender({ client, botId, clock });
  const rooms = createChannels({ client, workspace: () => asChatError(workspace), clock });
  const receiver = createReceiver(config, logger);
  let listeners: Listeners | undefined;

  function createApp(dispatch: Dispatch, receive: Receiver): void {
    const app = new App({
      receiver: receive,
      authorize: async () => ({ botToken, ...(await ownIdentity()) }),
      clientOptions: clientOptions(apiUrl, logger),
      logger: quietLogger(logger),
      convoStore: false,
    });
    const actors = createActors({ client: quickClient, workspace, logger });
    listeners = createListeners({
      dispatch,
      sender,
      logger,
      actors,
      messages: createMessages({ client: quickClient, actors, logger }),
      replies: createReplies({ client: quickClient, sender, apiUrl, draw, logger }),
      teamId: async (fallback) => (await workspace().catch(() => undefined))?.teamId ?? fallback,
    });
    listeners.register(app);
  }

  /** Without it Bolt would only not know its own messages; whatever an app said is left out anyway. */
  async function ownIdentity(): Promise<{ botId?: string }> {
    const known = await workspace().catch(() => undefined);
    return known?.botId === undefined ? {} : { botId: known.botId };
  }

  return {
    platform: 'slack',

    requestListener(request, response) {
      if (inbound.kind === 'http' && receiver !== undefined)
        (receiver as HttpReceiver).requestListener(request, response);
      else response.writeHead(404).end();
    },

    async start(dispatch) {
      await workspace().catch((error: unknown) => {
        const failure = toChatError('auth.test', error);
        if (failure.reason !== 'unavailable' && failure.reason !== 'rate-limited') throw failure;
        logger.warn({ err: failure.message }, 'slack does not answer yet; going on without it');
      });
      if (receiver === undefined) return;
      createApp(dispatch, receiver);
      await receiver.start();
    },

    async stop() {
      await receiver?.stop();
      await listeners?.settled();
    },

    async post(to, view, key) {
      const { channel, ts } = await sender.post(place(to), renderSlack(view, draw), key);
      return { platform: 'slack', teamId: slackRef(to).teamId, channelId: channel, ts };
    },

    async findPosted(to, key, since) {
      const found = await sender.findPosted(place(to), key, since);
      return found === undefined
        ? undefined
        : { platform: 'slack', teamId: slackRef(to).teamId, channelId: found.channel, ts: found.ts };
    },

    async update(message, view) {
      const { channelId, ts } = slackRef(message);
      await sender.update({ channel: channelId, ts }, renderSlack(view, draw));
    },

    async openDirect(account) {
      const { teamId, userId } = slackRef(account);
      return { platform: 'slack', teamId, channelId: await sender.openDirect(userId) };
    },

    rooms,

    async upload(to, file) {
      await sender.upload(place(to), file);
    },

    async removeFiles(from, name, since) {
      await sender.removeFiles(place(from), name, since);
    },
  };
}

function createReceiver({ inbound, apiUrl }: SlackConfig, logger: Logger): Receiver | undefined {
  if (inbound.kind === 'http') return createHttpReceiver({ signingSecret: inbound.signingSecret, logger });
  if (inbound.kind === 'none') return undefined;
  return new SocketModeReceiver({
    appToken: inbound.appToken,
    logger: quietLogger(logger),
    installerOptions: { clientOptions: reconnectingOptions(apiUrl, logger) },
  });
}

async function asChatError(workspace: () => Promise<Workspace>): Promise<Workspace> {
  try {
    return await workspace();
  } catch (error) {
    throw toChatError('auth.test', error);
  }
}

/** Asks once and keeps the answer; a failure is not kept. */
function remember<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let kept: Promise<Value> | undefined;
  return () => {
    kept ??= ask().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

function place(to: ConversationRef): SlackPlace {
  const { channelId, threadTs } = slackRef(to);
  return { channel: channelId, ...(threadTs === undefined ? {} : { threadTs }) };
}

/** The router has chosen this adapter by platform; anything else is a bug of the caller's. */
function slackRef<Ref extends { platform: string }>(ref: Ref): Extract<Ref, { platform: 'slack' }> {
  if (ref.platform !== 'slack') throw new ChatError('invalid', `slack cannot reach ${ref.platform}`);
  return ref as Extract<Ref, { platform: 'slack' }>;
}
