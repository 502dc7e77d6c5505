import { ChatError, type ChatErrorReason, type ChatFile } from '../../src/chat/adapter.ts';
import type { ChatRouter } from '../../src/chat/router.ts';
import type { AccountRef, ConversationRef, MessageRef, Platform } from '../../src/domain/refs.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { createStrictRooms, type StrictRoom } from './strict-rooms.ts';

export interface Posted {
  channel: string;
  key: string;
  /** Everything it has shown, oldest first. */
  shown: MessageView[];
  ref: MessageRef;
}

export type Method =
  | 'post'
  | 'update'
  | 'findPosted'
  | 'openDirect'
  | 'upload'
  | 'removeFiles'
  | 'open'
  | 'invite'
  | 'setTopic'
  | 'pin'
  | 'unpin'
  | 'bookmark'
  | 'archive'
  | 'cover'
  | 'adopt'
  | 'giveBack';

export interface Fault {
  method: Method;
  /** For `open`, the platform. */
  channel: string;
  reason: ChatErrorReason;
  /** The platform did it, and only the answer is lost. */
  committed: boolean;
  retryAfterMs?: number;
  /** How often; for ever when missing. */
  times?: number;
}

export interface StrictChat {
  router: ChatRouter;
  messages: Posted[];
  rooms: StrictRoom[];
  files: { channel: string; file: ChatFile }[];
  /** Teams is off until it is connected. */
  connect(platform: Platform): void;
  /** Whether bots may put up files. */
  takeFiles(yes: boolean): void;
  calls: { method: Method; channel: string }[];
  fail(fault: Omit<Fault, 'committed'> & { committed?: boolean }): void;
  heal(): void;
  remove(message: Posted): void;
  /** Holds the next post in the channel until the returned function is called. */
  hold(channel: string): { reached: Promise<void>; letGo(): void };
  in(channel: string): Posted[];
}

/** A chat that knows what it has posted, and fails as it is told. Direct conversations are `D` and the user's id. */
export function createStrictChat(): StrictChat {
  let clock = 0;
  let faults: Fault[] = [];
  const holds = new Map<string, { reach(): void; gate: Promise<void> }>();
  const messages: Posted[] = [];
  const calls: StrictChat['calls'] = [];
  const connected = new Set<Platform>(['slack']);
  const files: StrictChat['files'] = [];
  let filesTaken = true;

  function faultOf(method: Method, channel: string): Fault | undefined {
    calls.push({ method, channel });
    const fault = faults.find((candidate) => candidate.method === method && candidate.channel === channel);
    if (fault?.times !== undefined) {
      fault.times -= 1;
      if (fault.times === 0) faults = faults.filter((candidate) => candidate !== fault);
    }
    return fault;
  }

  function raise({ method, reason, retryAfterMs }: Fault): never {
    throw new ChatError(reason, `${method}: ${reason}`, { retryAfterMs });
  }

  function needs(platform: Platform): void {
    if (!connected.has(platform)) throw new ChatError('forbidden', `${platform} is not connected`);
  }

  function channelOf(ref: ConversationRef | MessageRef): string {
    needs(ref.platform);
    return channelIn(ref);
  }

  const rooms = createStrictRooms({ faultOf, raise, channelOf });

  const router: ChatRouter = {
    async post(to, view, key) {
      const channel = channelOf(to);
      const held = holds.get(channel);
      if (held !== undefined) {
        holds.delete(channel);
        held.reach();
        await held.gate;
      }
      const fault = faultOf('post', channel);
      if (fault !== undefined && !fault.committed) raise(fault);
      clock += 1;
      const ref = messageRef(to, `${clock}`);
      messages.push({ channel, key, shown: [view], ref });
      return fault === undefined ? ref : raise(fault);
    },
    async findPosted(to, key) {
      const channel = channelOf(to);
      const fault = faultOf('findPosted', channel);
      if (fault !== undefined) raise(fault);
      return messages.find((message) => message.channel === channel && message.key === key)?.ref;
    },
    async update(ref, view) {
      const channel = channelOf(ref);
      const fault = faultOf('update', channel);
      if (fault !== undefined && !fault.committed) raise(fault);
      const message = messages.find((candidate) => sameMessage(candidate.ref, ref));
      if (message === undefined) throw new ChatError('not-found', 'update: no such message');
      message.shown.push(view);
      if (fault !== undefined) raise(fault);
    },
    async openDirect(account) {
      needs(account.platform);
      const conversation = directWith(account);
      const fault = faultOf('openDirect', channelIn(conversation));
      if (fault !== undefined) raise(fault);
      return conversation;
    },
    async upload(to, file) {
      const channel = channelOf(to);
      if (!filesTaken) return false;
      const fault = faultOf('upload', channel);
      if (fault !== undefined && !fault.committed) raise(fault);
      files.push({ channel, file });
      return fault === undefined ? true : raise(fault);
    },
    async removeFiles(from, name) {
      const channel = channelOf(from);
      const fault = faultOf('removeFiles', channel);
      if (fault !== undefined && !fault.committed) raise(fault);
      for (const gone of files.filter((one) => one.channel === channel && one.file.name === name))
        files.splice(files.indexOf(gone), 1);
      if (fault !== undefined) raise(fault);
    },
    rooms(platform) {
      needs(platform);
      return rooms.of(platform);
    },
    platforms: () => [...connected],
    reachable: (accounts) => accounts.filter(({ platform }) => connected.has(platform)),
  };

  return {
    router,
    messages,
    rooms: rooms.opened,
    files,
    connect: (platform) => void connected.add(platform),
    takeFiles: (yes) => {
      filesTaken = yes;
    },
    calls,
    fail: (fault) => void faults.push({ committed: false, ...fault }),
    heal: () => {
      faults = [];
    },
    remove: (message) => void messages.splice(messages.indexOf(message), 1),
    hold(channel) {
      const reached = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      holds.set(channel, { reach: reached.resolve, gate: gate.promise });
      return { reached: reached.promise, letGo: gate.resolve };
    },
    in: (channel) => messages.filter((message) => message.channel === channel),
  };
}

function channelIn(ref: ConversationRef | MessageRef): string {
  return ref.platform === 'slack' ? ref.channelId : ref.conversationId;
}

function directWith(account: AccountRef): ConversationRef {
  if (account.platform === 'slack')
    return { platform: 'slack', teamId: account.teamId, channelId: `D${account.userId}` };
  const { tenantId, aadObjectId } = account;
  return { platform: 'teams', tenantId, conversationId: `D${aadObjectId}`, serviceUrl: 'https://teams.test' };
}

function messageRef(to: ConversationRef, id: string): MessageRef {
  if (to.platform === 'slack')
    return { platform: 'slack', teamId: to.teamId, channelId: to.channelId, ts: id };
  return { ...to, activityId: id };
}

function sameMessage(one: MessageRef, other: MessageRef): boolean {
  const idOf = (ref: MessageRef) => (ref.platform === 'slack' ? ref.ts : ref.activityId);
  return channelIn(one) === channelIn(other) && idOf(one) === idOf(other);
}
