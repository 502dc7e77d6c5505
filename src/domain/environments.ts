import type { ApprovalRequirement, Decision, Vote } from './approvals.ts';
import type { FailureType } from './errors.ts';
import type { QuotaLimit } from './quota.ts';
import type { AccountRef, ConversationRef } from './refs.ts';
import type { SignIn } from './sign-in.ts';

export type EnvironmentPhase =
  | 'requested'
  | 'awaiting-approval'
  | 'provisioning'
  | 'ready'
  | 'failed'
  | 'rolling-back'
  | 'deleting'
  | 'gone';

/** Why an environment that is gone never was, or is no more. */
export type EnvironmentEnd = 'denied' | 'timed-out' | 'refused' | 'deleted' | 'expired' | 'rolled-back';

export interface StepProgress {
  id: string;
  title: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** Milliseconds, once done or failed. */
  tookMs?: number;
}

/** What a person needs when something did not work, in at most five lines. */
export interface Trouble {
  type: FailureType | 'Unknown';
  /** The step it happened in, if it was one. */
  step?: string;
  /** `Deployment runner` */
  object?: string;
  /** The condition or the refusal, verbatim. */
  reason: string;
  /** Newest first, at most three. */
  events: string[];
  /** The one thing to do next, a sentence. */
  next: string;
  /** What leaves no place, where that is the trouble. */
  limit?: QuotaLimit;
  /** The size that has more room, where that is. */
  bigger?: string;
}

/** An object we created, by uid: the only thing we will ever delete. */
export interface InventoryItem {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid: string;
}

/** What `getEnvironmentQuery` answers. Times are ISO 8601. No secret is in it. */
export interface EnvironmentState {
  cluster: string;
  name: string;
  namespace: string;
  requestId: string;
  digest: string;
  template: { name: string; version: number; title: string };
  requester: string;
  team: string;
  parameters: Record<string, string | number | boolean>;
  phase: EnvironmentPhase;
  end?: EnvironmentEnd;
  steps: StepProgress[];
  approval: {
    because: string;
    needed: number;
    votes: Vote[];
    approvers: string[];
    /** Whether whoever approves signs in for it. */
    signIn?: boolean;
    deadline?: string;
    decision?: Decision;
  };
  trouble?: Trouble;
  /** What rolling back or deleting could not undo, one line each. */
  leftovers: string[];
  /** Public connection info, known once ready. */
  urls: { key: string; url: string }[];
  /** Keys that Reveal will show. */
  secretKeys: string[];
  /** How long it lives once ready, in milliseconds. */
  ttlMs: number;
  requestedAt: string;
  readyAt?: string;
  expiresAt?: string;
  /** Since when the last warning reached nobody, and puts the end off. */
  unwarnedSince?: string;
  /** While it is taken down: since when, and how far it has been told that something is in the way. */
  removal?: { since: string; told?: 'requester' | 'approval-channels' };
  /** Who asked for the deletion, and when. Nobody when it expired. */
  deletedBy?: string;
  endedAt?: string;
  /** Grows with every change; a card of an older revision never overwrites a newer one. */
  revision: number;
}

/** A row of `/env list`, from visibility alone. */
export interface EnvironmentListItem {
  cluster: string;
  name: string;
  phase: EnvironmentPhase;
  template: string;
  team: string;
  owner: string;
  expiresAt?: string;
}

/** What a request starts with. Durations in milliseconds; the plan itself is in the store, under `digest`. */
export interface EnvironmentInput {
  cluster: string;
  name: string;
  namespace: string;
  requestId: string;
  digest: string;
  template: { name: string; version: number; title: string };
  parameters: Record<string, string | number | boolean>;
  requester: string;
  team: string;
  /** Where it was asked, and where the card lives. */
  origin: ConversationRef;
  /** Steps of one wave are applied side by side. */
  steps: { id: string; title: string; wave?: number }[];
  approval: ApprovalRequirement;
  lifecycle: { ttlMs: number; warnMs: number[] };
  quota: { perOwner: number; perTeam: number };
  urls: { key: string; url: string }[];
  secretKeys: string[];
  /** Carried by continue-as-new. */
  carried?: { state: EnvironmentState; inventory: InventoryItem[]; warned: number[] };
}

export interface DecideInput {
  requestId: string;
  digest: string;
  person: string;
  account: AccountRef;
  decision: 'approve' | 'deny';
  reason?: string;
  /** Where they signed in for it. */
  signedIn?: SignIn;
}

export interface PersonInput {
  requestId: string;
  person: string;
}
