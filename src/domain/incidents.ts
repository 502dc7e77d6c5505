import type { IncidentAct, IncidentStatus } from './incident-acts.ts';
import type { IncidentRules, PageTarget } from './incident-config.ts';
import type { ConversationRef, Platform } from './refs.ts';
import type { RunbookRun } from './runbooks.ts';

/** Who did something: a person id, `alerts` for what came from monitoring, `purser` for what was promised earlier. */
export type Doer = string;

/** A place where people work on it: a channel of its own or, where there is none to be had, a thread. */
export interface IncidentRoom {
  platform: Platform;
  kind: 'channel' | 'thread';
  conversation: ConversationRef;
  /** `inc-142-checkout-down`, or where the thread is. */
  name: string;
  /** It was there before, and is somebody's: it keeps its name, and is given back at the end instead of archived. */
  adopted?: true;
}

/** One thing that has to be set up; a line of the header's checklist until it is done. */
export interface Resource {
  /**
   * `room:slack`, `page`, `announce`, `topic:slack`, `pin:slack`, `bookmarks:slack`, `invite:slack`, `redact:slack`,
   * `webhook:<id>`, `issue:<task>`, `review`
   */
  id: string;
  title: string;
  /** It matters after the incident, too: then it can still be tried again. */
  lasting?: boolean;
  /** Decoration never holds anything up. */
  essential: boolean;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** What went wrong, and what to do by hand. */
  note?: string;
}

export interface RoleHolding {
  role: string;
  person?: string;
  since?: string;
  /** A hand-over that waits for its answer. */
  offer?: { to: string; by: Doer; until: string };
  /** Why the holder may not be able to answer. */
  doubt?: 'left' | 'unlinked' | 'off-shift';
}

/** Somebody was paged. `ended` stops it; a chain that ran through stays open until somebody acknowledges. */
export interface Escalation {
  id: string;
  /** Of a path; what was paged by hand has one level. */
  title: string;
  message: string;
  startedBy: Doer;
  startedAt: string;
  levels: { notify: PageTarget[]; waitMs: number }[];
  loops: number;
  fallback: PageTarget[];
  /** Everybody who was paged, in order. The same person again is another page. */
  pages: PageRecord[];
  /** When the next ones are asked, and who as far as can be told. */
  next?: { at: string; people: string[]; level: number };
  acknowledged?: { by: Doer; at: string };
  /** Whether all of it was gone through and nobody answered. */
  exhausted: boolean;
}

export interface PageRecord {
  /** `<escalation>:<round>:<person>`, unique within the incident. */
  key: string;
  person: string;
  level: number;
  round: number;
  at: string;
  reached: boolean;
}

/** Something in a tracker: an issue or a pull request. */
export interface TrackerRef {
  /** `owner/name` */
  repository: string;
  number: number;
  url: string;
}

export interface IncidentTask {
  id: string;
  text: string;
  owner?: string;
  dueAt?: string;
  /** After the incident, until it is done. */
  followUp: boolean;
  createdBy: Doer;
  createdAt: string;
  doneBy?: Doer;
  doneAt?: string;
  /** What it is in the tracker. */
  issue?: TrackerRef & { closed?: boolean };
}

/** Its alerts in figures; which they are is in the store. */
export interface AlertSummary {
  firing: number;
  total: number;
  /** Deliveries, doubles left out. */
  repeats: number;
  /** The most frequent names, at most five. */
  names: string[];
  /** Label matchers that fit all of them: what a silence is made of. */
  matchers: { name: string; value: string }[];
  /** Where they come from. */
  url?: string;
  lastFiredAt?: string;
}

export interface UpdatePromise {
  /** When the next update is due; missing while none is promised. */
  dueAt?: string;
  /** Who is asked then, and who after them. */
  by?: string;
  then?: string;
  /** How far asking has gone for this one. */
  stage: 'quiet' | 'asked' | 'deputy-asked' | 'path-paged';
  snooze?: { until: string; by: string; reason: string };
  last?: { what: string; impact?: string; by: Doer; at: string };
  /** For the figures: updates that came in time, and that did not. */
  kept: number;
  missed: number;
}

/** What `getIncidentQuery` answers. Times are ISO 8601. */
export interface IncidentState {
  number: number;
  requestId: string;
  title: string;
  summary: string;
  severity: string;
  service?: string;
  private: boolean;
  drill: boolean;
  status: IncidentStatus;
  /** It was none; `closed` then. */
  cancelled?: { by: Doer; reason: string };
  declaredBy: Doer;
  rules: IncidentRules;
  times: {
    impactAt?: string;
    detectedAt: string;
    declaredAt: string;
    acknowledgedAt?: string;
    mitigatedAt?: string;
    resolvedAt?: string;
    closedAt?: string;
  };
  rooms: IncidentRoom[];
  resources: Resource[];
  roles: RoleHolding[];
  /** Everybody who joined, by person id. */
  members: string[];
  update: UpdatePromise;
  escalations: Escalation[];
  alerts?: AlertSummary;
  tasks: IncidentTask[];
  links: { related: number[]; parent?: number; children: number[]; mergedInto?: number; merged: number[] };
  /** It was public before. `ask` is whom outsiders are sent to; what was said in `formerRooms` is taken back. */
  madePrivate?: { by: Doer; at: string; ask: Doer; formerRooms: IncidentRoom[] };
  /** What its children last said of themselves; private ones say nothing. */
  children?: ChildIncident[];
  resolution?: { cause: string; fix: string; by: Doer; at: string };
  /** Where its review is proposed. */
  review?: TrackerRef & { state: 'open' | 'merged' | 'closed' };
  silences: { id: string; until: string; by: Doer; comment: string }[];
  environments: string[];
  /** Those that have begun. */
  runbooks?: RunbookRun[];
  /** What external systems last answered, by webhook. */
  webhooks: { id: string; event: string; ok: boolean; note: string; at: string }[];
  /** How many entries its timeline has. */
  entries: number;
  /** Grows with every change; a card of an older revision never overwrites a newer one. */
  revision: number;
}

/** Part of another incident, as that one shows it. */
export interface ChildIncident {
  number: number;
  title: string;
  severity: string;
  status: IncidentStatus;
  /** What it said earlier never overwrites what it said later. */
  revision: number;
}

/** What one incident is to another one, from there. */
export interface IncidentLink {
  other: number;
  /** `hidden`: a child that has become private, of which nothing is said any more. */
  as: 'related' | 'parent' | 'child' | 'hidden' | 'merged' | 'unmerged';
  /** Of a child: as it is now. */
  child?: ChildIncident;
}

export interface TimelineEntry {
  /** Unique within the incident; the same again overwrites nothing. */
  key: string;
  at: string;
  kind:
    | 'declared'
    | 'status'
    | 'severity'
    | 'role'
    | 'update'
    | 'page'
    | 'alert'
    | 'note'
    | 'task'
    | 'link'
    | 'action'
    | 'resource'
    | 'resolution';
  by: Doer;
  text: string;
  link?: string;
  /** The source is gone or the entry was taken back. It stays, struck out. */
  struck?: boolean;
}

/** What a declaration starts with. */
export interface IncidentInput {
  number: number;
  requestId: string;
  title: string;
  summary: string;
  severity: string;
  service?: string;
  private: boolean;
  drill: boolean;
  declaredBy: Doer;
  detectedAt: string;
  /** Platforms in the order in which rooms are wanted; the first is where it was declared. */
  platforms: Platform[];
  /** Where it was asked for, to be told there. */
  origin?: ConversationRef;
  /** The place that becomes its room, if it still can: what `origin` is for whoever wants no other. */
  adopt?: ConversationRef;
  /** The message it was declared from. */
  firstEntry?: { text: string; link?: string; author: string; at: string };
  rules: IncidentRules;
  /** Carried by continue-as-new. */
  carried?: { state: IncidentState; taken: string[]; unrecorded: TimelineEntry[] };
}

/** One act of one person, taken once by `key`. */
export interface ActInput {
  key: string;
  person: Doer;
  act: IncidentAct;
}

/** A row of lists and figures: what the store keeps of every incident, also after its workflow is past retention. */
export interface IncidentRow {
  number: number;
  /** Empty in what is shown of a private one to those who are not in it. */
  title: string;
  severity: string;
  service?: string;
  status: IncidentStatus;
  private: boolean;
  drill: boolean;
  cancelled: boolean;
  declaredBy: Doer;
  lead?: string;
  /** What it is part of. */
  parent?: number;
  /** What it was merged into, and goes on in. */
  mergedInto?: number;
  members: string[];
  times: IncidentState['times'];
  updates: { kept: number; missed: number };
  pages: { person: string; at: string }[];
  openFollowUps: { id: string; text: string; owner?: string; dueAt?: string }[];
}
