import { and, eq, sql } from 'drizzle-orm';
import type { PlaceStore } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { LOCKS } from './locks.ts';
import { places } from './schema.ts';

export function createPlaceStore(database: Database): PlaceStore {
  async function count(
    on: Pick<Database, 'select'>,
    { template, owner, team }: { template: string; owner: string; team: string },
  ): Promise<{ owner: number; team: number }> {
    const [row] = await on
      .select({
        owner: sql<number>`(count(*) filter (where ${places.owner} = ${owner}))::int`,
        team: sql<number>`(count(*) filter (where ${places.team} = ${team}))::int`,
      })
      .from(places)
      .where(
        and(eq(places.template, template), sql`(${places.owner} = ${owner} or ${places.team} = ${team})`),
      );
    return { owner: row?.owner ?? 0, team: row?.team ?? 0 };
  }

  return {
    async claim({ holder, template, owner, team, limits }) {
      return await database.transaction(async (transaction) => {
        // Counting and claiming are one act: without the lock two claims could both see the last place free.
        await transaction.execute(sql`select pg_advisory_xact_lock(${LOCKS.places})`);
        const held = await transaction.select().from(places).where(eq(places.holder, holder));
        if (held.length > 0) return true;
        const taken = await count(transaction, { template, owner, team });
        if (taken.owner >= limits.perOwner || taken.team >= limits.perTeam) return false;
        await transaction.insert(places).values({ holder, template, owner, team });
        return true;
      });
    },
    async release(holder) {
      await database.delete(places).where(eq(places.holder, holder));
    },
    count: (place) => count(database, place),
  };
}
