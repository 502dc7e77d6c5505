import type { Vote } from './approvals.ts';
import type { Entitlement, StageRule } from './entitlements.ts';
import type { AccountRef, ConversationRef } from './refs.ts';
import type { SignIn } from './sign-in.ts';
import type { Holding } from './systems.ts';

export type GrantPhase = 'requested' | 'awaiting-approval' | 'granting' | 'active' | 'revoking' | 'ended';

/** Why it never was, or is no more. `returned` by who had it, `revoked` by somebody else, `outside` in the system itself. */
export type GrantEnd =
  | 'refused'
  | 'denied'
  | 'timed-out'
  | 'withdrawn'
  | 'failed'
  | 'expired'
  | 'returned'
  | 'revoked'
  | 'outside';

/** One stage of its approval, as it stands. */
export interface StageState {
  rule: StageRule;
  /** In words: "one of Platform's leads". */
  because: string;
  needed: number;
  /** Those who can be asked, requester and beneficiary left out. */
  approvers: string[];
  votes: Vote[];
  /** When whoever is asked as well is asked, or else it ends. */
  deadline?: string;
  /** Whether those of `otherwise` are asked by now. */
  escalated: boolean;
}

/** One thing it gives, in one system. */
export interface HoldingState {
  system: string;
  holding: Extract<Holding, { kind: 'group' }>;
  /** `elsewhere`: they had it anyway and keep it. `stuck`: it does not work, is tried again, and somebody is told. */
  state: 'waiting' | 'held' | 'elsewhere' | 'stuck' | 'revoked';
  trouble?: string;
  nextTryAt?: string;
  /** What stays possible after it was taken away, as the system says it. */
  outlasts?: string[];
}

/** One change of mind about how long. A pending one prolongs nothing. */
export interface Extension {
  /** The request's id. */
  id: string;
  by: string;
  extraMs: number;
  reason: string;
  askedAt: string;
  stages: StageState[];
  outcome?: 'approved' | 'denied' | 'timed-out' | 'too-late';
}

/** What `getGrantQuery` answers. Times are ISO 8601, durations milliseconds. No secret is in it. */
export interface GrantState {
  id: string;
  entitlement: Pick<Entitlement, 'id' | 'title' | 'meaning'>;
  /** Of the rules it was asked under: tightened ones ask again, loosened ones change nothing. */
  digest: string;
  requester: string;
  beneficiary: string;
  reason: string;
  ticket?: string;
  incident?: number;
  /** With what was approved since. */
  durationMs: number;
  phase: GrantPhase;
  stages: StageState[];
  holdings: HoldingState[];
  /** Read back everywhere: it counts from here. */
  activatedAt?: string;
  endsAt?: string;
  extensions: Extension[];
  end?: GrantEnd;
  endedBy?: string;
  endReason?: string;
  /** Why it could not be given, in words for people. */
  trouble?: string;
  requestedAt: string;
  endedAt?: string;
  /** Grows with every change; a card of an older revision never overwrites a newer one. */
  revision: number;
}

/** What a request starts with. */
export interface GrantInput {
  id: string;
  entitlement: Entitlement;
  digest: string;
  requester: string;
  /** Who gets it; the requester, where nobody else is named. */
  beneficiary: string;
  durationMs: number;
  reason: string;
  ticket?: string;
  incident?: number;
  /** Where it was asked, and where the card lives. */
  origin: ConversationRef;
  /** From the run before. */
  carried?: GrantState;
}

/** A vote on a stage, or on an extension's. Repeating it changes nothing. */
export interface GrantVoteInput {
  /** Of the extension, where it is about one. */
  extension?: string;
  /** Of the rules the card was drawn from. */
  digest: string;
  /** Of the stage the card was drawn from. */
  stage: number;
  person: string;
  account: AccountRef;
  decision: 'approve' | 'deny';
  reason?: string;
  /** Where they signed in for it. */
  signedIn?: SignIn;
}

export interface EndGrantInput {
  requestId: string;
  person: string;
  reason?: string;
}

export interface ExtendGrantInput {
  requestId: string;
  person: string;
  extraMs: number;
  reason: string;
}

/** A row of `/access list`. */
export interface GrantListItem {
  id: string;
  /** By its id. */
  entitlement: string;
  beneficiary: string;
  phase: GrantPhase;
  endsAt?: string;
}
