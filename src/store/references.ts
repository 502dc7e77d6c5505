import { eq, inArray, lt, sql } from 'drizzle-orm';
import type { ReferenceStore } from '../domain/ports.ts';
import { accountKey } from '../domain/refs.ts';
import type { Database } from './database.ts';
import { references } from './schema.ts';

/** Who has not been heard of for so long is forgotten; a platform that still knows them is asked anew. */
const KEPT_DAYS = 400;

export interface StoredReferences extends ReferenceStore {
  prune(): Promise<void>;
}

export function createReferenceStore(database: Database): StoredReferences {
  return {
    async remember(account, reference) {
      await database
        .insert(references)
        .values({ accountKey: accountKey(account), reference })
        .onConflictDoUpdate({ target: references.accountKey, set: { reference, seenAt: sql`now()` } });
    },

    async recall(accounts) {
      if (accounts.length === 0) return new Map();
      const rows = await database
        .select()
        .from(references)
        .where(inArray(references.accountKey, accounts.map(accountKey)));
      return new Map(rows.map((row) => [row.accountKey, row.reference]));
    },

    async forget(account) {
      await database.delete(references).where(eq(references.accountKey, accountKey(account)));
    },

    async prune() {
      const oldest = sql`now() - make_interval(days => ${KEPT_DAYS})`;
      await database.delete(references).where(lt(references.seenAt, oldest));
    },
  };
}
