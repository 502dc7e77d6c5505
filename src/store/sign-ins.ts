import { and, eq, lte, type SQL, sql } from 'drizzle-orm';
import { pressSchema, type SignInRequest, type SignInStore } from '../domain/sign-in.ts';
import type { Database } from './database.ts';
import { signIns } from './schema.ts';

export function createSignInStore(database: Database): SignInStore {
  async function open(which: SQL): Promise<SignInRequest | undefined> {
    const [row] = await database
      .select()
      .from(signIns)
      .where(and(which, sql`${signIns.expiresAt} > now()`));
    return row && fromRow(row);
  }

  return {
    async ask(request) {
      await database.delete(signIns).where(lte(signIns.expiresAt, sql`now()`));
      await database.insert(signIns).values(request);
    },
    find: (id) => open(eq(signIns.id, id)),
    async begin(id, state) {
      await database.update(signIns).set({ state }).where(eq(signIns.id, id));
    },
    findBegun: (state) => open(eq(signIns.state, state)),
    async done(id) {
      await database.delete(signIns).where(eq(signIns.id, id));
    },
  };
}

function fromRow({ id, what, person, press, expiresAt }: typeof signIns.$inferSelect): SignInRequest {
  return { id, what, ...(person === null ? {} : { person }), press: pressSchema.parse(press), expiresAt };
}
