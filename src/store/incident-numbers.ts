import { eq, max, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { LOCKS } from './locks.ts';
import { incidentNumbers } from './schema.ts';

/** Within a transaction: a sequence would skip a number whenever one is rolled back. */
export async function claimNumber(on: Database, requestId: string): Promise<number> {
  await on.execute(sql`select pg_advisory_xact_lock(${LOCKS.incidentNumbers})`);
  const [claimed] = await on.select().from(incidentNumbers).where(eq(incidentNumbers.requestId, requestId));
  if (claimed !== undefined) return claimed.number;
  const [last] = await on.select({ number: max(incidentNumbers.number) }).from(incidentNumbers);
  const number = (last?.number ?? 0) + 1;
  await on.insert(incidentNumbers).values({ number, requestId });
  return number;
}
