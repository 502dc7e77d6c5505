import { and, asc, count, eq, gte, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import type { DepartureStore } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { LOCKS } from './locks.ts';
import { departures } from './schema.ts';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

export function createDepartureStore(database: Database): DepartureStore {
  const table = departures;

  /** Counting and noting are one act: without the lock two could both be the last that may. */
  function alone<Answer>(act: (transaction: Transaction) => Promise<Answer>): Promise<Answer> {
    return database.transaction(async (transaction) => {
      await transaction.execute(sql`select pg_advisory_xact_lock(${LOCKS.departures})`);
      return await act(transaction);
    });
  }

  return {
    claim: ({ id, person, since }) =>
      alone(async (transaction) => {
        const isOpen = and(eq(table.person, person), isNull(table.endedAt));
        const [open] = await transaction.select().from(table).where(isOpen);
        if (open !== undefined && open.id !== id) return { other: open.id };
        await transaction.insert(table).values({ id, person }).onConflictDoNothing();
        const [counted] = await transaction
          .select({ asked: count() })
          .from(table)
          .where(gte(table.askedAt, since));
        return { asked: counted?.asked ?? 1 };
      }),

    begin: ({ id, since, most }) =>
      alone(async (transaction) => {
        const others = and(ne(table.id, id), gte(table.begunAt, since));
        const [counted] = await transaction.select({ begun: count() }).from(table).where(others);
        const [own] = await transaction.select().from(table).where(eq(table.id, id));
        const crowd = (counted?.begun ?? 0) + 1;
        if (own?.begunAt == null && crowd > most) return { crowd };
        await transaction
          .update(table)
          .set({ begunAt: sql`coalesce(${table.begunAt}, now())` })
          .where(eq(table.id, id));
        return {};
      }),

    async end(id) {
      await database.delete(table).where(and(eq(table.id, id), isNull(table.begunAt)));
      await database
        .update(table)
        .set({ endedAt: sql`coalesce(${table.endedAt}, now())` })
        .where(and(eq(table.id, id), isNotNull(table.begunAt)));
    },

    async open() {
      const rows = await database
        .select({ id: table.id, person: table.person })
        .from(table)
        .where(isNull(table.endedAt))
        .orderBy(asc(table.askedAt), asc(table.id));
      return rows;
    },
  };
}
