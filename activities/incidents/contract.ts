import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import type { PageTarget } from '../../src/domain/incident-config.ts';
import type { ReminderAbout } from '../../src/domain/incident-reminders.ts';
import type {
  AlertSummary,
  Doer,
  IncidentLink,
  IncidentRoom,
  IncidentState,
  PageRecord,
  TimelineEntry,
  TrackerRef,
} from '../../src/domain/incidents.ts';
import type { OutgoingEvent } from '../../src/domain/outside.ts';
import type { ConversationRef, Platform } from '../../src/domain/refs.ts';
import type { RunbookEvent, RunbookPlan } from '../../src/domain/runbooks.ts';
import type { ProposedReview } from '../../src/domain/trackers.ts';

/** What an activity of an incident is told: its state now. */
export interface IncidentContext {
  state: IncidentState;
}

/** Said once in every room it concerns, and never edited. */
export interface RoomMessage {
  /** Unique within the incident. */
  key: string;
  glyph: string;
  headline: string;
  by?: string;
  at: string;
  quotes: { label: string; text: string }[];
  /** Where it goes on. */
  links?: { label: string; url: string }[];
  /** Stakeholder channels of the severity hear of it as well. */
  stakeholders: boolean;
}

/** Asked of one person, directly. */
export interface Reminder {
  /** Unique within the incident. */
  key: string;
  person: string;
  about: ReminderAbout;
}

/** On `QUEUES.main`. Quick and idempotent. */
export interface IncidentLookups {
  /** Fails with `Forbidden` when the person may not do that to this incident, as of now. Audits either way. */
  authorizeIncidentAct(
    input: IncidentContext & { key: string; person: string; act: IncidentAct },
  ): Promise<void>;
  /** Brings the store's row up to `state` and adds to the timeline. */
  recordIncident(input: IncidentContext & { entries: TimelineEntry[] }): Promise<void>;
  /** Who the targets are now, without doubles; what could not be resolved is named in `gaps`. */
  resolveTargets(
    input: IncidentContext & { targets: PageTarget[] },
  ): Promise<{ people: string[]; gaps: string[] }>;
  readAlerts(input: IncidentContext): Promise<AlertSummary>;
  /** What fires from now on is another incident. */
  closeAlerts(input: IncidentContext): Promise<void>;
  /** Holders of roles who may not be able to answer. On-call people count as off shift once their shift is over. */
  checkHolders(
    input: IncidentContext,
  ): Promise<{ role: string; person: string; why: 'left' | 'unlinked' | 'off-shift' }[]>;
}

/** On `QUEUES.chat`, with heartbeats. Whatever is posted is posted once. */
export interface IncidentChatActivities {
  /**
   * Opens the room of one platform, or finds it again. `adopt` becomes it, if that still can be, and is `adopted` then.
   * Fails with `Undeliverable` when there is none to be had.
   */
  openRoom(input: IncidentContext & { platform: Platform; adopt?: ConversationRef }): Promise<IncidentRoom>;
  /** One of the room's decorations, up to `state`. `left` are people who could not be invited. */
  dressRoom(
    input: IncidentContext & { platform: Platform; what: 'topic' | 'pin' | 'bookmarks' | 'invite' },
  ): Promise<{ left: string[] }>;
  /** The headers of all rooms, the announcements, and every page that was sent: all up to `state`. */
  announceIncident(input: IncidentContext): Promise<{ undelivered: { person: string; reason: string }[] }>;
  tellRooms(input: IncidentContext & { message: RoomMessage }): Promise<void>;
  /** A direct message with Acknowledge, on every platform the person has; `reached` when one of them took it. */
  page(
    input: IncidentContext & { escalation: string; record: PageRecord },
  ): Promise<{ reached: boolean; reason?: string }>;
  remind(input: IncidentContext & { reminder: Reminder }): Promise<{ reached: boolean }>;
  /** The review draft into the rooms, as a file where the platform takes one. */
  publishReview(input: IncidentContext): Promise<void>;
  /**
   * Takes back what was said in public before it was made private: in the former rooms, announcements and messages to
   * stakeholders. What cannot be taken back fails for good, and says what to do by hand.
   */
  redactIncident(input: IncidentContext & { platform: Platform }): Promise<void>;
  /** What was adopted is given back instead: with its former topic, and without our links. */
  archiveRoom(input: IncidentContext & { platform: Platform }): Promise<void>;
}

/** On `QUEUES.main`: systems of others. */
export interface IncidentOutsideActivities {
  /** To one configured webhook. The answer is for people to read. */
  sendWebhook(
    input: IncidentContext & {
      webhook: string;
      event: OutgoingEvent['event'];
      key: string;
      /** Why it happens, where the event alone does not say it. */
      note?: string;
    },
  ): Promise<{ note: string }>;
  /** In Alertmanager, for what all its alerts have in common. Idempotent by `key`, which goes into the comment. */
  silenceAlerts(
    input: IncidentContext & { key: string; person: string; ms: number; comment: string },
  ): Promise<{ id: string; until: string }>;
  /**
   * Links the two incidents in the other one as well: `merged`, `child`, … Of a child it says how it is now, and what is
   * `unmerged` has its alerts back by then. A private one says nothing
   * but that it was merged, or is hidden from now on.
   */
  tellIncident(
    input: IncidentContext & { other: number; as: IncidentLink['as']; key: string },
  ): Promise<void>;
}

/** On `QUEUES.main`: where work is planned and reviews are kept. */
export interface IncidentTrackerActivities {
  /** One task as an issue, made once. */
  openIssue(input: IncidentContext & { task: string }): Promise<TrackerRef>;
  closeIssue(input: IncidentContext & { task: string }): Promise<void>;
  /** The review draft as a pull request, made once; its file is brought up to date unless people have changed it. */
  proposeReview(input: IncidentContext): Promise<ProposedReview>;
  /** What has become of open issues, in words for people, and of the review. */
  lookAtTracker(input: IncidentContext): Promise<TrackerNews>;
}

export interface TrackerNews {
  closed: { task: string; how: string }[];
  review?: ProposedReview['state'];
}

/** On `QUEUES.main`. Quick and idempotent. */
export interface IncidentRunbookActivities {
  /**
   * Those that begin with it, as they are now, and how long after the declaration others may. `problems` names those that
   * cannot be used. Fails with `WrongState` when there is none of the name that was asked for.
   */
  findRunbooks(
    input: IncidentContext & { happened: RunbookEvent },
  ): Promise<{ plans: RunbookPlan[]; times: number[]; problems: string[] }>;
  /** What came of a step; that it was to be done was audited when it was authorised. */
  auditStep(
    input: IncidentContext & { step: string; by: Doer; key: string; outcome: 'done' | 'failed' },
  ): Promise<void>;
}

/** On `QUEUES.chat`, of no incident. */
export interface OnCallActivities {
  /** Where incidents are announced: the hours of the coming week in which nobody is on call, each said once. */
  reportGaps(): Promise<void>;
}

export type IncidentActivities = IncidentLookups &
  IncidentChatActivities &
  IncidentOutsideActivities &
  IncidentRunbookActivities &
  IncidentTrackerActivities;
