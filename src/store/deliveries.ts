import { and, eq, lt, sql } from 'drizzle-orm';
import type { DeliveryLog } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { deliveries } from './schema.ts';

export interface DeliveryStore extends DeliveryLog {
  /** Forgets what was claimed more than an hour ago: no platform delivers again that late. */
  prune(): Promise<void>;
}

/** Every call is one round trip: it stands between a person and their answer. The database's clock decides. */
export function createDeliveryStore(database: Database): DeliveryStore {
  /** The keys that were claimed, each to be given to one caller. */
  const claimAll = inBatches(async (keys: string[]): Promise<Set<string>> => {
    const claimed = await database
      .insert(deliveries)
      .values(distinct(keys).map((key) => ({ key })))
      .onConflictDoUpdate({
        target: deliveries.key,
        set: { claimedAt: sql`now()` },
        setWhere: and(
          eq(deliveries.settled, false),
          sql`${deliveries.claimedAt} < now() - interval '10 seconds'`,
        ),
      })
      .returning({ key: deliveries.key });
    return new Set(claimed.map(({ key }) => key));
  });

  const settleAll = inBatches(async (keys: string[]): Promise<void> => {
    await database
      .insert(deliveries)
      .values(distinct(keys).map((key) => ({ key, settled: true })))
      .onConflictDoUpdate({ target: deliveries.key, set: { settled: true } });
  });

  return {
    async claim(key) {
      const claimed = await claimAll(key);
      return claimed.delete(key);
    },
    settle: settleAll,
    async release(key) {
      await database.delete(deliveries).where(and(eq(deliveries.key, key), eq(deliveries.settled, false)));
    },
    async prune() {
      await database.delete(deliveries).where(lt(deliveries.claimedAt, sql`now() - interval '1 hour'`));
    },
  };
}

/** In one order everywhere: two processes that lock the same rows must not wait for each other. */
function distinct(keys: string[]): string[] {
  return [...new Set(keys)].sort();
}
