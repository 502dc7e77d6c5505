import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { AnsweredDeliveries, DeliveryLog } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { deliveries } from './schema.ts';

export interface DeliveryStore extends DeliveryLog, AnsweredDeliveries {
  /** Forgets what was claimed more than an hour ago: no platform delivers again that late. */
  prune(): Promise<void>;
}

interface Claim {
  key: string;
  press: boolean;
}

/**
 * Every call is one round trip, and claims made at once share it: it stands between a person and their answer. The
 * database's clock decides.
 */
export function createDeliveryStore(database: Database): DeliveryStore {
  /** The keys that were claimed, each to be given to one caller. */
  const claimAll = inBatches(async (claims: Claim[]): Promise<Set<string>> => {
    const presses = claims.filter(({ press }) => press).map(({ key }) => key);
    const claimed = await database
      .insert(deliveries)
      .values(distinct(claims.map(({ key }) => key)).map((key) => ({ key })))
      .onConflictDoUpdate({
        target: deliveries.key,
        set: { claimedAt: sql`now()`, settled: false },
        setWhere: or(
          and(eq(deliveries.settled, false), olderThan('10 seconds')),
          and(inArray(deliveries.key, presses), olderThan('20 seconds')),
        ),
      })
      .returning({ key: deliveries.key });
    return new Set(claimed.map(({ key }) => key));
  });

  async function claim(claim: Claim): Promise<boolean> {
    const claimed = await claimAll(claim);
    return claimed.delete(claim.key);
  }

  const settleAll = inBatches(async (keys: string[]): Promise<void> => {
    await database
      .insert(deliveries)
      .values(distinct(keys).map((key) => ({ key, settled: true })))
      .onConflictDoUpdate({ target: deliveries.key, set: { settled: true } });
  });

  return {
    claim: (key) => claim({ key, press: false }),
    claimPress: (key) => claim({ key, press: true }),
    settle: settleAll,
    async settleWith(key, answer) {
      const settled = { settled: true, answer };
      await database
        .insert(deliveries)
        .values({ key, ...settled })
        .onConflictDoUpdate({ target: deliveries.key, set: settled });
    },
    async answerTo(key) {
      const [row] = await database
        .select({ answer: deliveries.answer })
        .from(deliveries)
        .where(eq(deliveries.key, key));
      return row?.answer ?? undefined;
    },
    async release(key) {
      await database.delete(deliveries).where(and(eq(deliveries.key, key), eq(deliveries.settled, false)));
    },
    async prune() {
      await database.delete(deliveries).where(olderThan('1 hour'));
    },
  };
}

function olderThan(interval: string): SQL {
  return sql`${deliveries.claimedAt} < now() - ${interval}::interval`;
}

/** In one order everywhere: two processes that lock the same rows must not wait for each other. */
function distinct(keys: string[]): string[] {
  return [...new Set(keys)].sort();
}
