import { ChatError, type RoomSpec, type Rooms } from '../../src/chat/adapter.ts';
import {
  accountKey,
  type ConversationRef,
  type MessageRef,
  messageKey,
  type Platform,
} from '../../src/domain/refs.ts';
import type { Fault, Method } from './strict-chat.ts';

export interface StrictRoom {
  channel: string;
  platform: Platform;
  kind: 'channel' | 'thread';
  spec: RoomSpec;
  topics: string[];
  pinned: MessageRef[];
  bookmarks: { title: string; url: string }[];
  /** It was there before, with this topic; the app was not in it. */
  former?: string;
  /** Account keys. */
  members: string[];
  archived: boolean;
}

/** Rooms as the contract has them: found again by their marker, everything else idempotent. */
export function createStrictRooms({
  faultOf,
  raise,
  channelOf,
}: {
  faultOf(method: Method, channel: string): Fault | undefined;
  raise(fault: Fault): never;
  channelOf(ref: ConversationRef | MessageRef): string;
}): { opened: StrictRoom[]; of(platform: Platform): Rooms } {
  const opened: StrictRoom[] = [];

  function change(
    method: Method,
    ref: ConversationRef | MessageRef,
    effect: (room: StrictRoom) => void,
  ): void {
    const channel = channelOf(ref);
    const fault = faultOf(method, channel);
    if (fault !== undefined && !fault.committed) raise(fault);
    const room = opened.find((candidate) => candidate.channel === channel);
    if (room === undefined) throw new ChatError('not-found', `${method}: no such room`);
    effect(room);
    if (fault !== undefined) raise(fault);
  }

  return {
    opened,
    of: (platform) => ({
      async open(spec) {
        const known = opened.find(
          ({ platform: place, spec: known }) =>
            place === platform && known.marker === spec.marker && known.private === spec.private,
        );
        const fault = faultOf('open', spec.under === undefined ? platform : `${platform} thread`);
        if (fault !== undefined && !fault.committed) raise(fault);
        const room = known ?? newRoom(platform, spec);
        if (known === undefined) opened.push(room);
        if (fault !== undefined) raise(fault);
        return { kind: room.kind, conversation: conversationOf(room), name: room.spec.name };
      },
      async adopt(place) {
        const channel = channelOf(place);
        const fault = faultOf('adopt', channel);
        if (fault !== undefined && !fault.committed) raise(fault);
        const room = opened.find((candidate) => candidate.channel === channel);
        if (room?.former === undefined) return { refused: 'absent' };
        if (fault !== undefined) raise(fault);
        const topic = room.topics.at(-1) ?? room.former;
        const before = { topic, links: room.bookmarks.map(({ url }) => url) };
        return { kind: room.kind, conversation: place, name: room.spec.name, before };
      },
      async giveBack(ref, before, links) {
        change('giveBack', ref, (room) => {
          room.topics.push(before.topic);
          room.bookmarks = room.bookmarks.filter(
            ({ url }) => before.links.includes(url) || !links.includes(url),
          );
        });
      },
      async invite(ref, accounts) {
        change('invite', ref, (room) => {
          room.members = [...new Set([...room.members, ...accounts.map(accountKey)])];
        });
        return { left: [] };
      },
      async setTopic(ref, topic) {
        change('setTopic', ref, (room) => void room.topics.push(topic));
      },
      async unpin(message) {
        change('unpin', message, (room) => {
          room.pinned = room.pinned.filter((pinned) => messageKey(pinned) !== messageKey(message));
        });
      },
      async pin(message) {
        change('pin', message, (room) => {
          room.pinned = [message];
        });
      },
      async bookmark(ref, links) {
        change('bookmark', ref, (room) => {
          room.bookmarks = links;
        });
      },
      async cover(ref, { name, topic, links }) {
        change('cover', ref, (room) => {
          room.spec = { ...room.spec, name };
          room.topics = [topic];
          room.bookmarks = room.bookmarks.filter(({ url }) => !links.includes(url));
        });
      },
      async archive(ref) {
        change('archive', ref, (room) => {
          room.archived = true;
        });
      },
    }),
  };
}

function newRoom(platform: Platform, spec: RoomSpec): StrictRoom {
  const kind = spec.under === undefined ? 'channel' : 'thread';
  const channel = spec.under === undefined ? `C-${platform}-${spec.name}` : threadUnder(spec.under);
  return {
    channel,
    platform,
    kind,
    spec,
    topics: [],
    pinned: [],
    bookmarks: [],
    members: [],
    archived: false,
  };
}

function threadUnder(message: MessageRef): string {
  return message.platform === 'slack'
    ? message.channelId
    : `${message.conversationId};messageid=${message.activityId}`;
}

function conversationOf({ platform, channel, spec }: StrictRoom): ConversationRef {
  if (platform === 'teams')
    return { platform, tenantId: 'tenant', conversationId: channel, serviceUrl: 'https://teams.test' };
  const thread = spec.under?.platform === 'slack' ? { threadTs: spec.under.ts } : {};
  return { platform, teamId: 'T0SAMPLE', channelId: channel, ...thread };
}
