import { and, asc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type { LinkStore } from '../domain/links.ts';
import { accountKey, accountRefSchema } from '../domain/refs.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { links } from './schema.ts';

export function createLinkStore(database: Database): LinkStore {
  const listForAll = inBatches(async () => {
    const rows = await database
      .select()
      .from(links)
      .where(isNull(links.endedAt))
      .orderBy(asc(links.accountKey));
    return rows.map(({ account, person, decidedAt }) => ({
      account: accountRefSchema.parse(account),
      person,
      decidedAt,
    }));
  });

  return {
    list: () => listForAll(undefined),
    async link({ requestId, account, person, decidedBy }) {
      const ofRequest = eq(links.requestId, requestId);
      return await database.transaction(async (transaction) => {
        const [granted] = await transaction.select().from(links).where(ofRequest);
        if (granted !== undefined) return granted.person;
        const key = accountKey(account);
        await transaction
          .update(links)
          .set({
            endedAt: new Date(),
            endedBy: sql`case when ${links.person} <> ${person} then ${decidedBy} end`,
          })
          // Not its own: another try of it may have come first in the meantime.
          .where(and(eq(links.accountKey, key), ne(links.requestId, requestId), isNull(links.endedAt)));
        await transaction
          .insert(links)
          .values({ requestId, accountKey: key, account, person, decidedBy })
          .onConflictDoNothing({ target: links.requestId });
        const [made] = await transaction.select().from(links).where(ofRequest);
        return made?.person ?? person;
      });
    },
    async unlink(account, person, by) {
      await database
        .update(links)
        .set({ endedAt: new Date(), endedBy: by })
        .where(
          and(eq(links.accountKey, accountKey(account)), eq(links.person, person), isNull(links.endedAt)),
        );
    },
    async takenSince(since) {
      const rows = await database
        .select()
        .from(links)
        .where(and(gt(links.endedAt, since), ne(links.endedBy, links.person)));
      return rows.map(({ requestId, account, person, endedBy }) => ({
        requestId,
        account: accountRefSchema.parse(account),
        person,
        takenBy: endedBy ?? '',
      }));
    },
  };
}
