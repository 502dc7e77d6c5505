import type { ChatRouter } from '../src/chat/router.ts';
import type { OrphanRule } from '../src/domain/access-drift.ts';
import type { GrantLedger } from '../src/domain/access-ledger.ts';
import type { PublishedEntitlement } from '../src/domain/entitlements.ts';
import type { EnvironmentListItem } from '../src/domain/environments.ts';
import type { GameDayStore } from '../src/domain/game-day.ts';
import type { IncidentConfig } from '../src/domain/incident-config.ts';
import type { LinkStore } from '../src/domain/links.ts';
import type { Silences, TellIncident, Webhooks } from '../src/domain/outside.ts';
import type { Plan, TemplateCatalog } from '../src/domain/plans.ts';
import type { Policy } from '../src/domain/policy.ts';
import type {
  AuditLog,
  Cluster,
  CopyStore,
  DepartureStore,
  Directory,
  IncidentStore,
  PlaceStore,
  PlanStore,
  TokenStore,
} from '../src/domain/ports.ts';
import type { ConversationRef } from '../src/domain/refs.ts';
import type { RoleTemplate } from '../src/domain/role-templates.ts';
import type { Runbooks } from '../src/domain/runbooks.ts';
import type { SystemConnector } from '../src/domain/systems.ts';
import type { TeamStore } from '../src/domain/team-changes.ts';
import type { Trackers } from '../src/domain/trackers.ts';

/** All that activities know of the outside. */
export interface ActivityDeps {
  directory: Directory;
  policy(): Promise<Policy>;
  /** Where approvals are posted besides the direct messages. */
  approvalChannels(): Promise<ConversationRef[]>;
  audit: AuditLog;
  plans: PlanStore;
  catalog: Pick<TemplateCatalog, 'get' | 'plan'>;
  /** The digest a plan must be stored under. */
  digestOf(plan: Plan): string;
  places: PlaceStore;
  links: LinkStore;
  teams: Pick<TeamStore, 'create'>;
  copies: CopyStore;
  cluster: Cluster;
  /** Of `manifests/systems.yaml`, as it is now. */
  systems(): Promise<SystemConnector[]>;
  /** Of `manifests/roles`, as they are now. */
  roleTemplates(): Promise<RoleTemplate[]>;
  /** Of `manifests/entitlements.yaml`, as it is now. */
  entitlements(): Promise<PublishedEntitlement[]>;
  /** What becomes of access that no request holds any more, as the same file says now. */
  orphanRule(): Promise<OrphanRule>;
  grants: GrantLedger;
  chat: ChatRouter;
  /** The same, for what drills send: it fails as a game day has it. */
  drillChat: ChatRouter;
  incidents: IncidentStore;
  /** What fails for drills. */
  gameDay: Pick<GameDayStore, 'faults'>;
  /** `manifests/incidents.yaml` as it is now; missing where incidents are off. */
  incidentConfig(): Promise<IncidentConfig | undefined>;
  /** Of `manifests/runbooks/`, as they are now. */
  runbooks(): Promise<Runbooks>;
  /** Of a webhook or a tracker, by the name the configuration gives it. */
  secret(name: string): string | undefined;
  webhooks: Webhooks;
  silences: Silences;
  trackers: Trackers;
  tellIncident: TellIncident;
  departures: DepartureStore;
  tokens: Pick<TokenStore, 'list' | 'revoke'>;
  /** Running ones that somebody asked for, the newest first; more than a card can hold are left out. */
  environmentsOf(owner: string): Promise<EnvironmentListItem[]>;
  now(): Date;
}
