import type { Logger } from 'pino';
import type { Adoption, ChatReply } from '../chat/adapter.ts';
import type { PublishedEntitlement } from '../domain/entitlements.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import type { IncidentStats } from '../domain/incident-stats.ts';
import type { Intent, IntentOf } from '../domain/intents.ts';
import type { LinkStore } from '../domain/links.ts';
import type { DirectorySnapshot, Person } from '../domain/people.ts';
import type { TemplateCatalog } from '../domain/plans.ts';
import type { Permission, Policy } from '../domain/policy.ts';
import type {
  AuditLog,
  Cluster,
  DeliveryLog,
  DepartureStore,
  Directory,
  IncidentStore,
  PlaceStore,
  PlanStore,
  TokenStore,
} from '../domain/ports.ts';
import type { ConversationRef, Platform } from '../domain/refs.ts';
import type { AnyRequest } from '../domain/requests.ts';
import type { RoleTemplate } from '../domain/role-templates.ts';
import type { Runbooks } from '../domain/runbooks.ts';
import type { SignInRequest } from '../domain/sign-in.ts';
import type { DepartureLaunchers } from '../temporal/departure-launchers.ts';
import type { GrantLaunchers } from '../temporal/grant-launchers.ts';
import type { IncidentLaunchers } from '../temporal/incident-launchers.ts';
import type { Launchers } from '../temporal/launchers.ts';
import type { PeopleLaunchers } from '../temporal/people-launchers.ts';
import type { QuotaLaunchers } from '../temporal/quota-launchers.ts';

/** All that commands know of the outside. */
export interface CommandContext {
  /** The cluster's name in business keys. */
  cluster: string;
  directory: Directory;
  policy(): Promise<Policy>;
  catalog: TemplateCatalog;
  launchers: Launchers;
  plans: PlanStore;
  places: Pick<PlaceStore, 'count'>;
  deliveries: DeliveryLog;
  audit: AuditLog;
  revealSecrets: Cluster['readSecrets'];
  incidents: IncidentContext;
  access: AccessContext;
  people: PeopleLaunchers;
  /** In which roles people may come, as the organisation has them now. */
  roleTemplates(): Promise<RoleTemplate[]>;
  quota: QuotaLaunchers;
  departures: DepartureCommands;
  links: Pick<LinkStore, 'list' | 'unlink'>;
  /** Returns the address where it is done. Missing where there is no identity provider. */
  askToSignIn?(request: Omit<SignInRequest, 'id' | 'expiresAt'>): Promise<string>;
  now(): Date;
  logger: Logger;
}

/** Of those who leave. */
export interface DepartureCommands {
  launchers: DepartureLaunchers;
  open: DepartureStore['open'];
  tokens: Pick<TokenStore, 'list'>;
}

export interface AccessContext {
  launchers: GrantLaunchers;
  /** What people may ask for, as the organisation has it now. */
  entitlements(): Promise<PublishedEntitlement[]>;
}

export interface IncidentContext {
  launchers: IncidentLaunchers;
  store: Pick<IncidentStore, 'claimNumber' | 'get' | 'list' | 'timeline' | 'hasEntry' | 'inRoom'>;
  /** Nothing where the organisation has no `incidents.yaml`. */
  config(): Promise<IncidentConfig | undefined>;
  runbooks(): Promise<Runbooks>;
  /** Those that are connected. */
  platforms(): Platform[];
  /** Where approvals are asked for. */
  approvalChannels(): Promise<ConversationRef[]>;
  /** Whether a place can become a room; we are in it then. */
  adopt(place: ConversationRef): Promise<Adoption>;
  /** PNG, as base64. */
  drawStats(stats: IncidentStats): Promise<string>;
}

/** One request of one known person, with the directory and the rules as they are while it is answered. */
export interface Call {
  context: CommandContext;
  request: AnyRequest;
  person: Person;
  directory: DirectorySnapshot;
  policy: Policy;
}

/** `permission` is asked before anything is looked up; what it is about is asked again by the handler. */
export interface Handler<Name extends Intent['intent']> {
  /** Missing where a workflow decides, as it does on approvals. */
  permission?: Permission;
  handle(call: Call, intent: IntentOf<Name>): Promise<ChatReply>;
}

/** Temporal, the store or the cluster did not answer: nothing is known to have happened, and repeating is harmless. */
export class NotRecordedError extends Error {
  override readonly name = 'NotRecordedError';
}
