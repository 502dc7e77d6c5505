import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import type { IncidentStore } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { countedIn, FIRING, IDENTITY, lockGroup, openIncident } from './incident-alerts.ts';
import { incidentAlerts, incidentGroups } from './schema.ts';

/** To whom alerts belong once an incident is over, merged into another one, or itself again. */
export function createMergeStore(database: Database): Pick<IncidentStore, 'closeGroups' | 'splitAlerts'> {
  return {
    async closeGroups(number, mergedInto) {
      await database.transaction(async (transaction) => {
        const closed = await transaction
          .update(incidentGroups)
          .set({ open: false })
          .where(and(eq(incidentGroups.number, number), incidentGroups.open))
          .returning({ key: incidentGroups.key });
        if (mergedInto === undefined || closed.length === 0) return;
        await handOver(transaction, { number, mergedInto, keys: closed.map(({ key }) => key) });
      });
    },

    async splitAlerts(number, { from, reopen }) {
      await database.transaction(async (transaction) => {
        const groups = await transaction
          .select({ key: incidentGroups.key })
          .from(incidentGroups)
          .where(and(eq(incidentGroups.number, from), eq(incidentGroups.mergedFrom, number)))
          .orderBy(incidentGroups.key);
        // In one order, so that two that are split at once do not wait for each other.
        for (const { key } of groups) await lockGroup(transaction, key);
        for (const { key } of groups) await giveBackGroup(transaction, { key, number, from, reopen });
        await giveBackAlerts(transaction, { number, from });
      });
    },
  };
}

async function handOver(
  on: Database,
  { number, mergedInto, keys }: { number: number; mergedInto: number; keys: string[] },
): Promise<void> {
  await on
    .insert(incidentGroups)
    .values(keys.map((key) => ({ number: mergedInto, key, mergedFrom: number })))
    .onConflictDoUpdate({
      target: [incidentGroups.number, incidentGroups.key],
      set: { open: true, mergedFrom: number },
    });
  const { number: _, mergedFrom: __, splitOff: ___, ...rest } = getTableColumns(incidentAlerts);
  await on
    .insert(incidentAlerts)
    .select(
      on
        .select({
          number: sql`${mergedInto}::integer`.as('number'),
          ...rest,
          mergedFrom: sql`${number}::integer`.as('merged_from'),
          splitOff: sql`false`.as('split_off'),
        })
        .from(incidentAlerts)
        .where(countedIn(number)),
    )
    // Merged once more: what stayed from the first time counts again, as it is by now.
    .onConflictDoUpdate({
      target: IDENTITY,
      set: { splitOff: false, status: sql`excluded.status`, endsAt: sql`excluded.ends_at` },
      setWhere: and(incidentAlerts.splitOff, eq(incidentAlerts.mergedFrom, number)),
    });
}

/** What fires from now on is the other one's again, unless a third one has taken the group. */
async function giveBackGroup(
  on: Database,
  { key, number, from, reopen }: { key: string; number: number; from: number; reopen: boolean },
): Promise<void> {
  const group = (of: number) => and(eq(incidentGroups.number, of), eq(incidentGroups.key, key));
  await on.update(incidentGroups).set({ open: false, mergedFrom: null }).where(group(from));
  if (reopen && (await openIncident(on, key)) === undefined)
    await on.update(incidentGroups).set({ open: true }).where(group(number));
}

/** With whatever has become of them, and those that came in since. They stay where they were, and count there no more. */
async function giveBackAlerts(
  on: Database,
  { number, from }: { number: number; from: number },
): Promise<void> {
  const theirs = and(countedIn(from), eq(incidentAlerts.mergedFrom, number));
  const { number: _, mergedFrom: __, splitOff: ___, ...rest } = getTableColumns(incidentAlerts);
  await on
    .insert(incidentAlerts)
    .select(
      on
        .select({
          number: sql`${number}::integer`.as('number'),
          ...rest,
          mergedFrom: sql`null::integer`.as('merged_from'),
          splitOff: sql`false`.as('split_off'),
        })
        .from(incidentAlerts)
        .where(theirs),
    )
    .onConflictDoUpdate({
      target: IDENTITY,
      set: { status: sql`excluded.status`, endsAt: sql`excluded.ends_at` },
      setWhere: FIRING,
    });
  await on.update(incidentAlerts).set({ splitOff: true }).where(theirs);
}
