import type { ChatRouter } from '../src/chat/router.ts';
import type { Plan } from '../src/domain/plans.ts';
import type { Policy } from '../src/domain/policy.ts';
import type {
  AuditLog,
  Cluster,
  CopyStore,
  Directory,
  LinkStore,
  PlaceStore,
  PlanStore,
} from '../src/domain/ports.ts';
import type { ConversationRef } from '../src/domain/refs.ts';

/** All that activities know of the outside. */
export interface ActivityDeps {
  directory: Directory;
  policy(): Promise<Policy>;
  /** Where approvals are posted besides the direct messages. */
  approvalChannels(): Promise<ConversationRef[]>;
  audit: AuditLog;
  plans: PlanStore;
  /** The digest a plan must be stored under. */
  digestOf(plan: Plan): string;
  places: PlaceStore;
  links: LinkStore;
  copies: CopyStore;
  cluster: Cluster;
  chat: ChatRouter;
}
