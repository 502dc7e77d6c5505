import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { Pool } from 'pg';
import type { Database } from './database.ts';
import { LOCKS } from './locks.ts';
import * as schema from './schema.ts';

export interface DatabaseOptions {
  /** Postgres. Without it, an embedded database in `home`, for one process only. */
  databaseUrl?: string;
  home: string;
  /** Told when an idle connection breaks; the pool opens another. */
  onError(error: Error): void;
}

export interface OpenDatabase {
  database: Database;
  close(): Promise<void>;
}

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Opens and migrates. Rejects when the database does not answer. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  return options.databaseUrl === undefined
    ? await openPglite(options.home)
    : await openPostgres(options.databaseUrl, options.onError);
}

async function openPglite(home: string): Promise<OpenDatabase> {
  const folder = join(home, 'database');
  await mkdir(folder, { recursive: true });
  const client = await PGlite.create(folder);
  const database = drizzlePglite(client, { schema });
  await migratePglite(database, { migrationsFolder });
  return { database, close: () => client.close() };
}

async function openPostgres(
  connectionString: string,
  onError: (error: Error) => void,
): Promise<OpenDatabase> {
  const pool = new Pool({
    connectionString,
    application_name: 'purser',
    max: 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  pool.on('error', onError);
  try {
    await migrateAlone(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { database: drizzlePostgres(pool, { schema }), close: () => pool.end() };
}

/** Bot and worker may start at once: one migrates, the other waits and then finds it done. */
async function migrateAlone(pool: Pool): Promise<void> {
  const connection = await pool.connect();
  try {
    await connection.query('select pg_advisory_lock($1)', [LOCKS.migrations]);
    await migratePostgres(drizzlePostgres(connection, { schema }), { migrationsFolder });
    await connection.query('select pg_advisory_unlock($1)', [LOCKS.migrations]);
    connection.release();
  } catch (error) {
    // Closing the connection gives the lock back.
    connection.release(true);
    throw error;
  }
}
