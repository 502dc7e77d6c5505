import type { WebClient } from '@slack/web-api';
import { type Adoption, ChatError, type Rooms } from '../adapter.ts';
import { isPassing, type Method } from './errors.ts';
import { address } from './text.ts';

type Ask = <Answer>(method: Method, request: () => Promise<Answer>) => Promise<Answer>;

/** Channels that were there before. */
export function createAdoption(options: {
  client: WebClient;
  ask: Ask;
  unlink(channel: string, links: string[]): Promise<void>;
}): Pick<Rooms, 'adopt' | 'giveBack'> {
  const { client, ask, unlink } = options;

  /** `false` for a private channel, which somebody has to bring us into. */
  async function join(channel: string): Promise<boolean> {
    try {
      await ask('conversations.join', () => client.conversations.join({ channel }));
      return true;
    } catch (error) {
      if (isPassing(error)) throw error;
      return false;
    }
  }

  async function linksOf(channel: string): Promise<string[]> {
    try {
      const { bookmarks = [] } = await ask('bookmarks.list', () =>
        client.bookmarks.list({ channel_id: channel }),
      );
      return bookmarks.flatMap(({ link }) => link ?? []);
    } catch (error) {
      if (isPassing(error)) throw error;
      return [];
    }
  }

  async function known(channel: string) {
    try {
      return (await ask('conversations.info', () => client.conversations.info({ channel }))).channel;
    } catch (error) {
      if (isPassing(error)) throw error;
      return undefined;
    }
  }

  async function look(channel: string): Promise<{ name: string; topic: string } | { refused: Refused }> {
    // Of two other people's conversation we are told nothing, but its id.
    if (channel.startsWith('D')) return { refused: 'direct' };
    const found = await known(channel);
    if (found?.is_mpim) return { refused: 'direct' };
    if (found === undefined || found.is_archived) return { refused: 'absent' };
    if (found.is_ext_shared) return { refused: 'shared' };
    if (found.is_member !== true && !(await join(channel))) return { refused: 'absent' };
    return { name: found.name ?? channel, topic: found.topic?.value ?? '' };
  }

  return {
    async adopt(place) {
      if (place.platform !== 'slack') throw new ChatError('invalid', `slack cannot reach ${place.platform}`);
      const { platform, teamId, channelId } = place;
      const found = await look(channelId);
      if ('refused' in found) return found;
      const { name, topic } = found;
      const before = { topic, links: await linksOf(channelId) };
      return { kind: 'channel', conversation: { platform, teamId, channelId }, name, before };
    },

    async giveBack(room, before, links) {
      if (room.platform !== 'slack') throw new ChatError('invalid', `slack cannot reach ${room.platform}`);
      const { channelId: channel } = room;
      // A topic is taken as it is given: with entities.
      const topic = (await known(channel))?.topic?.value;
      if (topic !== undefined && topic !== before.topic)
        await ask('conversations.setTopic', () =>
          client.conversations.setTopic({ channel, topic: before.topic }),
        );
      const there = new Set(before.links.map(address));
      await unlink(
        channel,
        links.filter((link) => !there.has(address(link))),
      );
    },
  };
}

type Refused = Extract<Adoption, { refused: unknown }>['refused'];
