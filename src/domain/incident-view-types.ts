import type { GameDayFault } from './game-day.ts';
import type { IncidentStatus } from './incident-acts.ts';
import type { IncidentRoom, Resource } from './incidents.ts';
import type { ActionButton, PersonRef } from './views.ts';

/** A severity as a card shows it; `rank` 1 is the worst. */
export interface SeverityBadge {
  id: string;
  title: string;
  rank: number;
}

/** The header: one card a room, pinned, edited in place. */
export interface IncidentView {
  kind: 'incident';
  number: number;
  title: string;
  severity: SeverityBadge;
  status: IncidentStatus;
  cancelled?: string;
  private: boolean;
  drill: boolean;
  /** What is made to fail for drills just now. */
  gameDay: GameDayFault[];
  summary: string;
  impact?: string;
  service?: string;
  declaredBy?: PersonRef;
  declaredAt: string;
  impactAt?: string;
  resolvedAt?: string;
  roles: {
    id: string;
    title: string;
    person?: PersonRef;
    offeredTo?: PersonRef;
    doubt?: string;
    claim?: ActionButton;
  }[];
  /** "Next update due 14:30 by Kim, then Lee is asked." */
  update: {
    last?: { what: string; by?: PersonRef; at: string };
    dueAt?: string;
    by?: PersonRef;
    then?: PersonRef;
    snoozed?: { until: string; by: PersonRef; reason: string };
  };
  /** One line a chain: who was paged, who answered, who is next and when. */
  paging: {
    title: string;
    acknowledgedBy?: PersonRef;
    acknowledgedAt?: string;
    tried: PersonRef[];
    next?: { at: string; people: PersonRef[] };
    exhausted: boolean;
  }[];
  alerts?: { firing: number; total: number; names: string[]; url?: string };
  links: { label: string; url: string }[];
  /** `#142`, with what it is to this one. */
  related: { number: number; as: 'related' | 'parent' | 'child' | 'merged into' | 'merged' }[];
  /** What is part of it, as each last said of itself. */
  children: { number: number; title: string; severity: SeverityBadge; status: IncidentStatus }[];
  rooms: IncidentRoom[];
  resolution?: { cause: string; fix: string; by?: PersonRef };
  /** What is not done yet, or failed with what to do by hand. */
  setup: (Resource & { retry?: ActionButton })[];
  /** One line a runbook that has begun, and one a step that waits for somebody, is being done or has failed. */
  runbooks: {
    title: string;
    total: number;
    done: number;
    skipped: number;
    steps: {
      title: string;
      state: 'waiting' | 'running' | 'failed';
      note?: string;
      /** The title of the role whose holder has to agree. */
      approver?: string;
      action?: ActionButton;
    }[];
  }[];
  openTasks: number;
  entries: number;
  actions: ActionButton[];
}

/** One card an announcement channel, edited in place. */
export interface IncidentAnnouncementView {
  kind: 'incident-announcement';
  number: number;
  title: string;
  severity: SeverityBadge;
  status: IncidentStatus;
  drill: boolean;
  service?: string;
  lead?: PersonRef;
  /** The number of what it is part of. */
  parent?: number;
  lastUpdate?: { what: string; at: string };
  declaredAt: string;
  resolvedAt?: string;
  alerts?: { firing: number; total: number };
  rooms: IncidentRoom[];
  actions: ActionButton[];
}

/** Something happened, said once in each room, or to stakeholders. */
export interface IncidentEventView {
  kind: 'incident-event';
  number: number;
  /** Shown to those who are not in the room. */
  title?: string;
  glyph: string;
  headline: string;
  by?: PersonRef;
  at: string;
  /** What people wrote, verbatim. */
  quotes: { label: string; text: string }[];
  /** Where it goes on. */
  links?: { label: string; url: string }[];
  actions: ActionButton[];
}

/** A page, in a direct message. Every copy shows how things stand now, and ends with who answered. */
export interface PageView {
  kind: 'page';
  number: number;
  title: string;
  severity: SeverityBadge;
  status: IncidentStatus;
  drill: boolean;
  message: string;
  service?: string;
  alerts?: { firing: number; total: number; names: string[] };
  pagedAt: string;
  round: number;
  tried: PersonRef[];
  next?: { at: string; people: PersonRef[] };
  acknowledged?: { by: PersonRef; at: string };
  rooms: IncidentRoom[];
  actions: ActionButton[];
}

export interface IncidentListView {
  kind: 'incident-list';
  title: string;
  items: {
    number: number;
    title: string;
    severity: SeverityBadge;
    status: IncidentStatus;
    private: boolean;
    drill: boolean;
    lead?: PersonRef;
    parent?: number;
    declaredAt: string;
    action: ActionButton;
  }[];
  more: number;
  empty: string;
}

/** Timelines, tasks, who is on call: lines, each with what can be done about it. */
export interface ItemListView {
  kind: 'item-list';
  title: string;
  intro?: string;
  items: {
    glyph?: string;
    text: string;
    detail?: string;
    /** People named behind the text. */
    people?: PersonRef[];
    at?: string;
    link?: string;
    struck?: boolean;
    action?: ActionButton;
  }[];
  more: number;
  empty: string;
  actions?: ActionButton[];
}

/** The draft of a review, to be completed by people. */
export interface IncidentReviewView {
  kind: 'incident-review';
  number: number;
  title: string;
  sections: { title: string; lines: string[] }[];
  actions: ActionButton[];
}

/** A text to keep. A platform that takes files of bots attaches it whole; the card shows as much as fits. */
export interface DocumentView {
  kind: 'document';
  title: string;
  /** `incident-142.md` */
  name: string;
  content: string;
}

/** Figures, as text and as a picture of the same. */
export interface IncidentStatsView {
  kind: 'incident-stats';
  title: string;
  facts: { label: string; value: string }[];
  /** PNG, as base64; `alt` says what it shows. */
  picture?: { png: string; alt: string };
}
