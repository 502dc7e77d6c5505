import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { GrantLedger, HoldingPlace, LedgerRow } from '../domain/access-ledger.ts';
import type { Database } from './database.ts';
import { LOCKS } from './locks.ts';
import { grantHoldings, grants } from './schema.ts';

type Row = typeof grantHoldings.$inferSelect;

export function createGrantLedger(database: Database): GrantLedger {
  const table = grantHoldings;

  /** What is decided about one person is decided in turn. */
  async function inTurn<T>(person: string, work: (on: Database) => Promise<T>): Promise<T> {
    return await database.transaction(async (transaction) => {
      await transaction.execute(sql`select pg_advisory_xact_lock(${LOCKS.grants}, hashtext(${person}))`);
      return await work(transaction);
    });
  }

  /** Rows of other requests of the person for the same thing. */
  async function beside(on: Database, grant: string, person: string, place: HoldingPlace): Promise<Row[]> {
    return await on
      .select()
      .from(table)
      .where(and(eq(table.person, person), ne(table.grant, grant), isAt(place), ne(table.state, 'revoked')));
  }

  return {
    async open({ grant: id, person, entitlement, notWith }) {
      return await inTurn(person, async (on) => {
        const others = await on
          .select()
          .from(grants)
          .where(and(eq(grants.person, person), ne(grants.id, id), isNull(grants.closedAt)));
        const rival = others.find(
          (other) =>
            other.entitlement === entitlement ||
            notWith.includes(other.entitlement) ||
            other.notWith.includes(entitlement),
        );
        if (rival !== undefined) return { ...rival, grant: rival.id };
        await on
          .insert(grants)
          .values({ id, person, entitlement, notWith })
          .onConflictDoUpdate({ target: grants.id, set: { notWith } });
        return undefined;
      });
    },

    async close(grant) {
      await database
        .update(grants)
        .set({ closedAt: new Date() })
        .where(and(eq(grants.id, grant), isNull(grants.closedAt)));
    },

    async arm(rows) {
      const [first] = rows;
      if (first === undefined) return true;
      return await inTurn(first.person, async (on) => {
        for (const { grant, person, ...place } of rows) {
          const others = await beside(on, grant, person, place);
          if (others.some(({ state }) => state === 'revoking')) return false;
        }
        await on
          .insert(table)
          .values(
            rows.map(({ grant, person, system, holding, endsAt }) => ({
              grant,
              person,
              system,
              group: holding.group,
              scope: holding.scope ?? '',
              state: 'armed' as const,
              endsAt: new Date(endsAt),
            })),
          )
          .onConflictDoNothing();
        return true;
      });
    },

    async hold(grant, endsAt) {
      await database
        .update(table)
        .set({ state: 'held', endsAt: new Date(endsAt) })
        .where(and(eq(table.grant, grant), inArray(table.state, ['armed', 'held'])));
    },

    async release(grant, place) {
      const row = and(eq(table.grant, grant), isAt(place));
      const [known] = await database.select().from(table).where(row);
      if (known === undefined) return { shared: false };
      return await inTurn(known.person, async (on) => {
        await on
          .update(table)
          .set({ state: 'revoking' })
          .where(and(row, ne(table.state, 'revoked')));
        const others = await beside(on, grant, known.person, place);
        return { shared: others.some(({ state }) => state !== 'revoking') };
      });
    },

    async revoked(grant, place) {
      await database
        .update(table)
        .set({ state: 'revoked', revokedAt: new Date() })
        .where(and(eq(table.grant, grant), isAt(place), ne(table.state, 'revoked')));
    },

    async isGivenBeside(grant, person, place) {
      return (await beside(database, grant, person, place)).length > 0;
    },

    async list() {
      const rows = await database
        .select()
        .from(table)
        .where(ne(table.state, 'revoked'))
        .orderBy(asc(table.endsAt), asc(table.grant));
      return rows.map(asLedgerRow);
    },

    async past(system) {
      const rows = await database
        .select()
        .from(table)
        .where(and(eq(table.system, system), eq(table.state, 'revoked')))
        .orderBy(asc(table.endsAt), asc(table.grant));
      return rows.map(asLedgerRow);
    },
  };
}

function isAt({ system, holding }: HoldingPlace) {
  const { group, scope = '' } = holding;
  return and(
    eq(grantHoldings.system, system),
    eq(grantHoldings.group, group),
    eq(grantHoldings.scope, scope),
  );
}

function asLedgerRow({ grant, person, system, group, scope, state, endsAt }: Row): LedgerRow {
  const holding = { kind: 'group' as const, group, ...(scope === '' ? {} : { scope }) };
  return { grant, person, system, holding, state, endsAt: endsAt.toISOString() };
}
