import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Client } from 'pg';
import type { DecidedLink } from '../domain/links.ts';
import type { DirectoryChange } from '../domain/ports.ts';
import { createDirectoryChangeStore } from './directory-changes.ts';
import { createLinkStore } from './links.ts';
import { migrationsFolder } from './open-database.ts';
import * as schema from './schema.ts';

export interface DatabaseInspection {
  /** Migrations of ours that were not applied yet. */
  missing: number;
  /** It was migrated by a newer version than this. */
  ahead: boolean;
  people: PeopleRecords;
}

/** What is on record about people, on top of what the files say. Nothing where migrations are missing. */
export interface PeopleRecords {
  links: DecidedLink[];
  changes: DirectoryChange[];
}

/** Looks at a Postgres database and changes nothing. Rejects when it does not answer. */
export async function inspectDatabase(databaseUrl: string): Promise<DatabaseInspection> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'purser',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  // What breaks the connection rejects the query that waits on it as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin read only');
    const last = await lastMigration(client);
    const ours = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis);
    const missing = ours.filter((at) => at > last).length;
    const people = missing === 0 ? await readPeople(client) : { links: [], changes: [] };
    return { missing, ahead: last > Math.max(...ours), people };
  } finally {
    await client.end();
  }
}

async function readPeople(client: Client): Promise<PeopleRecords> {
  const database = drizzle(client, { schema });
  const links = await createLinkStore(database).list();
  return { links, changes: await createDirectoryChangeStore(database).list() };
}

/** When the last migration that was applied was written; 0 where there was none. */
async function lastMigration(client: Client): Promise<number> {
  const table = 'drizzle.__drizzle_migrations';
  const { rows } = await client.query('select to_regclass($1) is not null as there', [table]);
  if (rows[0]?.there !== true) return 0;
  const found = await client.query(`select coalesce(max(created_at), 0) as last from ${table}`);
  return Number(found.rows[0]?.last);
}
