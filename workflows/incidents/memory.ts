import type { Reminder, RoomMessage } from '../../activities/incidents/contract.ts';
import type { IncidentStatus } from '../../src/domain/incident-acts.ts';
import type { Doer, IncidentInput, IncidentLink } from '../../src/domain/incidents.ts';
import type { Platform } from '../../src/domain/refs.ts';
import type { RunbookEvent } from '../../src/domain/runbooks.ts';

/** Something that is said or sent once, however long it takes. */
export type Job =
  /** To the room of one platform, or to stakeholders: a platform that is down holds up nothing on the other. */
  | { kind: 'tell'; where: Platform | 'stakeholders'; message: RoomMessage }
  | { kind: 'remind'; reminder: Reminder }
  /** `page` is the key of its record. */
  | { kind: 'page'; escalation: string; page: string }
  | { kind: 'webhook'; webhook: string; event: WebhookEvent; key: string; note?: string }
  | { kind: 'silence'; key: string; person: string; ms: number; comment: string }
  | { kind: 'link'; other: number; as: IncidentLink['as']; key: string }
  /** `where` is missing in what runs of before have sent: it goes to all rooms at once. */
  | { kind: 'review'; where?: Platform }
  /** Brings the issue of a task to where the task is. */
  | { kind: 'issue'; task: string }
  /** Brings the pull request of the review up to date. */
  | { kind: 'propose' }
  /** Begins the runbooks that begin with it. */
  | { kind: 'runbooks'; event: RunbookEvent; by: Doer }
  | { kind: 'runbook-step'; step: string; by: Doer; key: string }
  | { kind: 'audit-step'; step: string; by: Doer; key: string; outcome: 'done' | 'failed' }
  | { kind: 'archive'; platform: Platform };
export type JobKind = Job['kind'];
export type WebhookEvent = 'trigger' | 'acknowledge' | 'resolve' | 'update' | 'withdraw';

/** A job on its way. Those of one lane are done one after the other, in the order given. */
export interface Errand {
  lane: string;
  job: Job;
  since: string;
  tries: number;
  /** When it is tried next. */
  at: string;
}

/** How far a chain of pages has come. */
export interface Chain {
  /** Of the path; missing for what was paged by hand. */
  path?: string;
  /** What was typed, until it is known what it names. */
  typed?: string;
  /** The next step: levels, once a loop, and then the fallback. */
  step: number;
  at: string;
  /** How often in a row it could not be read who is next. */
  failures: number;
}

export interface SetUpProgress {
  since: string;
  tries: number;
  /** When it is tried next. */
  at: string;
  /** What it was made from, to notice that it has to be done again. */
  made?: string;
}

/** What an incident keeps for itself, beyond what it shows. All of it survives continue-as-new. */
export interface Memory {
  errands: Errand[];
  chains: Record<string, Chain>;
  setUp: Record<string, SetUpProgress>;
  /** The last act of a person. */
  actedAt?: string;
  /** Since when nobody leads, and how often somebody was asked to. */
  leadless: { since?: string; asked: number };
  holdersCheckedAt?: string;
  /** Tasks somebody was asked about, and when. */
  tasksAsked: Record<string, string>;
  reviewAsked: boolean;
  /** When somebody was last asked for it. */
  reviewAskedAt?: string;
  /** When the tracker was last looked at. */
  trackerSeenAt?: string;
  alerts: { changedAt?: string; readAt?: string; lettingGoAt?: string; closed: boolean };
  /** From what the deputy for updates was found. */
  deputyFor?: string;
  /** Kept messages, so that edits of theirs can be followed; the newest at the end. */
  notes: {
    key: string;
    entry: string;
    at: string;
    by: string;
    link?: string;
    author?: string;
    /** Taken back; it may be kept again. */
    struck?: boolean;
  }[];
  /** When runbooks may begin, so long after the declaration. */
  runbookTimes?: { at: string; after: number }[];
  archived: boolean;
  /** What was still being said in public while it was made private: all of it is taken back once more. */
  stragglers?: number;
  /** What it was when it was merged into another one. */
  statusBeforeMerge?: IncidentStatus;
  /** What its parent was last told of it. */
  parentTold?: string;
  cardsFailingSince?: string;
}

/** The input of a run. Only continue-as-new gives a memory. */
export type IncidentRun = IncidentInput & { memory?: Memory };

export function blankMemory(now: string): Memory {
  return {
    errands: [],
    chains: {},
    setUp: {},
    leadless: { since: now, asked: 0 },
    tasksAsked: {},
    reviewAsked: false,
    alerts: { closed: false },
    notes: [],
    archived: false,
  };
}
