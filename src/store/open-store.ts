import { sql } from 'drizzle-orm';
import type { CopyStore, LinkStore, PlaceStore, PlanStore } from '../domain/ports.ts';
import { type AuditStore, createAuditStore } from './audit.ts';
import { createCopyStore } from './copies.ts';
import { createDeliveryStore, type DeliveryStore } from './deliveries.ts';
import { createLinkStore } from './links.ts';
import { type DatabaseOptions, openDatabase } from './open-database.ts';
import { createPlaceStore } from './places.ts';
import { createPlanStore } from './plans.ts';

export interface Store {
  audit: AuditStore;
  plans: PlanStore;
  places: PlaceStore;
  deliveries: DeliveryStore;
  links: LinkStore;
  copies: CopyStore;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

const PRUNE_EVERY_MS = 10 * 60_000;

/** Opens and migrates. Rejects when the database does not answer. */
export async function openStore(options: DatabaseOptions): Promise<Store> {
  const { database, close } = await openDatabase(options);
  const deliveries = createDeliveryStore(database);
  const pruning = setInterval(() => deliveries.prune().catch(options.onError), PRUNE_EVERY_MS).unref();
  return {
    audit: createAuditStore(database),
    plans: createPlanStore(database),
    places: createPlaceStore(database),
    deliveries,
    links: createLinkStore(database),
    copies: createCopyStore(database),
    async ready() {
      await database.execute(sql`select 1`);
      return true;
    },
    async close() {
      clearInterval(pruning);
      await close();
    },
  };
}
