import type { AccountRef, Platform } from '../domain/refs.ts';
import { type ChatAdapter, ChatError } from './adapter.ts';

/** Sends each thing to the platform its ref belongs to. */
export type ChatRouter = Pick<ChatAdapter, 'post' | 'findPosted' | 'update' | 'openDirect'> & {
  /** The accounts that can be reached now, of those a person has. */
  reachable(accounts: AccountRef[]): AccountRef[];
};

export function createChatRouter(adapters: readonly ChatAdapter[]): ChatRouter {
  const byPlatform = new Map<Platform, ChatAdapter>(adapters.map((adapter) => [adapter.platform, adapter]));

  function adapterFor({ platform }: { platform: Platform }): ChatAdapter {
    const adapter = byPlatform.get(platform);
    if (adapter === undefined) throw new ChatError('forbidden', `${platform} is not connected`);
    return adapter;
  }

  return {
    post: async (to, view, key) => adapterFor(to).post(to, view, key),
    findPosted: async (to, key, since) => adapterFor(to).findPosted(to, key, since),
    update: async (message, view) => adapterFor(message).update(message, view),
    openDirect: async (account) => adapterFor(account).openDirect(account),
    reachable: (accounts) => accounts.filter(({ platform }) => byPlatform.has(platform)),
  };
}
