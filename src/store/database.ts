import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** Postgres or PGlite: the stores do not know which. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** What Postgres cannot keep in a text: NUL, and halves of surrogate pairs. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
