import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { AccountRef, ConversationRef, MessageRef } from '../../domain/refs.ts';
import { ChatError, type RoomCover, type RoomSpec, type Rooms } from '../adapter.ts';
import { type Clock, createPacer, type Pace, systemClock } from '../pacer.ts';
import type { Workspace } from './actors.ts';
import { createAdoption } from './adoption.ts';
import { codeOf, isPassing, type Method } from './errors.ts';
import { LIMITS } from './limits.ts';
import { call } from './sender.ts';
import { address } from './text.ts';
import { sameTopic, topicText } from './topic.ts';

/** Slack counts these by method, about twenty a minute. */
const PACE: Pace = { burst: 10, everyMs: 3_000 };
const INVITED_AT_ONCE = 100;
/** `name`, `name-2`, … */
const MAX_SUFFIX = 20;
const MAX_PAGES = 5;

/** What an invitation says of people, not of the channel. */
const ABOUT_PEOPLE = new Set([
  'already_in_channel',
  'cant_invite',
  'cant_invite_self',
  'invitee_cant_see_channel',
  'no_external_invite_permission',
  'ura_max_channels',
  'user_disabled',
  'user_is_restricted',
  'user_is_ultra_restricted',
  'user_not_found',
  'user_team_not_in_channel',
  'users_not_found',
]);
/** Nothing is wrong with these: it is so already, or it is ourselves. */
const THERE_ALREADY = new Set(['already_in_channel', 'cant_invite_self']);

type Found = NonNullable<Awaited<ReturnType<WebClient['users']['conversations']>>['channels']>[number];
type Invited = Pick<Awaited<ReturnType<WebClient['conversations']['invite']>>, 'ok' | 'error' | 'errors'>;
interface OpenChannel {
  channelId: string;
  name: string;
}

/** Channels for incidents; where the app may not create one, the thread under a message. */
export function createChannels(options: {
  client: WebClient;
  workspace: () => Promise<Workspace>;
  clock?: Clock;
}): Rooms {
  const { client, workspace } = options;
  const pacer = createPacer(options.clock ?? systemClock);
  const ask = <Answer>(method: Method, request: () => Promise<Answer>) =>
    call(pacer, method, '', [PACE], request);

  /** `undefined` when somebody else has the name. */
  async function create(spec: RoomSpec, name: string): Promise<OpenChannel | undefined> {
    try {
      const { channel } = await ask('conversations.create', () =>
        client.conversations.create({ name, is_private: spec.private }),
      );
      if (channel?.id === undefined) throw new ChatError('unavailable', 'conversations.create: no channel');
      return { channelId: channel.id, name };
    } catch (error) {
      if (codeOf(error) !== 'name_taken') throw error;
      return await findOwn(spec, name);
    }
  }

  /**
   * An earlier attempt may have created it without living to hear of it: then it bears our mark or, when that attempt
   * was cut off before it could set one, nothing at all.
   */
  async function findOwn(spec: RoomSpec, name: string): Promise<OpenChannel | undefined> {
    const [own, { userId }] = await Promise.all([ownChannels(), workspace()]);
    const found =
      own.find((channel) => isMarked(channel, spec)) ??
      own.find((channel) => channel.name === name && isUnmarked(channel, spec, userId));
    return found?.id === undefined ? undefined : { channelId: found.id, name: found.name ?? name };
  }

  /** Those the app is a member of, as it is of every channel it has created. */
  async function ownChannels(): Promise<Found[]> {
    const found: Found[] = [];
    let cursor: string | undefined;
    for (let turned = 0; turned < MAX_PAGES; turned += 1) {
      const answer = await ask('users.conversations', () =>
        client.users.conversations({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 999,
          ...(cursor ? { cursor } : {}),
        }),
      );
      found.push(...(answer.channels ?? []));
      cursor = answer.response_metadata?.next_cursor;
      if (!cursor) break;
    }
    return found;
  }

  /** Without a mark it is found by its name: a workspace that takes none still has its channel. */
  async function setMark(spec: RoomSpec, channel: string): Promise<void> {
    const tail = ` ${mark(spec)}`;
    const purpose = `${spec.purpose.slice(0, LIMITS.channel.purpose - tail.length)}${tail}`;
    try {
      await ask('conversations.setPurpose', () => client.conversations.setPurpose({ channel, purpose }));
    } catch (error) {
      if (isPassing(error)) throw error;
    }
  }

  async function openChannel(spec: RoomSpec): Promise<OpenChannel> {
    for (let suffix = 1; suffix <= MAX_SUFFIX; suffix += 1) {
      const opened = await create(spec, suffix === 1 ? spec.name : suffixed(spec.name, suffix));
      if (opened === undefined) continue;
      await setMark(spec, opened.channelId);
      return opened;
    }
    throw new ChatError('invalid', `conversations.create: every name like ${spec.name} is taken`);
  }

  async function setTopic(channel: string, topic: string): Promise<void> {
    const wanted = topicText(topic);
    const { channel: known } = await ask('conversations.info', () => client.conversations.info({ channel }));
    // Setting it is said in the channel, even when nothing changes.
    if (sameTopic(known?.topic?.value ?? '', wanted)) return;
    await ask('conversations.setTopic', () => client.conversations.setTopic({ channel, topic: wanted }));
  }

  async function rename(channel: string, { name }: RoomCover): Promise<void> {
    const { channel: known } = await ask('conversations.info', () => client.conversations.info({ channel }));
    for (let suffix = 1; suffix <= MAX_SUFFIX; suffix += 1) {
      const wanted = suffix === 1 ? name : suffixed(name, suffix);
      if (known?.name === wanted) return;
      try {
        await ask('conversations.rename', () => client.conversations.rename({ channel, name: wanted }));
        return;
      } catch (error) {
        if (codeOf(error) !== 'name_taken') throw error;
      }
    }
    throw new ChatError('invalid', `conversations.rename: every name like ${name} is taken`);
  }

  async function unlink(channel: string, links: string[]): Promise<void> {
    if (links.length === 0) return;
    const gone = new Set(links.map(address));
    const { bookmarks = [] } = await ask('bookmarks.list', () =>
      client.bookmarks.list({ channel_id: channel }),
    );
    for (const { id = '' } of bookmarks.filter((one) => gone.has(address(one.link ?? ''))))
      await unless('not_found', () =>
        ask('bookmarks.remove', () => client.bookmarks.remove({ channel_id: channel, bookmark_id: id })),
      );
  }

  /** Those who could not be invited; they do not keep the others out. */
  async function inviteBatch(channel: string, batch: string[]): Promise<string[]> {
    const { ok, error, errors = [] } = await ask('conversations.invite', () => attempt(channel, batch));
    const culprits = new Set(errors.flatMap(({ user }) => user ?? []));
    const refused = errors.flatMap(({ user, error: why = '' }) =>
      user === undefined || THERE_ALREADY.has(why) ? [] : [user],
    );
    if (ok) return refused;
    if (batch.length === 1) return THERE_ALREADY.has(error ?? '') ? [] : batch;
    if (culprits.size === 0) return inviteHalves(channel, batch);
    const others = batch.filter((user) => !culprits.has(user));
    return others.length === 0 ? refused : [...refused, ...(await inviteBatch(channel, others))];
  }

  /** Slack does not say whom it means. */
  async function inviteHalves(channel: string, batch: string[]): Promise<string[]> {
    const middle = Math.ceil(batch.length / 2);
    const first = await inviteBatch(channel, batch.slice(0, middle));
    return [...first, ...(await inviteBatch(channel, batch.slice(middle)))];
  }

  /** With `force` the others are invited all the same, whether the answer is a success or a failure. */
  async function attempt(channel: string, batch: string[]): Promise<Invited> {
    try {
      return await client.conversations.invite({ channel, users: batch.join(','), force: true });
    } catch (error) {
      const about = error instanceof WebAPIPlatformError ? (error.data as Invited) : undefined;
      if (about === undefined) throw error;
      if (about.errors === undefined && !ABOUT_PEOPLE.has(about.error ?? '')) throw error;
      return about;
    }
  }

  return {
    async open(spec) {
      const { teamId } = await workspace();
      try {
        const { channelId, name } = await openChannel(spec);
        return { kind: 'channel', conversation: { platform: 'slack', teamId, channelId }, name };
      } catch (error) {
        const thread = threadUnder(spec.under);
        if (thread === undefined || isPassing(error)) throw error;
        return { kind: 'thread', conversation: thread, name: 'a thread under the announcement' };
      }
    },

    ...createAdoption({ client, ask, unlink }),

    async invite(room, accounts) {
      const { channel, threadTs } = channelOf(room);
      // Whoever may read the channel is in its threads.
      if (threadTs !== undefined) return { left: [] };
      const users = accounts.flatMap((account) => (account.platform === 'slack' ? [account.userId] : []));
      const refused = new Set<string>();
      for (let start = 0; start < users.length; start += INVITED_AT_ONCE) {
        const batch = users.slice(start, start + INVITED_AT_ONCE);
        for (const user of await inviteBatch(channel, batch)) refused.add(user);
      }
      return { left: accounts.filter((account) => isRefused(account, refused)) };
    },

    async setTopic(room, topic) {
      const { channel, threadTs } = channelOf(room);
      if (threadTs !== undefined) throw new ChatError('invalid', 'a thread has no topic');
      await setTopic(channel, topic);
    },

    async pin(message) {
      const { channelId, ts } = slackMessage(message);
      await unless('already_pinned', () =>
        ask('pins.add', () => client.pins.add({ channel: channelId, timestamp: ts })),
      );
    },

    async unpin(message) {
      const { channelId, ts } = slackMessage(message);
      await unless('no_pin', () =>
        ask('pins.remove', () => client.pins.remove({ channel: channelId, timestamp: ts })),
      );
    },

    async bookmark(room, links) {
      const { channel, threadTs } = channelOf(room);
      if (threadTs !== undefined) throw new ChatError('invalid', 'a thread has no bookmarks');
      const { bookmarks = [] } = await ask('bookmarks.list', () =>
        client.bookmarks.list({ channel_id: channel }),
      );
      const there = new Set(bookmarks.map(({ link = '' }) => address(link)));
      for (const { title, url } of links.filter((link) => !there.has(address(link.url)))) {
        await ask('bookmarks.add', () =>
          client.bookmarks.add({ channel_id: channel, title, type: 'link', link: url }),
        );
      }
    },

    async cover(room, cover) {
      const { channel } = channelOf(room);
      await rename(channel, cover);
      await setTopic(channel, cover.topic);
      await unlink(channel, cover.links);
    },

    async archive(room) {
      const { channel, threadTs } = channelOf(room);
      if (threadTs !== undefined) return;
      await unless('already_archived', () =>
        ask('conversations.archive', () => client.conversations.archive({ channel })),
      );
    },
  };
}

/** At the end of a channel's purpose. */
function mark({ marker }: RoomSpec): string {
  return `(${marker})`;
}

/** Of the same audience: what was public before it was made private never becomes its room again. */
function isMarked({ purpose, is_private }: Found, spec: RoomSpec): boolean {
  return purpose?.value?.endsWith(mark(spec)) === true && is_private === spec.private;
}

/** Created by us for the same audience, and nothing has been said of it yet. */
function isUnmarked(channel: Found, spec: RoomSpec, ownUser: string | undefined): boolean {
  const ours = ownUser !== undefined && channel.creator === ownUser;
  return ours && !channel.purpose?.value && channel.is_private === spec.private;
}

/** `name-2`, within what Slack takes. */
function suffixed(name: string, suffix: number): string {
  const tail = `-${suffix}`;
  return `${name.slice(0, LIMITS.channel.name - tail.length)}${tail}`;
}

function isRefused(account: AccountRef, refused: ReadonlySet<string>): boolean {
  return account.platform === 'slack' && refused.has(account.userId);
}

async function unless(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}

function threadUnder(message: MessageRef | undefined): ConversationRef | undefined {
  if (message?.platform !== 'slack') return undefined;
  return { platform: 'slack', teamId: message.teamId, channelId: message.channelId, threadTs: message.ts };
}

function channelOf(room: ConversationRef): { channel: string; threadTs?: string } {
  if (room.platform !== 'slack') throw new ChatError('invalid', `slack cannot reach ${room.platform}`);
  return { channel: room.channelId, ...(room.threadTs === undefined ? {} : { threadTs: room.threadTs }) };
}

function slackMessage(message: MessageRef): { channelId: string; ts: string } {
  if (message.platform !== 'slack') throw new ChatError('invalid', `slack cannot reach ${message.platform}`);
  return message;
}
