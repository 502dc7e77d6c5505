import { and, asc, eq } from 'drizzle-orm';
import type { LinkStore } from '../domain/ports.ts';
import { accountKey, accountRefSchema } from '../domain/refs.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { links } from './schema.ts';

export function createLinkStore(database: Database): LinkStore {
  const listForAll = inBatches(async () => {
    const rows = await database.select().from(links).orderBy(asc(links.accountKey));
    return rows.map(({ account, person, decidedAt }) => ({
      account: accountRefSchema.parse(account),
      person,
      decidedAt,
    }));
  });

  return {
    list: () => listForAll(undefined),
    async link(account, person, decidedBy) {
      await database
        .insert(links)
        .values({ accountKey: accountKey(account), account, person, decidedBy })
        .onConflictDoUpdate({
          target: links.accountKey,
          set: { account, person, decidedBy, decidedAt: new Date() },
        });
    },
    async unlink(account, person) {
      await database
        .delete(links)
        .where(and(eq(links.accountKey, accountKey(account)), eq(links.person, person)));
    },
  };
}
