import { and, eq, lt, lte, sql } from 'drizzle-orm';
import { type CopyStore, REDACTED } from '../domain/ports.ts';
import { conversationRefSchema, messageRefSchema, type Platform } from '../domain/refs.ts';
import type { Database } from './database.ts';
import { messageCopies } from './schema.ts';

const heldFromNow = sql`now() + interval '20 seconds'`;
/** Not `now()`: rounded to the column's milliseconds, it may lie ahead. */
const letGo = sql`now() - interval '1 second'`;

/** For a platform that keeps no messages: what was shown there is gone, and is posted anew. */
export async function forgetCopies(database: Database, platform: Platform): Promise<void> {
  await database.delete(messageCopies).where(sql`${messageCopies.conversation}->>'platform' = ${platform}`);
}

/** The database's clock decides who holds a copy. */
export function createCopyStore(database: Database): CopyStore {
  return {
    async take(key, conversation) {
      const [row] = await database
        .insert(messageCopies)
        .values({ key, conversation, heldUntil: heldFromNow })
        .onConflictDoUpdate({
          target: messageCopies.key,
          set: { heldUntil: heldFromNow, attempts: sql`${messageCopies.attempts} + 1` },
          setWhere: lte(messageCopies.heldUntil, sql`now()`),
        })
        .returning();
      if (row === undefined) return undefined;
      return {
        key: row.key,
        conversation: conversationRefSchema.parse(row.conversation),
        message: row.message === null ? undefined : messageRefSchema.parse(row.message),
        createdAt: row.createdAt,
        attempts: row.attempts,
        shownRevision: row.shownRevision,
        shownHash: row.shownHash,
      };
    },
    async extend(key) {
      await database.update(messageCopies).set({ heldUntil: heldFromNow }).where(eq(messageCopies.key, key));
    },
    async shown(key, message, revision, hash) {
      await database
        .update(messageCopies)
        .set({ message, shownRevision: revision, shownHash: hash, heldUntil: letGo })
        .where(and(eq(messageCopies.key, key), lte(messageCopies.shownRevision, revision)));
    },
    async release(key) {
      await database.update(messageCopies).set({ heldUntil: letGo }).where(eq(messageCopies.key, key));
    },
    async forget(key) {
      await database.delete(messageCopies).where(eq(messageCopies.key, key));
    },
    async unredacted(requestId) {
      const rows = await database
        .select({ key: messageCopies.key, conversation: messageCopies.conversation })
        .from(messageCopies)
        .where(
          and(
            sql`starts_with(${messageCopies.key}, ${`${requestId}:`})`,
            lt(messageCopies.shownRevision, REDACTED),
          ),
        );
      return rows.map(({ key, conversation }) => ({
        key,
        conversation: conversationRefSchema.parse(conversation),
      }));
    },
  };
}
