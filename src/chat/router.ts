import type { AccountRef, ConversationRef, Platform } from '../domain/refs.ts';
import { type ChatAdapter, ChatError, type ChatFile, type Rooms } from './adapter.ts';

/** Sends each thing to the platform its ref belongs to. */
export type ChatRouter = Pick<ChatAdapter, 'post' | 'findPosted' | 'update' | 'openDirect'> & {
  /** Those of the platform. */
  rooms(platform: Platform): Rooms;
  /** `false` where the platform takes no files of bots. */
  upload(to: ConversationRef, file: ChatFile): Promise<boolean>;
  removeFiles(from: ConversationRef, name: string, since: Date): Promise<void>;
  /** The platforms that are connected. */
  platforms(): Platform[];
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
    rooms: (platform) => adapterFor({ platform }).rooms,
    async upload(to, file) {
      const { upload } = adapterFor(to);
      await upload?.(to, file);
      return upload !== undefined;
    },
    removeFiles: async (from, name, since) => adapterFor(from).removeFiles?.(from, name, since),
    platforms: () => [...byPlatform.keys()],
    reachable: (accounts) => accounts.filter(({ platform }) => byPlatform.has(platform)),
  };
}
