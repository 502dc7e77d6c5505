import type { Decision, Vote } from './approvals.ts';
import type { FormNote } from './forms.ts';
import type { AccountRef, ConversationRef } from './refs.ts';
import type { Holding } from './systems.ts';

/** `left`: everything is gone, and some of it can be given back for a while. */
export type DeparturePhase =
  | 'requested'
  | 'awaiting-approval'
  | 'scheduled'
  | 'leaving'
  | 'left'
  | 'undoing'
  | 'ended';

export type DepartureEnd = 'refused' | 'denied' | 'timed-out' | 'withdrawn' | 'done' | 'undone';

/** In the order in which they are taken. `systems` asks which there are, and is gone once that is known. */
export type LedgerKind =
  | 'systems'
  | 'account'
  | 'sessions'
  | 'groups'
  | 'group'
  | 'links'
  | 'tokens'
  | 'hand-over';

/** One thing to be taken from somebody who leaves, until it is known to be gone. */
export interface LedgerLine {
  /** `account:sso`, `group:sso:admins@shop`, `links`: unique within the departure. */
  id: string;
  kind: LedgerKind;
  system?: string;
  /** Of an account or a group. */
  holding?: Holding;
  /**
   * `stuck`: it does not work now and is tried again. `by-hand`: only a person can do it. `impossible`: the system has no
   * such thing, and `outlasts` says what that means. `given-back` after an undo.
   */
  state: 'waiting' | 'done' | 'stuck' | 'by-hand' | 'impossible' | 'given-back';
  tries: number;
  /** What is wrong, and what to do, in words for people. */
  trouble?: string;
  next?: string;
  nextTryAt?: string;
  /** Whether they had it when it was taken: what they did not have is not given back. */
  had?: boolean;
  /** Read back at. */
  doneAt?: string;
  /** Who says that they have done it by hand. */
  handledBy?: { person: string; at: string };
  /** What was ended, where it is several things: chat accounts, tokens, environments. */
  items?: string[];
  outlasts?: string[];
}

/** What `getDepartureQuery` answers. Times are ISO 8601. No secret is in it. */
export interface DepartureState {
  id: string;
  person: string;
  /** As they were called when it was asked; systems may know them by it when the directory does not any more. */
  name: string;
  email: string;
  requester: string;
  reason: string;
  /** When it begins; at once, where it is missing. */
  at?: string;
  /** Who takes over, and is told what they leave behind: whoever was named, else the leads of the teams they were in. */
  heirs: string[];
  /** What they had when it was asked, for those who approve. */
  preview: FormNote[];
  phase: DeparturePhase;
  /** Grows when it is asked anew: votes count in their round only. */
  round: number;
  approval: {
    because: string;
    needed: number;
    approvers: string[];
    votes: Vote[];
    deadline?: string;
    decision?: Decision;
  };
  /** How many would have left within a day, where that was too many to go on without asking again. */
  crowd?: number;
  ledger: LedgerLine[];
  /** Nothing was taken before. */
  begunAt?: string;
  leftAt?: string;
  /** Until then accounts and groups can be given back. */
  undoUntil?: string;
  undo?: { by: string; at: string };
  end?: DepartureEnd;
  endedBy?: string;
  endedAt?: string;
  /** Why it was refused, in words for people. */
  trouble?: string;
  requestedAt: string;
  /** Grows with every change; a card of an older revision never overwrites a newer one. */
  revision: number;
}

export interface DepartureInput
  extends Pick<
    DepartureState,
    'id' | 'person' | 'name' | 'email' | 'requester' | 'reason' | 'heirs' | 'preview'
  > {
  at?: string;
  /** Where it was asked, and where the card lives. */
  origin: ConversationRef;
  /** From the run before. */
  carried?: DepartureState;
}

/** What an activity of a departure is told. */
export interface DepartureContext {
  state: DepartureState;
  origin: ConversationRef;
}

export interface DepartureVoteInput {
  /** Of the card it was cast on. */
  round: number;
  person: string;
  account: AccountRef;
  decision: 'approve' | 'deny';
  reason?: string;
}

export const DEPARTURE_ACTS = ['withdraw', 'done', 'undo'] as const;
export type DepartureAct = (typeof DEPARTURE_ACTS)[number];

/** `line` says which was done by hand. Repeating it changes nothing. */
export interface DepartureActInput {
  act: DepartureAct;
  person: string;
  line?: string;
}

/** Whom it takes to approve, as the rules and the directory are now. */
export interface DepartureAsk {
  because: string;
  needed: number;
  approvers: string[];
}
