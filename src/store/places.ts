import { and, count, eq, inArray, or, sql } from 'drizzle-orm';
import type { PlaceStore, PlacesTaken } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { LOCKS } from './locks.ts';
import { places } from './schema.ts';

interface Place {
  template: string;
  owner: string;
  team: string;
}

export function createPlaceStore(database: Database): PlaceStore {
  const countForAll = inBatches((asked: Place[]) => countTaken(database, asked));

  return {
    async claim({ holder, template, owner, team, limits }) {
      return await database.transaction(async (transaction) => {
        // Counting and claiming are one act: without the lock two claims could both see the last place free.
        await transaction.execute(sql`select pg_advisory_xact_lock(${LOCKS.places})`);
        const held = await transaction.select().from(places).where(eq(places.holder, holder));
        if (held.length > 0) return true;
        const taken = (await countTaken(transaction, [{ template, owner, team }]))({ template, owner, team });
        if (taken.inAll >= limits.inAll) return false;
        if (taken.owner >= limits.perOwner || taken.team >= limits.perTeam) return false;
        await transaction.insert(places).values({ holder, template, owner, team });
        return true;
      });
    },
    async release(holder) {
      await database.delete(places).where(eq(places.holder, holder));
    },
    async count(place) {
      const takenOf = await countForAll(place);
      return takenOf(place);
    },
  };
}

/** How many places are taken of each that is asked about, in one query. */
async function countTaken(
  on: Pick<Database, 'select'>,
  asked: Place[],
): Promise<(place: Place) => PlacesTaken> {
  const rows = await on
    .select({ template: places.template, owner: places.owner, team: places.team, taken: count() })
    .from(places)
    .where(
      or(
        inArray(places.owner, distinct(asked, 'owner')),
        and(
          inArray(places.template, distinct(asked, 'template')),
          inArray(places.team, distinct(asked, 'team')),
        ),
      ),
    )
    // What a row is not grouped by is null in it.
    .groupBy(
      sql`grouping sets ((${places.template}, ${places.owner}), (${places.template}, ${places.team}), (${places.owner}))`,
    );
  const find = (place: Place, by: 'owner' | 'team') =>
    rows.find((row) => row.template === place.template && row[by] === place[by])?.taken ?? 0;
  const inAll = ({ owner }: Place) =>
    rows.find((row) => row.template === null && row.owner === owner)?.taken ?? 0;
  return (place) => ({ owner: find(place, 'owner'), team: find(place, 'team'), inAll: inAll(place) });
}

function distinct(asked: Place[], field: keyof Place): string[] {
  return [...new Set(asked.map((place) => place[field]))];
}
