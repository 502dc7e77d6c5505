import type { Decision } from './approvals.ts';
import type { SystemHolding } from './holdings.ts';
import type { AccountRef, ConversationRef } from './refs.ts';

/** Something asked for about people: what all such requests have in common, whatever is done in the end. */
export interface PeopleRequest {
  /** The workflow's id, and the audit's subject. */
  id: string;
  requestId: string;
  asker: string;
  /** Where it was asked: its card is there. */
  origin: ConversationRef;
}

/** Who has to agree, where the asker alone may not. */
export interface RequestApproval {
  approvers: string[];
  /** The rule in words. */
  because: string;
  deadline: string;
  decision?: Decision;
}

export interface RequestDecision {
  requestId: string;
  person: string;
  account: AccountRef;
  decision: 'approve' | 'deny';
  reason?: string;
}

/** Something to be given or taken, and how far that is. */
export interface HoldingStep extends SystemHolding {
  want: 'held' | 'gone';
  /** `trying`: the system does not do it now, and is asked again. `by-hand`: it never will, so somebody has to. */
  state: 'waiting' | 'trying' | 'done' | 'by-hand';
  /** Why it is not done. */
  trouble?: string;
}

/** `lead` puts them into the team as well, where they are not in it. */
export type TeamChangeKind = 'create' | 'add' | 'remove' | 'lead';

/** One change of who is in a team. Whoever asks for a new team is its first lead. */
export interface TeamChangeInput extends PeopleRequest {
  change: TeamChangeKind;
  team: string;
  /** Of the team, as it is or will be. */
  title: string;
  person: string;
}

/** How far a request is. */
interface Progress {
  approval?: RequestApproval;
  /** What it gives and takes; before that, what it will. */
  steps: HoldingStep[];
  /** Who took it back. */
  withdrawnBy?: string;
  /** Why it is not done, and what to do. */
  trouble?: { reason: string; next: string };
  requestedAt: string;
  revision: number;
}

export interface TeamChangeState extends TeamChangeInput, Progress {
  kind: 'team-change';
  phase: 'requested' | 'awaiting-approval' | 'changing' | 'done' | 'refused';
}

/** Somebody who comes. */
export interface ArrivalInput extends PeopleRequest {
  /** The id they will have. */
  person: string;
  name: string;
  email: string;
  manager: string;
  team: string;
  /** Of the team. */
  title: string;
  /** A template of `manifests/roles`. */
  role: { name: string; title: string };
  /** A day, and when it begins for their team. */
  startsOn: string;
  startsAt: string;
}

export interface ArrivalState extends ArrivalInput, Progress {
  kind: 'arrival';
  phase: 'requested' | 'awaiting-approval' | 'waiting' | 'arriving' | 'done' | 'refused';
}

/** Another first day. */
export interface MoveArrival {
  requestId: string;
  person: string;
  startsOn: string;
  startsAt: string;
}

export interface WithdrawRequest {
  requestId: string;
  person: string;
}

/** As its workflow tells it. */
export type PeopleRequestState = TeamChangeState | ArrivalState;
