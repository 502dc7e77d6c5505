import { createHash } from 'node:crypto';
import {
  and,
  count,
  desc,
  eq,
  getTableColumns,
  inArray,
  isNull,
  not,
  or,
  type SQL,
  sql,
  sum,
} from 'drizzle-orm';
import type { IncidentStore, StoredAlert } from '../domain/ports.ts';
import { type Database, storable, storableJson } from './database.ts';
import { claimNumber } from './incident-numbers.ts';
import { LOCKS } from './locks.ts';
import { incidentAlerts, incidentGroups, incidents } from './schema.ts';

type AlertStore = Pick<IncidentStore, 'takeAlerts' | 'alertsOf' | 'firingAlert'>;

/** Rows in one statement. */
const BATCH = 2_500;

export function createAlertStore(database: Database): AlertStore {
  return {
    async takeAlerts(group, requestId) {
      const key = digest(group.key);
      const alerts = distinct(group.alerts);
      return await database.transaction(async (transaction) => {
        await lockGroup(transaction, key);
        const open = await openIncident(transaction, key);
        const news = open === undefined ? await withoutPast(transaction, key, alerts) : alerts;
        if (open === undefined && !news.some(fires)) return undefined;
        const number = open?.number ?? (await openGroup(transaction, key, requestId));
        const changed = await keep(transaction, news, { number, mergedFrom: open?.mergedFrom ?? null });
        await countDelivery(transaction, { number, key, changed });
        return { number, isNew: !(await isRecorded(transaction, number)), changed };
      });
    },

    async alertsOf(number, limit) {
      const [alerts, [counted], [delivered]] = await Promise.all([
        database
          .select()
          .from(incidentAlerts)
          .where(countedIn(number))
          .orderBy(desc(incidentAlerts.startsAt), incidentAlerts.fingerprint)
          .limit(limit),
        database
          .select({
            total: count(),
            firing: sql<number>`count(*) filter (where ${FIRING})`.mapWith(Number),
          })
          .from(incidentAlerts)
          .where(countedIn(number)),
        database
          .select({ repeats: sum(incidentGroups.deliveries).mapWith(Number) })
          .from(incidentGroups)
          .where(eq(incidentGroups.number, number)),
      ]);
      return {
        alerts: alerts.map(toAlert),
        firing: counted?.firing ?? 0,
        total: counted?.total ?? 0,
        repeats: delivered?.repeats ?? 0,
      };
    },

    async firingAlert(fingerprint) {
      const isOver = eq(incidents.status, 'closed');
      const [found] = await database
        .select({ alert: incidentAlerts })
        .from(incidentAlerts)
        .leftJoin(incidents, eq(incidents.number, incidentAlerts.number))
        .where(
          and(
            eq(incidentAlerts.fingerprint, storable(fingerprint)),
            FIRING,
            not(incidentAlerts.splitOff),
            // One that begins just now is not recorded yet.
            or(isNull(incidents.status), not(isOver)),
          ),
        )
        .orderBy(desc(incidentAlerts.startsAt), desc(incidentAlerts.number))
        .limit(1);
      return found && { number: found.alert.number, alert: toAlert(found.alert) };
    },
  };
}

/** Those that were split off count where they went. */
export function countedIn(number: number): SQL | undefined {
  return and(eq(incidentAlerts.number, number), not(incidentAlerts.splitOff));
}

/** One delivery of a group after another; those of other groups do not wait. */
export async function lockGroup(on: Database, key: string): Promise<void> {
  await on.execute(sql`select pg_advisory_xact_lock(${LOCKS.alertGroups}, hashtext(${key}))`);
}

export const FIRING = eq(incidentAlerts.status, 'firing');
const IS_TOLD = sql`told.fingerprint = ${incidentAlerts.fingerprint} and told.starts_at = ${incidentAlerts.startsAt}`;

/** Keys are made of labels, which may be longer than what can be indexed. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function fires({ status }: StoredAlert): boolean {
  return status === 'firing';
}

function identity({ fingerprint, startsAt }: { fingerprint: string; startsAt: string | Date }): string {
  return `${storable(fingerprint)} ${new Date(startsAt).getTime()}`;
}

/** One of each identity; of a firing and a resolved one, the resolved one is the newer. */
function distinct(alerts: StoredAlert[]): StoredAlert[] {
  const byIdentity = new Map<string, StoredAlert>();
  for (const alert of alerts) {
    const key = identity(alert);
    if (byIdentity.get(key)?.status !== 'resolved') byIdentity.set(key, alert);
  }
  return [...byIdentity.values()];
}

interface Holder {
  number: number;
  /** The incident whose alerts they would be, were the two not merged. */
  mergedFrom: number | null;
}

export async function openIncident(on: Database, key: string): Promise<Holder | undefined> {
  const [group] = await on
    .select({ number: incidentGroups.number, mergedFrom: incidentGroups.mergedFrom })
    .from(incidentGroups)
    .where(and(eq(incidentGroups.key, key), incidentGroups.open));
  return group;
}

async function openGroup(on: Database, key: string, requestId: string): Promise<number> {
  const number = await claimNumber(on, requestId);
  await on
    .insert(incidentGroups)
    .values({ number, key })
    .onConflictDoUpdate({ target: [incidentGroups.number, incidentGroups.key], set: { open: true } });
  return number;
}

/** What earlier incidents of the group know to be over is not begun again by a delivery that comes late. */
async function withoutPast(on: Database, key: string, alerts: StoredAlert[]): Promise<StoredAlert[]> {
  const told = rowsOf(alerts.map((alert) => toRow({ number: 0, mergedFrom: null }, alert)));
  const earlier = inArray(
    incidentAlerts.number,
    on.select({ number: incidentGroups.number }).from(incidentGroups).where(eq(incidentGroups.key, key)),
  );
  await on
    .update(incidentAlerts)
    .set({ status: 'resolved', endsAt: sql`told.ends_at` })
    .from(told)
    .where(and(earlier, IS_TOLD, FIRING, sql`told.status = 'resolved'`));
  const over = await on
    .select({ fingerprint: incidentAlerts.fingerprint, startsAt: incidentAlerts.startsAt })
    .from(incidentAlerts)
    .innerJoin(told, IS_TOLD)
    .where(and(earlier, eq(incidentAlerts.status, 'resolved')));
  const known = new Set(over.map(identity));
  return alerts.filter((alert) => !known.has(identity(alert)));
}

/** Whether anything was new. */
async function keep(on: Database, alerts: StoredAlert[], holder: Holder): Promise<boolean> {
  let changed = 0;
  for (let first = 0; first < alerts.length; first += BATCH) {
    const rows = alerts.slice(first, first + BATCH).map((alert) => toRow(holder, alert));
    const learnt = await on
      .insert(incidentAlerts)
      .select(sql`select ${COLUMNS} from ${rowsOf(rows)}`)
      .onConflictDoUpdate({
        target: IDENTITY,
        set: { status: 'resolved', endsAt: sql`excluded.ends_at` },
        // What is over stays over, in whichever order it is told.
        setWhere: and(FIRING, sql`excluded.status = 'resolved'`),
      })
      .returning({ number: incidentAlerts.number });
    changed += learnt.length;
  }
  if (changed > 0) await endEarlier(on, holder.number);
  return changed > 0;
}

/** An alert that fires anew between two deliveries of its group is never told of as resolved before. */
async function endEarlier(on: Database, number: number): Promise<void> {
  await on.execute(sql`
    update ${incidentAlerts} as earlier set status = 'resolved', ends_at = later.starts_at
    from ${incidentAlerts} as later
    where earlier.number = ${number} and earlier.status = 'firing' and later.number = earlier.number
      and later.fingerprint = earlier.fingerprint and later.starts_at > earlier.starts_at`);
}

/** What tells nothing new within a minute is the other one of a pair, or the same delivery again. */
async function countDelivery(
  on: Database,
  { number, key, changed }: { number: number; key: string; changed: boolean },
): Promise<void> {
  const quiet = sql`${incidentGroups.deliveredAt} < now() - interval '1 minute'`;
  await on
    .update(incidentGroups)
    .set({ deliveries: sql`${incidentGroups.deliveries} + 1`, deliveredAt: sql`now()` })
    .where(and(eq(incidentGroups.number, number), eq(incidentGroups.key, key), changed ? undefined : quiet));
}

async function isRecorded(on: Database, number: number): Promise<boolean> {
  const found = await on
    .select({ number: incidents.number })
    .from(incidents)
    .where(eq(incidents.number, number));
  return found.length > 0;
}

export const IDENTITY = [incidentAlerts.number, incidentAlerts.fingerprint, incidentAlerts.startsAt];

const COLUMN_NAMES = Object.values(getTableColumns(incidentAlerts)).map(({ name }) => name);
const COLUMNS = sql.join(
  COLUMN_NAMES.map((name) => sql.identifier(name)),
  sql`, `,
);

/** As one parameter, however many there are. */
function rowsOf(rows: AlertRow[]): SQL {
  return sql`jsonb_populate_recordset(null::${incidentAlerts}, ${storableJson(rows)}::jsonb) as told`;
}

/** Under the names of the columns. */
type AlertRow = ReturnType<typeof toRow>;

function toRow(
  { number, mergedFrom }: Holder,
  { fingerprint, startsAt, status, endsAt, labels, annotations, url }: StoredAlert,
) {
  const over = status === 'resolved' && endsAt !== undefined;
  return {
    number,
    fingerprint,
    starts_at: new Date(startsAt).toISOString(),
    status,
    ends_at: over ? new Date(endsAt).toISOString() : null,
    labels,
    annotations,
    url: url ?? null,
    merged_from: mergedFrom,
    split_off: false,
  };
}

function toAlert(row: typeof incidentAlerts.$inferSelect): StoredAlert {
  return {
    fingerprint: row.fingerprint,
    startsAt: row.startsAt.toISOString(),
    status: row.status,
    ...(row.endsAt === null ? {} : { endsAt: row.endsAt.toISOString() }),
    labels: row.labels,
    annotations: row.annotations,
    ...(row.url === null ? {} : { url: row.url }),
  };
}
