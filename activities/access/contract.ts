import type {
  EndGrantInput,
  Extension,
  GrantState,
  GrantVoteInput,
  HoldingState,
  StageState,
} from '../../src/domain/access.ts';
import type { HoldingPlace } from '../../src/domain/access-ledger.ts';
import type { Entitlement } from '../../src/domain/entitlements.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import type { Identity } from '../../src/domain/systems.ts';

/** What an activity of a grant is told: its state now, and the rules it was asked under. */
export interface GrantContext {
  state: GrantState;
  entitlement: Entitlement;
}

/** One stage, of the request itself or of one of its extensions. */
export interface StageRef {
  stage: number;
  /** The extension's id. */
  extension?: string;
}

/** What was found before something is given, or given for longer. */
export type Recheck =
  | { kind: 'go'; identity: Identity; rivals: Rival[] }
  /** Votes were void, or the rules have become stricter: it is to be approved again, as they are now. */
  | { kind: 'ask'; entitlement: Entitlement; digest: string; stages: StageState[] };

/** What nobody may have beside it: whoever has all of that is refused. */
export interface Rival {
  title: string;
  gives: HoldingPlace[];
}

/** On `QUEUES.main`. Quick and idempotent; what decides something audits it either way, and fails with `Forbidden`. */
export interface GrantLookups {
  /** Whether it may be asked for and could be approved, with who would be asked. Notes it in the ledger. */
  admitGrant(input: GrantContext): Promise<{ stages: StageState[]; rivals: Rival[] }>;
  /** The stage with whoever is to be asked now. */
  askStage(input: GrantContext & { ref: StageRef }): Promise<StageState>;
  authorizeGrantVote(input: GrantContext & { vote: GrantVoteInput }): Promise<void>;
  /** Before it is given, or given for as long as the extension says. */
  recheckGrant(input: GrantContext & { extension?: string }): Promise<Recheck>;
  /** Whether it may go on for so much longer, with who would be asked. */
  admitExtension(
    input: GrantContext & { extension: Pick<Extension, 'id' | 'by' | 'extraMs' | 'reason'> },
  ): Promise<{ stages: StageState[] }>;
  authorizeGrantEnd(input: GrantContext & { order: EndGrantInput }): Promise<void>;
  /**
   * Before the first of them is given: from here on all of it is taken away by then, whatever happens. Answers what each
   * becomes, in order; fails while one of them is just being taken away for another request.
   */
  armGrant(
    input: GrantContext & { plans: (HoldingPlace & { elsewhere: boolean })[]; endsAt: string },
  ): Promise<Extract<HoldingState['state'], 'waiting' | 'elsewhere'>[]>;
  /** All of it was read back, or goes on for longer. */
  holdGrant(input: GrantContext & { endsAt: string }): Promise<void>;
  /** Before one of them is taken away. */
  releaseHolding(input: GrantContext & { place: HoldingPlace }): Promise<Release>;
  /** It was read back that it is gone. */
  noteRevoked(input: GrantContext & { place: HoldingPlace }): Promise<void>;
  /** Audits how it ended, and lets the next request in. */
  settleGrant(input: GrantContext): Promise<void>;
}

/** How one thing is taken away. */
export interface Release {
  /** It was given for another request as well, and stays for that. */
  isShared: boolean;
  /** The system does not tell the two apart: it is not touched. */
  isKept: boolean;
  /** Whether the system tells what was there before from what Purser gave. */
  remembers: boolean;
  sessions: boolean;
  /** What stays possible afterwards. */
  outlasts: string[];
}

/** On `QUEUES.chat`, with heartbeats. Every copy is posted once and then edited. */
export interface GrantChatActivities {
  /** The card where it was asked, and what whoever asked and whoever gets it have to hear. */
  showGrant(input: GrantContext & { origin: ConversationRef }): Promise<void>;
  /** The cards of everybody who was asked, and those of the approval channels: up to `state`, gone from where it is decided. */
  askGrantApprovers(input: GrantContext): Promise<void>;
  remindGrantApprovers(input: GrantContext & { ref: StageRef; round: number }): Promise<void>;
  /** To whoever has it, with Extend and End now. */
  warnOfGrantEnd(input: GrantContext): Promise<void>;
}

export type GrantActivities = GrantLookups & GrantChatActivities;
