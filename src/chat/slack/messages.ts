import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { ChatRequest } from '../../domain/requests.ts';
import type { Actors } from './actors.ts';
import {
  messageChangedSchema,
  messageDeletedSchema,
  messageSchema,
  reactionSchema,
  type SlackMessageContent,
} from './payloads.ts';
import { asSeen, mentionedIn } from './text.ts';

/** 📌 and its round sister. */
const PINS = new Set(['pushpin', 'round_pushpin']);
/** What a declaration from a message starts with is not the whole of a long one. */
const MAX_TEXT = 900;
const MAX_NAMES = 10;
/** Of the 3,000 characters that come back with a form, where it is JSON within JSON. */
const ROOM = { text: 1_600, author: 200 };

type Content = Omit<ChatRequest & { kind: 'message' }, 'actor' | 'dedupeKey' | 'requestId'>;

/** An event about a message, understood as far as can be without asking Slack. */
export interface Told {
  happened: Content['event'];
  /** Who did it; whose message it is, where Slack does not say. */
  user: string;
  teamId: string;
  eventId: string;
  channel: string;
  /** `undefined` when the message is nowhere to be seen. Rejects when Slack does not answer. */
  content(teamId: string): Promise<Content | undefined>;
}

/** Messages of people, as timelines keep them. */
export interface Messages {
  /** What a declaration from this message starts with. */
  payloadOf(channel: string, message: SlackMessageContent, teamId: string): Promise<Record<string, string>>;
  /** `undefined` when the event is about nothing a timeline could keep. */
  read(body: unknown): Told | undefined;
}

export function createMessages(options: { client: WebClient; actors: Actors; logger: Logger }): Messages {
  const { client, actors, logger } = options;

  async function nameOf(user: string, teamId: string): Promise<string> {
    return (await actors.resolve({ id: user, teamId })).displayName;
  }

  async function authorOf(message: SlackMessageContent, teamId: string): Promise<string> {
    const { user, bot_id: bot, bot_profile: profile, username } = message;
    if (bot === undefined && user !== undefined) return nameOf(user, teamId);
    return username ?? profile?.name ?? 'an app';
  }

  /** What it said to those who saw it: an alert's attachment and a picture's name count where there are no words. */
  async function wordsOf({ text, attachments, files }: SlackMessageContent, teamId: string): Promise<string> {
    const attached = attachments.map(
      ({ title, text: body, fallback = '' }) => [title, body].filter(Boolean).join('\n') || fallback,
    );
    const said = text === '' ? attached.join('\n') : text;
    const named = files.map(({ title, name }) => `(file: ${title || name || 'without a name'})`);
    const users = mentionedIn(said).slice(0, MAX_NAMES);
    const names = await Promise.all(
      users.map(async (user): Promise<[string, string]> => [user, await nameOf(user, teamId)]),
    );
    return [asSeen(said, new Map(names)), ...named].filter((part) => part !== '').join('\n');
  }

  /** Decoration: without it an entry has no link. */
  async function permalinkOf(channel: string, ts: string): Promise<string | undefined> {
    try {
      return (await client.chat.getPermalink({ channel, message_ts: ts })).permalink;
    } catch (error) {
      logger.info({ err: error instanceof Error ? error.message : 'unknown' }, 'a message has no link');
      return undefined;
    }
  }

  /** Of a channel or of a thread in it: a reply's own `ts` finds its thread, which begins with its first message. */
  async function fetch(channel: string, ts: string): Promise<SlackMessageContent | undefined> {
    const range = { channel, ts, oldest: ts, latest: ts, inclusive: true, limit: 10 };
    const { messages } = await client.conversations.replies(range);
    const found = messages?.find((message) => message.ts === ts);
    return found === undefined ? undefined : messageSchema.parse(found);
  }

  function readReaction(body: unknown): Told | undefined {
    const parsed = reactionSchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { team_id: teamId, event_id: eventId, event } = parsed.data;
    const { channel, ts } = event.item;
    if (!PINS.has(event.reaction) || channel === undefined || ts === undefined) return undefined;
    const added = event.type === 'reaction_added';
    const happened = added ? 'pinned' : 'unpinned';
    return {
      happened,
      user: event.user,
      teamId,
      eventId,
      channel,
      async content(team) {
        const [message, link] = await Promise.all([
          fetch(channel, ts),
          added ? permalinkOf(channel, ts) : undefined,
        ]);
        if (message === undefined) return undefined;
        return contentOf(happened, { team, channel, message, ...(await spoken(message, team)), link });
      },
    };
  }

  async function spoken(
    message: SlackMessageContent,
    team: string,
  ): Promise<{ text: string; author: string }> {
    const [text, author] = await Promise.all([wordsOf(message, team), authorOf(message, team)]);
    return { text, author };
  }

  function readChange(body: unknown): Told | undefined {
    const parsed = messageChangedSchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { team_id: teamId, event_id: eventId, event } = parsed.data;
    const { channel, message, previous_message: before } = event;
    // What is left of a message with a thread, once it was deleted.
    const gone = message.subtype === 'tombstone';
    const subject = gone ? before : message;
    // A link that unfolds is no change of what was said.
    if (!isPersons(subject) || message.text === before?.text) return undefined;
    return about(gone ? 'deleted' : 'edited', subject, { teamId, eventId, channel });
  }

  function readDeletion(body: unknown): Told | undefined {
    const parsed = messageDeletedSchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { team_id: teamId, event_id: eventId, event } = parsed.data;
    const { channel, previous_message: before } = event;
    return isPersons(before) ? about('deleted', before, { teamId, eventId, channel }) : undefined;
  }

  function about(
    happened: Content['event'],
    message: SlackMessageContent & { user: string },
    where: Pick<Told, 'teamId' | 'eventId' | 'channel'>,
  ): Told {
    return {
      happened,
      user: message.user,
      ...where,
      content: async (team) =>
        contentOf(happened, { team, channel: where.channel, message, ...(await spoken(message, team)) }),
    };
  }

  return {
    async payloadOf(channel, message, teamId) {
      const [{ text, author }, link] = await Promise.all([
        spoken(message, teamId),
        permalinkOf(channel, message.ts),
      ]);
      return {
        text: fitting(text, ROOM.text),
        author: fitting(author, ROOM.author),
        at: momentOf(message.ts),
        ...(link === undefined ? {} : { link }),
      };
    },

    read: (body) => readChange(body) ?? readDeletion(body) ?? readReaction(body),
  };
}

/** An app's messages change all the time, ours among them. */
function isPersons(
  message: SlackMessageContent | undefined,
): message is SlackMessageContent & { user: string } {
  return message?.user !== undefined && message.bot_id === undefined;
}

function contentOf(
  event: Content['event'],
  said: {
    team: string;
    channel: string;
    message: SlackMessageContent;
    text: string;
    author: string;
    link?: string;
  },
): Content {
  const { team: teamId, channel: channelId, message, text, author, link } = said;
  const { ts, thread_ts: threadTs } = message;
  return {
    kind: 'message',
    event,
    message: { platform: 'slack', teamId, channelId, ts },
    source: { platform: 'slack', teamId, channelId, ...(threadTs === undefined ? {} : { threadTs }) },
    text,
    author,
    at: momentOf(ts),
    ...(link === undefined ? {} : { link }),
  };
}

/** The beginning, between characters. */
function fitting(text: string, room: number): string {
  const kept = [...text.toWellFormed()].slice(0, MAX_TEXT);
  while (JSON.stringify(JSON.stringify(kept.join(''))).length > room) {
    kept.length = Math.floor(kept.length * 0.9);
  }
  return kept.join('');
}

/** Slack's message ids are the time they were posted at, in seconds. */
function momentOf(ts: string): string {
  return new Date(Number(ts) * 1000).toISOString();
}
