import { desc, eq, sql } from 'drizzle-orm';
import type { AccessToken, TokenStore } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { tokens } from './schema.ts';

export function createTokenStore(database: Database): TokenStore {
  return {
    async add(token) {
      await database.insert(tokens).values(token);
    },
    async byHash(hash) {
      const [row] = await database.select().from(tokens).where(eq(tokens.hash, hash));
      return row && fromRow(row);
    },
    async list() {
      const rows = await database.select().from(tokens).orderBy(desc(tokens.issuedAt));
      return rows.map(fromRow);
    },
    async revoke(id) {
      const [row] = await database
        .update(tokens)
        .set({ revokedAt: sql`coalesce(${tokens.revokedAt}, now())` })
        .where(eq(tokens.id, id))
        .returning();
      return row && fromRow(row);
    },
  };
}

function fromRow({ id, person, issuedAt, expiresAt, revokedAt }: typeof tokens.$inferSelect): AccessToken {
  return { id, person, issuedAt, expiresAt, ...(revokedAt === null ? {} : { revokedAt }) };
}
