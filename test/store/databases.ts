import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { Client } from 'pg';
import type { Database } from '../../src/store/database.ts';
import { type OpenDatabase, openDatabase } from '../../src/store/open-database.ts';
import { postgresUrl } from '../support/stack.ts';

/** Runs the tests on both databases; `database()` is migrated and empty when the first test begins. */
export function onBothDatabases(name: string, tests: (database: () => Database) => void): void {
  describe(`${name} on PGlite`, () => {
    let home: string;
    let opened: OpenDatabase;
    before(async () => {
      home = await mkdtemp(join(tmpdir(), 'purser-store-'));
      opened = await openDatabase({ home, onError: ignore });
    });
    after(async () => {
      await opened.close();
      await rm(home, { recursive: true, force: true });
    });

    tests(() => opened.database);
  });

  describe(`${name} on Postgres`, () => {
    let own: { url: string; drop(): Promise<void> };
    let opened: OpenDatabase;
    before(async () => {
      own = await createPostgresDatabase();
      opened = await openDatabase({ databaseUrl: own.url, home: '', onError: ignore });
    });
    after(async () => {
      await opened.close();
      await own.drop();
    });

    tests(() => opened.database);
  });
}

/** An empty database on the shared server. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdministrator(`create database ${name}`);
  const url = new URL(postgresUrl());
  url.pathname = name;
  return { url: url.href, drop: () => asAdministrator(`drop database ${name} with (force)`) };
}

async function asAdministrator(statement: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Dropping the database breaks connections that are closing already. */
function ignore(): void {}
