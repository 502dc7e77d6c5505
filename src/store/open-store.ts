import { sql } from 'drizzle-orm';
import type { GrantLedger } from '../domain/access-ledger.ts';
import type { GameDayStore } from '../domain/game-day.ts';
import type { LinkStore } from '../domain/links.ts';
import type {
  CopyStore,
  DepartureStore,
  DirectoryChangeStore,
  IncidentStore,
  PlaceStore,
  PlanStore,
  ReferenceStore,
  TokenStore,
} from '../domain/ports.ts';
import type { Platform } from '../domain/refs.ts';
import type { SignInStore } from '../domain/sign-in.ts';
import type { TeamStore } from '../domain/team-changes.ts';
import { type AuditStore, createAuditStore } from './audit.ts';
import { createCopyStore, forgetCopies } from './copies.ts';
import { createDeliveryStore, type DeliveryStore } from './deliveries.ts';
import { createDepartureStore } from './departures.ts';
import { createDirectoryChangeStore } from './directory-changes.ts';
import { createGameDayStore } from './game-day.ts';
import { createGrantLedger } from './grants.ts';
import { createIncidentStore } from './incidents.ts';
import { createLinkStore } from './links.ts';
import { type DatabaseOptions, openDatabase } from './open-database.ts';
import { createPlaceStore } from './places.ts';
import { createPlanStore } from './plans.ts';
import { createReferenceStore } from './references.ts';
import { createSignInStore } from './sign-ins.ts';
import { createTeamStore } from './teams.ts';
import { createTokenStore } from './tokens.ts';

export interface Store {
  audit: AuditStore;
  plans: PlanStore;
  places: PlaceStore;
  deliveries: DeliveryStore;
  links: LinkStore;
  directoryChanges: DirectoryChangeStore;
  departures: DepartureStore;
  teams: TeamStore;
  copies: CopyStore;
  references: ReferenceStore;
  incidents: IncidentStore;
  gameDay: GameDayStore;
  grants: GrantLedger;
  tokens: TokenStore;
  signIns: SignInStore;
  forgetCopies(platform: Platform): Promise<void>;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

const PRUNE_EVERY_MS = 10 * 60_000;

/** Opens and migrates. Rejects when the database does not answer. */
export async function openStore(options: DatabaseOptions): Promise<Store> {
  const { database, close } = await openDatabase(options);
  const deliveries = createDeliveryStore(database);
  const references = createReferenceStore(database);
  const prune = () => Promise.all([deliveries.prune(), references.prune()]);
  const pruning = setInterval(() => prune().catch(options.onError), PRUNE_EVERY_MS).unref();
  return {
    audit: createAuditStore(database),
    plans: createPlanStore(database),
    places: createPlaceStore(database),
    deliveries,
    links: createLinkStore(database),
    directoryChanges: createDirectoryChangeStore(database),
    departures: createDepartureStore(database),
    teams: createTeamStore(database),
    copies: createCopyStore(database),
    references,
    incidents: createIncidentStore(database),
    gameDay: createGameDayStore(database),
    grants: createGrantLedger(database),
    tokens: createTokenStore(database),
    signIns: createSignInStore(database),
    forgetCopies: (platform) => forgetCopies(database, platform),
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
