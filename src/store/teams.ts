import { asc, eq } from 'drizzle-orm';
import type { TeamStore } from '../domain/team-changes.ts';
import { type Database, storable } from './database.ts';
import { inBatches } from './in-batches.ts';
import { teams } from './schema.ts';

export function createTeamStore(database: Database): TeamStore {
  const listForAll = inBatches(async () => {
    const rows = await database.select().from(teams).orderBy(asc(teams.madeAt), asc(teams.id));
    return rows.map(({ id, title, key }) => ({ id, title, key }));
  });

  return {
    list: () => listForAll(undefined),

    async create({ id, title, key }) {
      await database
        .insert(teams)
        .values({ id, title: storable(title), key })
        .onConflictDoNothing();
      const [made] = await database.select().from(teams).where(eq(teams.id, id));
      return { mine: made?.key === key };
    },
  };
}
