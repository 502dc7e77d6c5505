import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { and, asc, eq, getTableColumns, gt, inArray, notExists, type SQL, sql } from 'drizzle-orm';
import type { AuditEvent, AuditLog } from '../domain/ports.ts';
import { type Database, storable } from './database.ts';
import { inBatches } from './in-batches.ts';
import { audit, auditHead } from './schema.ts';

export interface AuditRow extends AuditEvent {
  index: number;
  /** ISO 8601, to the millisecond. */
  at: string;
  previousHash: string;
  hash: string;
}

/** Where the chain ends. Noted elsewhere, it proves that nothing was cut off the end. */
export interface AuditHead {
  index: number;
  hash: string;
}

export type AuditVerdict =
  | { ok: true; head: AuditHead }
  /** The first index at which the chain is not what was written. */
  | { ok: false; index: number; problem: string };

export interface AuditStore extends AuditLog {
  /** Every row, oldest first, in pages: the log may be larger than memory. */
  rows(): AsyncIterable<AuditRow>;
  /** Recomputes the chain. `noted` is a head that was kept outside this database. */
  verify(noted?: AuditHead): Promise<AuditVerdict>;
}

/** The hash before the first row. */
export const GENESIS = '0'.repeat(64);
const PAGE = 500;

export function createAuditStore(database: Database): AuditStore {
  /** Where we left the chain. A guess: other processes append to it, too. */
  let left: AuditHead | undefined;

  const append = inBatches(async (events: AuditEvent[]): Promise<void> => {
    const clean = withoutKnown(events.map(cleaned), []);
    const guess = left;
    left = undefined;
    left = (guess && (await appendAfter(database, guess, clean))) ?? (await appendLocked(database, clean));
  });

  async function* rows(): AsyncIterable<AuditRow> {
    let last = 0;
    for (;;) {
      const page = await database
        .select()
        .from(audit)
        .where(gt(audit.index, last))
        .orderBy(asc(audit.index))
        .limit(PAGE);
      for (const row of page) {
        yield { ...row, outcome: row.outcome as AuditEvent['outcome'], at: row.at.toISOString() };
      }
      const final = page.at(-1);
      if (final === undefined) return;
      last = final.index;
    }
  }

  async function verify(noted?: AuditHead): Promise<AuditVerdict> {
    const [head] = await database.select().from(auditHead).where(eq(auditHead.id, 1));
    let previous: AuditHead = { index: 0, hash: GENESIS };
    for await (const row of rows()) {
      const problem = problemOf(row, previous);
      if (problem !== undefined) return { ok: false, ...problem };
      if (row.index === noted?.index && row.hash !== noted.hash) {
        return { ok: false, index: row.index, problem: 'the row is not the one whose hash was noted' };
      }
      previous = { index: row.index, hash: row.hash };
    }
    // Rows appended while we read are beyond the head that was read first: only fewer rows are a problem.
    const expected = Math.max(head?.index ?? 0, noted?.index ?? 0);
    if (previous.index < expected) {
      return { ok: false, index: previous.index + 1, problem: `rows are missing up to index ${expected}` };
    }
    return { ok: true, head: previous };
  }

  return { append, rows, verify };
}

/** One round trip, for as long as nobody else has appended and no key is known; else it does nothing. */
async function appendAfter(
  database: Database,
  head: AuditHead,
  events: AuditEvent[],
): Promise<AuditHead | undefined> {
  const rows = chained(events, head);
  const known = database.select().from(audit).where(keyIn(events));
  const moved = database.$with('moved').as(
    database
      .update(auditHead)
      .set(headOf(rows, head))
      // A writer that waits here for another one compares anew: the hash is then not the one it knows.
      .where(and(eq(auditHead.hash, head.hash), notExists(known)))
      .returning({ id: auditHead.id }),
  );
  const written = await database
    .with(moved)
    .insert(audit)
    .select(
      sql`select ${COLUMNS} from ${moved}, jsonb_populate_recordset(null::${audit}, ${toJson(rows)}::jsonb)`,
    )
    .returning({ index: audit.index });
  return written.length === rows.length ? headOf(rows, head) : undefined;
}

/** The row lock is what all processes queue for. */
async function appendLocked(database: Database, events: AuditEvent[]): Promise<AuditHead> {
  return await database.transaction(async (transaction) => {
    // What the lock returns is the newest head, also after waiting.
    const [head] = await transaction.select().from(auditHead).for('update');
    if (head === undefined)
      throw new Error('the audit log has no head: its migration did not run to the end');
    const known = await transaction.select({ key: audit.key }).from(audit).where(keyIn(events));
    const rows = chained(withoutKnown(events, known), head);
    if (rows.length === 0) return head;
    await transaction.insert(audit).values(rows.map((row) => ({ ...row, at: new Date(row.at) })));
    await transaction.update(auditHead).set(headOf(rows, head));
    return headOf(rows, head);
  });
}

function keyIn(events: AuditEvent[]): SQL {
  const keys = events.map(({ key }) => key);
  return inArray(audit.key, keys);
}

function headOf(rows: AuditRow[], before: AuditHead): AuditHead {
  const { index, hash } = rows.at(-1) ?? before;
  return { index, hash };
}

const COLUMN_NAMES = Object.entries(getTableColumns(audit)).map(
  ([field, { name }]) => [field, name] as const,
);
const COLUMNS = sql.join(
  COLUMN_NAMES.map(([, name]) => sql.identifier(name)),
  sql`, `,
);

/** Under the names of the columns. */
function toJson(rows: AuditRow[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(COLUMN_NAMES.map(([field, name]) => [name, row[field as keyof AuditRow]])),
    ),
  );
}

/** The first of each key. */
function withoutKnown(events: AuditEvent[], known: { key: string }[]): AuditEvent[] {
  const seen = new Set(known.map(({ key }) => key));
  return events.filter(({ key }) => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function chained(events: AuditEvent[], head: AuditHead): AuditRow[] {
  const at = new Date().toISOString();
  const rows: AuditRow[] = [];
  for (const event of events) {
    const before = rows.at(-1) ?? head;
    const unhashed = { ...event, index: before.index + 1, at, previousHash: before.hash };
    rows.push({ ...unhashed, hash: hashRow(unhashed) });
  }
  return rows;
}

function problemOf(row: AuditRow, previous: AuditHead): { index: number; problem: string } | undefined {
  const expected = previous.index + 1;
  if (row.index !== expected) return { index: expected, problem: 'the row is missing' };
  if (row.previousHash !== previous.hash) {
    return { index: row.index, problem: 'the row does not follow the one before it' };
  }
  const { hash, ...unhashed } = row;
  if (hashRow(unhashed) !== hash)
    return { index: row.index, problem: 'the row was changed after it was written' };
  return undefined;
}

/** SHA-256 over the canonical JSON of the row, which holds the hash of the row before it. */
function hashRow(row: Omit<AuditRow, 'hash'>): string {
  return createHash('sha256')
    .update(canonicalize(row) ?? '')
    .digest('hex');
}

function cleaned(event: AuditEvent): AuditEvent {
  const detail = Object.entries(event.detail).map(
    ([name, value]) => [storable(name), storable(value)] as const,
  );
  return {
    key: storable(event.key),
    action: event.action,
    actor: storable(event.actor),
    subject: storable(event.subject),
    outcome: event.outcome,
    detail: Object.fromEntries(detail),
  };
}
