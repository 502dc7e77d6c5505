import type { Logger } from 'pino';
import type { Standing } from '../../domain/requests.ts';
import type { ActionId } from '../../domain/views.ts';
import { NOT_RECORDED } from '../deliveries.ts';
import type { Actors } from './actors.ts';
import { ACKNOWLEDGED, type Ack, conversation, type Delivery, whoIs } from './delivery.ts';
import type { Messages, Told } from './messages.ts';
import { dedupeKey, messageShortcutSchema } from './payloads.ts';
import type { Replies } from './replies.ts';
import type { SlackPlace } from './sender.ts';

type Content = NonNullable<Awaited<ReturnType<Told['content']>>>;

/** What people do to messages. */
export interface MessageListeners {
  /** The message becomes what the incident is about. */
  onShortcut(body: unknown, ack: Ack): Promise<void>;
  /** Somebody pinned a message to the timeline, took that back, edited or deleted a message. */
  onEvent(body: unknown): Promise<void>;
}

export function createMessageListeners(options: {
  actors: Actors;
  messages: Messages;
  replies: Pick<Replies, 'tell'>;
  teamId: (fallback: string) => Promise<string>;
  perform(delivery: Delivery): Promise<void>;
  logger: Logger;
}): MessageListeners {
  const { actors, messages, replies, teamId, perform, logger } = options;

  async function record(told: Told, content: Content): Promise<void> {
    await perform({
      who: { id: told.user, teamId: told.teamId },
      key: dedupeKey('event', told.eventId),
      content: async () => content,
      to: { user: told.user, place: placeOf(told.channel, threadOf(content)) },
      ack: ACKNOWLEDGED,
      quiet: !isAskedOfUs(told),
    });
  }

  return {
    async onShortcut(body, ack) {
      const event = messageShortcutSchema.parse(body);
      const { channel, message } = event;
      const who = whoIs(event);
      const threadTs = message.thread_ts;
      await perform({
        who,
        key: dedupeKey('shortcut', event.trigger_id),
        content: async () => ({
          kind: 'action',
          actionId: 'incident.declare' satisfies ActionId,
          payload: await messages.payloadOf(channel.id, message, who.teamId),
          source: conversation(await teamId(who.teamId), channel.id, threadTs),
        }),
        to: {
          user: who.id,
          triggerId: event.trigger_id,
          responseUrl: event.response_url,
          place: placeOf(channel.id, threadTs),
        },
        ack,
      });
    },

    async onEvent(body) {
      const told = messages.read(body);
      if (told === undefined) return;
      const { standing } = await actors.resolve({ id: told.user, teamId: told.teamId });
      if (!mayMatter(told, standing)) return;
      try {
        const content = await told.content(await teamId(told.teamId));
        if (content !== undefined) await record(told, content);
      } catch (error) {
        logger.warn({ err: error instanceof Error ? error.message : 'unknown' }, 'a message cannot be read');
        if (isAskedOfUs(told)) {
          await replies.tell(NOT_RECORDED, { user: told.user, place: { channel: told.channel } });
        }
      }
    },
  };
}

function threadOf({ source }: Content): string | undefined {
  return source.platform === 'slack' ? source.threadTs : undefined;
}

function placeOf(channel: string, threadTs: string | undefined): SlackPlace {
  return { channel, ...(threadTs === undefined ? {} : { threadTs }) };
}

/** Whoever just goes on writing has not asked for an answer. */
function isAskedOfUs({ happened }: Told): boolean {
  return happened === 'pinned';
}

/** Of others nothing is kept: there is nothing to follow, and a person alone reads why. */
function mayMatter(told: Told, standing: Standing): boolean {
  return standing === 'member' || (isAskedOfUs(told) && standing !== 'bot');
}
