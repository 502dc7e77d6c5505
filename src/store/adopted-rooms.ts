import { and, arrayContains, eq, ne, or, sql } from 'drizzle-orm';
import type { IncidentRoom } from '../domain/incidents.ts';
import type { IncidentStore } from '../domain/ports.ts';
import { conversationKey, threadKey } from '../domain/refs.ts';
import { type Database, storableJson } from './database.ts';
import { adoptedRooms, incidents } from './schema.ts';

export function createAdoptionStore(
  database: Database,
): Pick<IncidentStore, 'takeRoom' | 'takenRoom' | 'giveBackRoom'> {
  const held = (room: Parameters<typeof roomKey>[0], number: number) =>
    and(eq(adoptedRooms.roomKey, roomKey(room)), eq(adoptedRooms.number, number));

  return {
    async takeRoom(room, number, before) {
      const key = roomKey(room);
      if (await isOpenRoom(database, key, number)) return undefined;
      const values = { roomKey: key, number, before: JSON.parse(storableJson(before)) as typeof before };
      // What it was like stays as it was first noted: by now the topic may be that of the incident before.
      const [taken] = await database
        .insert(adoptedRooms)
        .values(values)
        .onConflictDoUpdate({
          target: adoptedRooms.roomKey,
          set: { number },
          setWhere: or(eq(adoptedRooms.number, number), HOLDER_HAS_LEFT),
        })
        .returning({ before: adoptedRooms.before });
      return taken?.before;
    },

    async takenRoom(room, number) {
      const [taken] = await database
        .select({ before: adoptedRooms.before })
        .from(adoptedRooms)
        .where(held(room, number));
      return taken?.before;
    },

    async giveBackRoom(room, number) {
      await database.delete(adoptedRooms).where(held(room, number));
    },
  };
}

/** In what is a channel of its own every thread belongs to it. */
export function roomKey({ kind, conversation }: Pick<IncidentRoom, 'kind' | 'conversation'>): string {
  return kind === 'channel' ? conversationKey(conversation) : threadKey(conversation);
}

/** It is closed, or went on in a private room. One that was never recorded has only just begun. */
const HOLDER_HAS_LEFT = sql`exists (
  select 1 from ${incidents}
  where ${incidents.number} = ${adoptedRooms.number}
    and (${incidents.status} = 'closed' or (${incidents.row}->>'private')::boolean))`;

async function isOpenRoom(on: Database, key: string, number: number): Promise<boolean> {
  const found = await on
    .select({ number: incidents.number })
    .from(incidents)
    .where(
      and(
        arrayContains(incidents.roomKeys, [key]),
        ne(incidents.number, number),
        ne(incidents.status, 'closed'),
      ),
    )
    .limit(1);
  return found.length > 0;
}
