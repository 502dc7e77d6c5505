import { ChatError, type ChatErrorReason } from '../../src/chat/adapter.ts';
import type { ChatRouter } from '../../src/chat/router.ts';
import type { ConversationRef, MessageRef } from '../../src/domain/refs.ts';
import type { MessageView } from '../../src/domain/views.ts';

export interface Posted {
  channel: string;
  key: string;
  /** Everything it has shown, oldest first. */
  shown: MessageView[];
  ref: Extract<MessageRef, { platform: 'slack' }>;
}

type Method = 'post' | 'update' | 'findPosted' | 'openDirect';

interface Fault {
  method: Method;
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
  calls: { method: Method; channel: string }[];
  fail(fault: Omit<Fault, 'committed'> & { committed?: boolean }): void;
  heal(): void;
  remove(message: Posted): void;
  /** Holds the next post in the channel until the returned function is called. */
  hold(channel: string): { reached: Promise<void>; letGo(): void };
  in(channel: string): Posted[];
}

/** A Slack that knows what it has posted, and fails as it is told. Direct conversations are `D` and the user's id. */
export function createStrictChat(): StrictChat {
  let clock = 0;
  let faults: Fault[] = [];
  const holds = new Map<string, { reach(): void; gate: Promise<void> }>();
  const messages: Posted[] = [];
  const calls: StrictChat['calls'] = [];

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

  function channelOf(ref: ConversationRef | MessageRef): string {
    if (ref.platform !== 'slack') throw new ChatError('forbidden', `${ref.platform} is not connected`);
    return ref.channelId;
  }

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
      const ref = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: channel, ts: `${clock}` };
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
      const message = messages.find(
        (candidate) =>
          candidate.channel === channel && ref.platform === 'slack' && candidate.ref.ts === ref.ts,
      );
      if (message === undefined) throw new ChatError('not-found', 'update: no such message');
      message.shown.push(view);
      if (fault !== undefined) raise(fault);
    },
    async openDirect(account) {
      if (account.platform !== 'slack')
        throw new ChatError('forbidden', `${account.platform} is not connected`);
      const channelId = `D${account.userId}`;
      const fault = faultOf('openDirect', channelId);
      if (fault !== undefined) raise(fault);
      return { platform: 'slack', teamId: account.teamId, channelId };
    },
    reachable: (accounts) => accounts.filter(({ platform }) => platform === 'slack'),
  };

  return {
    router,
    messages,
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
