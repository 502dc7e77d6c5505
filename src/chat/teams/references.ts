import type { Logger } from 'pino';
import { z } from 'zod';
import type { ReferenceStore } from '../../domain/ports.ts';
import { type AccountRef, accountKey } from '../../domain/refs.ts';
import { accountOf, isPersonal, type TeamsActivity } from './payloads.ts';

/** As much of a conversation reference as is needed to speak first: no names, no addresses. */
const referenceSchema = z.object({
  /** The person's id for this bot alone (`29:…`). */
  userId: z.string(),
  serviceUrl: z.string(),
  /** The personal chat, once the app was used there. */
  conversationId: z.string().optional(),
});
export type Reference = z.infer<typeof referenceSchema>;

export interface References {
  /** Notes where the sender is reached. Never rejects: the next activity tells it again. */
  learn(activity: TeamsActivity): Promise<void>;
  find(account: AccountRef): Promise<Reference | undefined>;
  /** The platform's own ids by `accountKey`, as far as they are known. */
  handles(accounts: AccountRef[]): Promise<Map<string, string>>;
  forget(account: AccountRef): Promise<void>;
  /** Somebody left a conversation: how they were reached there is worth nothing, their personal chat still is. */
  left(account: AccountRef): Promise<void>;
}

/** Within this a reference that has not changed is not written again. */
const FRESH_MS = 24 * 60 * 60_000;
const MAX_FRESH = 10_000;

export function createReferences(
  store: ReferenceStore,
  logger: Logger,
  now: () => number = Date.now,
): References {
  const fresh = new Map<string, { text: string; until: number }>();

  async function find(account: AccountRef): Promise<Reference | undefined> {
    const found = await store.recall([account]);
    return referenceSchema.safeParse(found.get(accountKey(account))).data;
  }

  async function remember(account: AccountRef, seen: Reference): Promise<void> {
    const key = accountKey(account);
    const text = JSON.stringify(seen);
    const known = fresh.get(key);
    if (known?.text === text && known.until > now()) return;
    if (fresh.size >= MAX_FRESH) fresh.clear();
    fresh.set(key, { text, until: now() + FRESH_MS });
    // What is seen in a channel does not tell of the personal chat.
    const kept = seen.conversationId === undefined ? await find(account) : undefined;
    await store.remember(account, { ...(kept?.conversationId === undefined ? {} : kept), ...seen });
  }

  async function forget(account: AccountRef): Promise<void> {
    fresh.delete(accountKey(account));
    await store.forget(account);
  }

  return {
    async learn(activity) {
      if (activity.from.aadObjectId === undefined) return;
      const account = accountOf(activity);
      const { conversation, from, serviceUrl } = activity;
      const personal = isPersonal(conversation.id) ? { conversationId: conversation.id } : {};
      try {
        await remember(account, { userId: from.id, serviceUrl, ...personal });
      } catch (error) {
        fresh.delete(accountKey(account));
        logger.warn({ err: error }, 'where somebody is reached in teams was not noted');
      }
    },

    find,

    async handles(accounts) {
      const found = await store.recall(accounts);
      const handles = new Map<string, string>();
      for (const [key, reference] of found) {
        const { data } = referenceSchema.safeParse(reference);
        if (data !== undefined) handles.set(key, data.userId);
      }
      return handles;
    },

    forget,

    async left(account) {
      if ((await find(account))?.conversationId === undefined) await forget(account);
    },
  };
}
