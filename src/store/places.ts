import { and, count, eq, gt, inArray, isNull, min, or, sql, sum } from 'drizzle-orm';
import type { PlaceStore } from '../domain/ports.ts';
import { fullLimit, type PlaceCount, type Places, type QuotaLimit } from '../domain/quota.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { LOCKS } from './locks.ts';
import { places, quotaGrants } from './schema.ts';

interface Place {
  template: string;
  owner: string;
  team: string;
}

type Reader = Pick<Database, 'select'>;

export function createPlaceStore(database: Database): PlaceStore {
  const countForAll = inBatches((asked: Place[]) => countPlaces(database, asked));

  async function grantedUntil(requestId: string): Promise<Date | undefined> {
    const [row] = await database.select().from(quotaGrants).where(eq(quotaGrants.requestId, requestId));
    return row?.until;
  }

  return {
    async claim({ holder, limits, ...place }) {
      return await database.transaction(async (transaction) => {
        // Counting and claiming are one act: without the lock two claims could both see the last place free.
        await transaction.execute(sql`select pg_advisory_xact_lock(${LOCKS.places})`);
        const held = await transaction.select().from(places).where(eq(places.holder, holder));
        if (held.length > 0) return undefined;
        const full = fullLimit(limits, (await countPlaces(transaction, [place]))(place));
        if (full === undefined) await transaction.insert(places).values({ holder, ...place });
        return full;
      });
    },
    async release(holder) {
      await database.delete(places).where(eq(places.holder, holder));
    },
    async count(place) {
      const countOf = await countForAll(place);
      return countOf(place);
    },
    async grant({ person, team, template, limit, ...grant }) {
      const who = limit === 'perTeam' ? team : person;
      const of = limit === 'inAll' ? null : template;
      await database
        .insert(quotaGrants)
        .values({ ...grant, limit, who, template: of })
        .onConflictDoNothing();
      return (await grantedUntil(grant.requestId)) ?? grant.until;
    },
    grantedUntil,
  };
}

/** What is taken and what is granted of each that is asked about, in two queries however many they are. */
async function countPlaces(on: Reader, asked: Place[]): Promise<(place: Place) => PlaceCount> {
  const [takenOf, grantedOf] = [await readTaken(on, asked), await readGranted(on, asked)];
  return (place) => {
    const of = (limit: QuotaLimit) => ({ taken: takenOf(place, limit), ...grantedOf(place, limit) });
    return { perOwner: of('perOwner'), perTeam: of('perTeam'), inAll: of('inAll') };
  };
}

async function readTaken(on: Reader, asked: Place[]): Promise<(place: Place, limit: QuotaLimit) => number> {
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
  const counted: Record<QuotaLimit, (row: (typeof rows)[number], place: Place) => boolean> = {
    perOwner: (row, { template, owner }) => row.template === template && row.owner === owner,
    perTeam: (row, { template, team }) => row.template === template && row.team === team,
    inAll: (row, { owner }) => row.template === null && row.owner === owner,
  };
  return (place, limit) => rows.find((row) => counted[limit](row, place))?.taken ?? 0;
}

async function readGranted(
  on: Reader,
  asked: Place[],
): Promise<(place: Place, limit: QuotaLimit) => Omit<Places, 'taken'>> {
  const { limit: kind, who, template, extra, until } = quotaGrants;
  const rows = await on
    .select({ kind, who, template, granted: sum(extra).mapWith(Number), until: min(until) })
    .from(quotaGrants)
    .where(
      and(
        gt(until, sql`now()`),
        inArray(who, [...distinct(asked, 'owner'), ...distinct(asked, 'team')]),
        or(isNull(template), inArray(template, distinct(asked, 'template'))),
      ),
    )
    .groupBy(kind, who, template);
  return (place, limit) => {
    const whose = limit === 'perTeam' ? place.team : place.owner;
    const of = limit === 'inAll' ? null : place.template;
    const row = rows.find((found) => found.kind === limit && found.who === whose && found.template === of);
    return row === undefined ? { granted: 0 } : { granted: row.granted, until: row.until?.toISOString() };
  };
}

function distinct(asked: Place[], field: keyof Place): string[] {
  return [...new Set(asked.map((place) => place[field]))];
}
