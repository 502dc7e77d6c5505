import { and, arrayOverlaps, asc, desc, eq, gte, lte, ne, type SQL, sql } from 'drizzle-orm';
import type { IncidentRow, TimelineEntry } from '../domain/incidents.ts';
import type { IncidentStore } from '../domain/ports.ts';
import { conversationKey, threadKey } from '../domain/refs.ts';
import { createAdoptionStore, roomKey } from './adopted-rooms.ts';
import { type Database, storable, storableJson } from './database.ts';
import { createAlertStore } from './incident-alerts.ts';
import { createFigureStore } from './incident-figures.ts';
import { createMergeStore } from './incident-merges.ts';
import { claimNumber } from './incident-numbers.ts';
import { incidentEntries, incidents } from './schema.ts';

type Recorded = Parameters<IncidentStore['record']>[0];

/** A projection of the workflows, but for numbers and alerts, which are nowhere else. */
export function createIncidentStore(database: Database): IncidentStore {
  return {
    ...createAlertStore(database),
    ...createMergeStore(database),
    ...createAdoptionStore(database),
    ...createFigureStore(database),

    async claimNumber(requestId) {
      return await database.transaction((transaction) => claimNumber(transaction, requestId));
    },

    async record(incident, entries) {
      await database.transaction(async (transaction) => {
        await saveRow(transaction, incident);
        const said = entries.filter((entry) => !entry.struck);
        const struck = entries.filter((entry) => entry.struck);
        if (said.length > 0) await saveEntries(transaction, incident, said);
        if (struck.length > 0) await strikeEntries(transaction, incident, struck);
      });
    },

    async get(number) {
      const [found] = await database
        .select({ row: incidents.row })
        .from(incidents)
        .where(eq(incidents.number, number));
      return found?.row;
    },

    async list({ open, severity, since, limit }) {
      const found = await database
        .select({ row: incidents.row, total: sql<number>`count(*) over ()`.mapWith(Number) })
        .from(incidents)
        .where(
          and(
            open ? ne(incidents.status, 'closed') : undefined,
            severity === undefined ? undefined : eq(incidents.severity, severity),
            since === undefined ? undefined : gte(incidents.declaredAt, since),
          ),
        )
        .orderBy(desc(incidents.number))
        .limit(limit);
      return { items: found.map(({ row }) => row), total: found[0]?.total ?? 0 };
    },

    async timeline(number) {
      const rows = await database
        .select()
        .from(incidentEntries)
        .where(sql`${incidentEntries.number} in ${withMerged(number)}`)
        .orderBy(asc(incidentEntries.at), asc(incidentEntries.index));
      return rows.map((row) => (row.number === number ? toEntry(row) : fromMerged(row)));
    },

    async hasEntry(number, key) {
      const found = await database
        .select({ key: incidentEntries.key })
        .from(incidentEntries)
        .where(and(eq(incidentEntries.number, number), eq(incidentEntries.key, storable(key))));
      return found.length > 0;
    },

    async inRoom(conversation) {
      const thread = threadKey(conversation);
      const found = await database
        .select({ number: incidents.number, roomKeys: incidents.roomKeys })
        .from(incidents)
        .where(arrayOverlaps(incidents.roomKeys, [thread, conversationKey(conversation)]))
        .orderBy(desc(incidents.number));
      // A thread that is a room comes before the channel around it.
      const room = found.find(({ roomKeys }) => roomKeys.includes(thread)) ?? found[0];
      return room?.number;
    },
  };
}

/** It, and what was merged into it, step by step. Private ones keep theirs to themselves. */
function withMerged(number: number): SQL {
  const { row } = incidents;
  return sql`(
    with recursive it(number) as (
      select ${number}::integer
      union
      select ${incidents.number} from ${incidents} join it on (${row}->>'mergedInto')::integer = it.number
      where not (${row}->>'private')::boolean
    )
    select number from it)`;
}

async function saveRow(on: Database, { revision, rooms, ...row }: Recorded): Promise<void> {
  const values = {
    number: row.number,
    revision,
    status: row.status,
    severity: row.severity,
    declaredAt: new Date(row.times.declaredAt),
    roomKeys: rooms.map(roomKey),
    row: JSON.parse(storableJson(row)) as IncidentRow,
  };
  await on
    .insert(incidents)
    .values(values)
    .onConflictDoUpdate({
      target: incidents.number,
      set: values,
      setWhere: lte(incidents.revision, revision),
    });
}

/** Recordings may come twice and out of order: a note is amended only by what is said later. */
async function saveEntries(
  on: Database,
  { number, revision }: Recorded,
  entries: TimelineEntry[],
): Promise<void> {
  const later = sql`${incidentEntries.revision} < ${revision}`;
  const amends = sql`${incidentEntries.kind} = 'note' and excluded.text <> ${incidentEntries.text}`;
  await on
    .insert(incidentEntries)
    .values(distinct(entries).map((entry) => ({ ...entry, number, revision })))
    .onConflictDoUpdate({
      target: ENTRY,
      set: {
        text: sql`excluded.text`,
        firstText: sql`coalesce(${incidentEntries.firstText}, ${incidentEntries.text})`,
        revision,
      },
      setWhere: and(later, amends),
    });
}

/** Of what is struck only that is new: its text stays. */
async function strikeEntries(
  on: Database,
  { number, revision }: Recorded,
  entries: TimelineEntry[],
): Promise<void> {
  await on
    .insert(incidentEntries)
    .values(distinct(entries).map((entry) => ({ ...entry, number, revision, struck: true })))
    .onConflictDoUpdate({ target: ENTRY, set: { struck: true } });
}

const ENTRY = [incidentEntries.number, incidentEntries.key];

type NewEntry = Omit<typeof incidentEntries.$inferInsert, 'number' | 'revision'>;

/** One of each key: a note may have been amended before it was ever recorded. */
function distinct(entries: TimelineEntry[]): NewEntry[] {
  const byKey = new Map<string, NewEntry>();
  for (const entry of entries.map(cleaned)) {
    const first = byKey.get(entry.key);
    byKey.set(entry.key, first === undefined ? entry : amended(first, entry.text));
  }
  return [...byKey.values()];
}

function amended(entry: NewEntry, text: string): NewEntry {
  if (entry.kind !== 'note' || entry.text === text) return entry;
  return { ...entry, text, firstText: entry.firstText ?? entry.text };
}

function cleaned({ key, at, kind, by, text, link }: TimelineEntry): NewEntry {
  return {
    key: storable(key),
    at: new Date(at),
    kind,
    by: storable(by),
    text: storable(text),
    link: link === undefined ? undefined : storable(link),
    struck: false,
  };
}

/** Under its own number, by which it is told from what happened here. */
function fromMerged(row: typeof incidentEntries.$inferSelect): TimelineEntry {
  const { key, text, ...entry } = toEntry(row);
  return { ...entry, key: `${row.number}:${key}`, text: `#${row.number}: ${text}` };
}

function toEntry(row: typeof incidentEntries.$inferSelect): TimelineEntry {
  const { key, at, kind, by, text, link, struck } = row;
  return {
    key,
    at: at.toISOString(),
    kind,
    by,
    text,
    ...(link === null ? {} : { link }),
    ...(struck ? { struck } : {}),
  };
}
