import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { ChatError, type ChatFile } from '../adapter.ts';
import { createEdits } from '../edits.ts';
import { type Clock, createPacer, type Pace, type Pacer, systemClock } from '../pacer.ts';
import { codeOf, toChatError } from './errors.ts';
import type { SlackMessage } from './render/index.ts';

export interface SlackPlace {
  channel: string;
  threadTs?: string;
}

export interface SlackMessageId {
  channel: string;
  ts: string;
}

/** Everything we say of our own accord goes through here. Rejects with `ChatError` only. */
export interface Sender {
  post(to: SlackPlace, message: SlackMessage, key: string): Promise<SlackMessageId>;
  findPosted(to: SlackPlace, key: string, since: Date): Promise<SlackMessageId | undefined>;
  /** Resolves when this edit, or a newer one of the same message, is shown. */
  update(message: SlackMessageId, content: SlackMessage): Promise<void>;
  openDirect(user: string): Promise<string>;
  /** A file that everybody in the conversation can open. */
  upload(to: SlackPlace, file: ChatFile): Promise<void>;
  removeFiles(from: SlackPlace, name: string, since: Date): Promise<void>;
  /** Seen by one person only, and gone when they reload. */
  postPrivately(to: SlackPlace, user: string, message: SlackMessage): Promise<void>;
}

/** Slack asks for about one message a second and channel; edits and lookups are counted per minute and method. */
const PACES = {
  post: { burst: 3, everyMs: 1_000 },
  update: { burst: 5, everyMs: 1_000 },
  updates: { burst: 20, everyMs: 1_200 },
  history: { burst: 10, everyMs: 1_200 },
  open: { burst: 20, everyMs: 1_200 },
  upload: { burst: 5, everyMs: 3_000 },
} satisfies Record<string, Pace>;

const METADATA_EVENT = 'purser_copy';
const CLOCK_SKEW_MS = 5_000;
const MAX_PAGES = 5;
/** Nothing may be left behind, however much was said since. */
const MAX_PAGES_OF_FILES = 100;
const MAX_DIRECTS = 10_000;
const GONE = new Set(['file_not_found', 'file_deleted']);

export function createSender(options: {
  client: WebClient;
  /** The app's own bot id: only its messages are ours. */
  botId: () => Promise<string | undefined>;
  clock?: Clock;
}): Sender {
  const { client, botId } = options;
  const pacer = createPacer(options.clock ?? systemClock);
  const edits = createEdits<SlackMessage>();
  const directs = new Map<string, string>();

  function page(range: Parameters<WebClient['conversations']['history']>[0], threadTs: string | undefined) {
    const { channel } = range;
    return threadTs === undefined
      ? call(pacer, 'conversations.history', channel, [PACES.history], () =>
          client.conversations.history(range),
        )
      : call(pacer, 'conversations.replies', channel, [PACES.history], () =>
          client.conversations.replies({ ...range, ts: threadTs }),
        );
  }

  /** Anybody may post to a public channel, but only its members may read what is there. */
  async function readable<Answer>(channel: string, read: () => Promise<Answer>): Promise<Answer> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ChatError) || error.reason !== 'forbidden') throw error;
      await call(pacer, 'conversations.join', channel, [PACES.open], () =>
        client.conversations.join({ channel }),
      );
      return read();
    }
  }

  /** What was said there since then, the newest first, page by page. */
  async function* said({ channel, threadTs }: SlackPlace, since: Date, maxPages: number) {
    const oldest = ((since.getTime() - CLOCK_SKEW_MS) / 1000).toFixed(6);
    let cursor: string | undefined;
    for (let turned = 0; turned < maxPages; turned += 1) {
      const range = {
        channel,
        oldest,
        limit: 200,
        include_all_metadata: true,
        ...(cursor ? { cursor } : {}),
      };
      const answer = await readable(channel, () => page(range, threadTs));
      yield answer.messages ?? [];
      cursor = answer.response_metadata?.next_cursor;
      if (!cursor) return;
    }
  }

  /** One that is gone is what was wanted. */
  async function removeFile(channel: string, file: string): Promise<void> {
    try {
      await call(pacer, 'files.delete', channel, [PACES.upload], () => client.files.delete({ file }));
    } catch (error) {
      if (!GONE.has(codeOf(error) ?? '')) throw error;
    }
  }

  return {
    async post({ channel, threadTs }, message, key) {
      const answer = await call(pacer, 'chat.postMessage', channel, [PACES.post], () =>
        client.chat.postMessage({
          channel,
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
          text: message.text,
          blocks: withMark(message.blocks, key),
          metadata: { event_type: METADATA_EVENT, event_payload: { key } },
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (answer.channel === undefined || answer.ts === undefined) {
        throw new ChatError('unavailable', 'chat.postMessage: the answer names no message');
      }
      return { channel: answer.channel, ts: answer.ts };
    },

    async findPosted(to, key, since) {
      const own = await botId();
      for await (const messages of said(to, since, MAX_PAGES)) {
        const found = messages.find((message) => message.bot_id === own && hasMark(message, key));
        if (found?.ts !== undefined) return { channel: to.channel, ts: found.ts };
      }
      return undefined;
    },

    async removeFiles(from, name, since) {
      const found = new Set<string>();
      for await (const messages of said(from, since, MAX_PAGES_OF_FILES)) {
        const files = messages.flatMap((message) => message.files ?? []);
        for (const file of files) if (file.name === name && file.id !== undefined) found.add(file.id);
      }
      for (const file of found) await removeFile(from.channel, file);
    },

    update({ channel, ts }, content) {
      return edits(`${channel}:${ts}`, content, async (take) => {
        await turns(pacer, 'chat.update', channel, [PACES.update, PACES.updates]);
        const { text, blocks } = take();
        await send(pacer, 'chat.update', channel, () => client.chat.update({ channel, ts, text, blocks }));
      });
    },

    async openDirect(user) {
      const known = directs.get(user);
      if (known !== undefined) return known;
      const answer = await call(pacer, 'conversations.open', '', [PACES.open], () =>
        client.conversations.open({ users: user }),
      );
      const channel = answer.channel?.id;
      if (channel === undefined)
        throw new ChatError('unavailable', 'conversations.open: the answer names no channel');
      if (directs.size >= MAX_DIRECTS) directs.clear();
      directs.set(user, channel);
      return channel;
    },

    async upload({ channel, threadTs }, { name, title, content }) {
      const file = typeof content === 'string' ? { content } : { file: Buffer.from(content) };
      const whole = { channel_id: channel, filename: name, title, ...file };
      await call(pacer, 'files.uploadV2', channel, [PACES.upload], () =>
        client.files.uploadV2(threadTs === undefined ? whole : { ...whole, thread_ts: threadTs }),
      );
    },

    async postPrivately({ channel, threadTs }, user, { text, blocks }) {
      await call(pacer, 'chat.postEphemeral', channel, [PACES.post], () =>
        client.chat.postEphemeral({
          channel,
          user,
          text,
          blocks,
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
        }),
      );
    },
  };
}

type Method = Parameters<typeof toChatError>[0];

/** Waits for its turn in the channel, and where there is a second pace, among all channels. */
async function turns(pacer: Pacer, method: Method, channel: string, paces: [Pace, Pace?]): Promise<void> {
  const [ofChannel, ofMethod] = paces;
  await pacer.turn(`${method} ${channel}`, ofChannel);
  if (ofMethod !== undefined) await pacer.turn(method, ofMethod);
}

/** A 429 is about this channel and method; everything else goes on. */
async function send<Answer>(
  pacer: Pacer,
  method: Method,
  channel: string,
  request: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    const failure = toChatError(method, error);
    if (failure.retryAfterMs !== undefined) pacer.pause(`${method} ${channel}`, failure.retryAfterMs);
    throw failure;
  }
}

/** In its turn; a 429 holds back this channel and method alone. Rejects with `ChatError` only. */
export async function call<Answer>(
  pacer: Pacer,
  method: Method,
  channel: string,
  paces: [Pace, Pace?],
  request: () => Promise<Answer>,
): Promise<Answer> {
  await turns(pacer, method, channel, paces);
  return send(pacer, method, channel, request);
}

/** Metadata is the proper mark; the first block's id carries the same where a server does not keep metadata. */
function withMark(blocks: SlackMessage['blocks'], key: string): SlackMessage['blocks'] {
  const [first, ...rest] = blocks;
  return first === undefined ? [] : [{ ...first, block_id: blockMark(key) }, ...rest];
}

function blockMark(key: string): string {
  return `copy:${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

function hasMark(
  message: { metadata?: { event_type?: string; event_payload?: unknown }; blocks?: { block_id?: string }[] },
  key: string,
): boolean {
  const payload = message.metadata?.event_payload as { key?: unknown } | undefined;
  if (message.metadata?.event_type === METADATA_EVENT && payload?.key === key) return true;
  return message.blocks?.[0]?.block_id === blockMark(key);
}
