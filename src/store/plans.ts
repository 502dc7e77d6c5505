import { eq } from 'drizzle-orm';
import type { Plan } from '../domain/plans.ts';
import type { PlanStore } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { inBatches } from './in-batches.ts';
import { plans } from './schema.ts';

export function createPlanStore(database: Database): PlanStore {
  const saveAll = inBatches(async (rows: (typeof plans.$inferInsert)[]): Promise<void> => {
    // In one order everywhere: two processes that insert the same rows must not wait for each other.
    const ordered = rows.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
    await database.insert(plans).values(ordered).onConflictDoNothing();
  });

  return {
    save: (digest, plan) => saveAll({ digest, plan: JSON.stringify(plan) }),
    async load(digest) {
      const [row] = await database.select().from(plans).where(eq(plans.digest, digest));
      return row === undefined ? undefined : (JSON.parse(row.plan) as Plan);
    },
  };
}
