import { asc, gt } from 'drizzle-orm';
import type { GameDayStore } from '../domain/game-day.ts';
import type { Database } from './database.ts';
import { gameDayFaults } from './schema.ts';

export function createGameDayStore(database: Database): GameDayStore {
  return {
    async faults(now) {
      const rows = await database
        .select()
        .from(gameDayFaults)
        .where(gt(gameDayFaults.until, now))
        .orderBy(asc(gameDayFaults.target));
      return rows.map((row) => ({ ...row, until: row.until.toISOString() }));
    },
    async begin({ target, kind, until }) {
      const set = { kind, until: new Date(until) };
      await database
        .insert(gameDayFaults)
        .values({ target, ...set })
        .onConflictDoUpdate({ target: gameDayFaults.target, set });
    },
    async end() {
      await database.delete(gameDayFaults);
    },
  };
}
