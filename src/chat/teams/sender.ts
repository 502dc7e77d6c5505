import type { Activity } from 'botbuilder';
import type { ConnectorClient } from 'botframework-connector';
import type { ConversationsGetConversationPagedMembersOptionalParams } from 'botframework-connector/lib/connectorApi/models/index.js';
import { ChatError } from '../adapter.ts';
import { createEdits } from '../edits.ts';
import { type Clock, createPacer, type Pace, systemClock } from '../pacer.ts';
import type { BotClient } from './client.ts';
import { codeOf, type Operation, toChatError } from './errors.ts';
import type { TeamsMessage } from './render/index.ts';

export interface TeamsPlace {
  serviceUrl: string;
  /** With `;messageid=…`: a thread of a channel. */
  conversation: string;
}

export interface TeamsMessageId extends TeamsPlace {
  activity: string;
}

/** Everything we say of our own accord goes through here. Rejects with `ChatError` only. */
export interface Sender {
  /** Whether a post whose answer was lost got through, Teams does not say. */
  post(to: TeamsPlace, message: TeamsMessage): Promise<TeamsMessageId>;
  /** Resolves when this edit, or a newer one of the same message, is shown. */
  update(message: TeamsMessageId, content: TeamsMessage): Promise<void>;
  /** The personal chat with somebody, by their id for this bot or their directory id. Needs the app installed for them. */
  openDirect(user: string, tenantId: string, serviceUrl: string): Promise<TeamsPlace>;
  /** What the roster says of somebody. */
  member(place: TeamsPlace, user: string): Promise<object>;
  /** Resolves when the roster can be read: the app is there. */
  members(place: TeamsPlace): Promise<void>;
}

/**
 * Teams counts 7 in 1 s, 8 in 2 s, 60 in 30 s and 1,800 in an hour, per conversation and over all that speak for the bot.
 * Each process takes at most half of each, so that a bot and a worker together stay below. Where more replicas than
 * that speak in one conversation at once, Teams' 429 makes it rest.
 */
const PACES = {
  seconds: { burst: 2, everyMs: 1_000 },
  minute: { burst: 10, everyMs: 1_500 },
  hour: { burst: 100, everyMs: 4_500 },
} satisfies Record<string, Pace>;

/** Whoever has waited that long behind others retries durably instead: an activity's own time would run out. */
const MAX_QUEUED_MS = 8_000;

const MEMBERS: Pace = { burst: 7, everyMs: 150 };
/** New conversations count for the app as a whole: 30 a second. */
const CREATE: Pace = { burst: 10, everyMs: 50 };
const MAX_DIRECTS = 10_000;

/** Its type wants a token even for the first page. */
type MembersOptions = ConversationsGetConversationPagedMembersOptionalParams;

const TIMEOUT_MS = 10_000;
/** What a person waits for answers within this or counts as not there. */
const INTERACTIVE_TIMEOUT_MS = 1_500;

export function createSender(options: { client: BotClient; appId: string; clock?: Clock }): Sender {
  const { client, appId, clock = systemClock } = options;
  const pacer = createPacer(clock);
  const edits = createEdits<TeamsMessage>();
  const inTurn = createTurns();
  const directs = new Map<string, string>();

  /**
   * Two operations on one conversation at once are what Teams answers 412 to. Its turn in the pace is taken only when it
   * goes: those that waited for a slow one do not leave all at once behind it.
   */
  async function send<Answer>(
    operation: Operation,
    { serviceUrl, conversation }: TeamsPlace,
    request: (connector: ConnectorClient) => Promise<Answer>,
  ): Promise<Answer> {
    const thread = threadOf(conversation);
    const asked = clock.now();
    return inTurn(thread, async () => {
      await turns(thread, asked);
      try {
        return await request(await client.connector(serviceUrl));
      } catch (error) {
        const failure = toChatError(operation, error);
        if (failure.retryAfterMs !== undefined) pacer.pause(`seconds ${thread}`, failure.retryAfterMs);
        throw failure;
      }
    });
  }

  async function turns(thread: string, asked: number): Promise<void> {
    if (clock.now() - asked > MAX_QUEUED_MS) {
      const { everyMs } = PACES.minute;
      throw new ChatError('rate-limited', `${thread}: too much before it`, { retryAfterMs: everyMs });
    }
    for (const [span, pace] of Object.entries(PACES)) await pacer.turn(`${span} ${thread}`, pace);
  }

  /** One edit in a thousand does not find a message that is there. */
  async function edit(message: TeamsMessageId, take: () => TeamsMessage): Promise<void> {
    const { conversation, activity } = message;
    await send('update', message, async (connector) => {
      const edited = { ...activityOf(take()), id: activity } as Activity;
      const put = () =>
        connector.conversations.updateActivity(conversation, activity, edited, { timeout: TIMEOUT_MS });
      return put().catch((error: unknown) => {
        if (codeOf(error) !== 'ActivityNotFoundInConversation') throw error;
        return put();
      });
    });
  }

  return {
    async post(to, message) {
      const answer = await send('post', to, (connector) =>
        connector.conversations.sendToConversation(to.conversation, activityOf(message), {
          timeout: TIMEOUT_MS,
        }),
      );
      if (typeof answer.id !== 'string' || answer.id === '') {
        throw new ChatError('unavailable', 'post: the answer names no message');
      }
      return { ...to, activity: answer.id };
    },

    update(message, content) {
      return edits(`${message.conversation} ${message.activity}`, content, (take) => edit(message, take));
    },

    async openDirect(user, tenantId, serviceUrl) {
      const known = directs.get(user);
      if (known !== undefined) return { serviceUrl, conversation: known };
      await pacer.turn('create', CREATE);
      const place = { serviceUrl, conversation: user };
      const answer = await send('create', place, (connector) =>
        connector.conversations.createConversation(
          {
            bot: { id: `28:${appId}`, name: 'Purser' },
            isGroup: false,
            members: [{ id: user, name: '' }],
            tenantId,
            channelData: { tenant: { id: tenantId } },
          } as Parameters<ConnectorClient['conversations']['createConversation']>[0],
          { timeout: TIMEOUT_MS },
        ),
      );
      if (typeof answer.id !== 'string' || answer.id === '') {
        throw new ChatError('unavailable', 'create: the answer names no conversation');
      }
      if (directs.size >= MAX_DIRECTS) directs.clear();
      directs.set(user, answer.id);
      return { serviceUrl, conversation: answer.id };
    },

    async member(place, user) {
      const thread = threadOf(place.conversation);
      await pacer.turn(`member ${thread}`, MEMBERS);
      try {
        const connector = await client.connector(place.serviceUrl);
        return await connector.conversations.getConversationMember(thread, user, {
          timeout: INTERACTIVE_TIMEOUT_MS,
        });
      } catch (error) {
        throw toChatError('member', error);
      }
    },

    async members(place) {
      try {
        const connector = await client.connector(place.serviceUrl);
        const options = { pageSize: 50, timeout: TIMEOUT_MS } as MembersOptions;
        await connector.conversations.getConversationPagedMembers(threadOf(place.conversation), options);
      } catch (error) {
        throw toChatError('members', error);
      }
    },
  };
}

/** A card alone: with text beside it Teams makes two messages, and names neither. */
function activityOf({ card, summary }: TeamsMessage): Partial<Activity> {
  return {
    type: 'message',
    summary,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
}

function threadOf(conversation: string): string {
  return conversation.split(';', 1)[0] ?? conversation;
}

/** One after the other for each key. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return mine;
  };
}
