import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import type { DirectoryChangeStore } from '../domain/ports.ts';
import { type Database, storable } from './database.ts';
import { inBatches } from './in-batches.ts';
import { directoryChanges } from './schema.ts';

export function createDirectoryChangeStore(database: Database): DirectoryChangeStore {
  const table = directoryChanges;
  const listForAll = inBatches(async () => {
    const rows = await database
      .select()
      .from(table)
      .where(isNull(table.endedAt))
      .orderBy(asc(table.madeAt), asc(table.key));
    return rows.map(({ person, what, key, identity }) => ({
      person,
      what,
      key,
      identity: identity ?? undefined,
    }));
  });

  return {
    list: () => listForAll(undefined),

    async add({ identity, ...change }) {
      const clean = identity && {
        ...identity,
        name: storable(identity.name),
        email: storable(identity.email),
      };
      await database
        .insert(table)
        .values({ ...change, identity: clean })
        .onConflictDoUpdate({
          target: [table.person, table.what, table.key],
          set: { madeAt: new Date(), endedAt: null, endedBy: null },
          setWhere: isNotNull(table.endedAt),
        });
    },

    async end({ person, what, key, endedBy }) {
      await database
        .update(table)
        .set({ endedAt: new Date(), endedBy })
        .where(
          and(
            eq(table.person, person),
            eq(table.what, what),
            isNull(table.endedAt),
            key === undefined ? undefined : eq(table.key, key),
          ),
        );
    },
  };
}
