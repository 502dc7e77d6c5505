import type { InventoryItem, Trouble } from './environments.ts';
import type { IncidentFigures } from './incident-figures.ts';
import type { IncidentRoom, IncidentRow, TimelineEntry } from './incidents.ts';
import type { JsonObject } from './json.ts';
import type { DirectorySnapshot } from './people.ts';
import type { Plan } from './plans.ts';
import type { FullLimit, PlaceCount, QuotaGrant, QuotaLimits } from './quota.ts';
import type { AccountRef, ConversationRef, MessageRef } from './refs.ts';

/** What the inside needs of the outside. Implemented in `store`, `directory` and `kubernetes`, wired in `processes`. */

export interface Directory {
  /** At most 60 s old. Rejects when it cannot be read: nothing is allowed on a guess. */
  snapshot(): Promise<DirectorySnapshot>;
}

export interface AuditEvent {
  /** The same event written twice is one row: retries repeat the key. */
  key: string;
  /** `environment.approve`, `environment.reveal`, `access.refused`, … */
  action: string;
  /** Person id; `purser` for what it does of its own accord; the account key of an unlinked account. */
  actor: string;
  /** `environment/<cluster>/<name>` or another business key. */
  subject: string;
  outcome: 'intended' | 'allowed' | 'refused' | 'done' | 'failed';
  /** Rule, reason, digest, request id. Never a secret. */
  detail: Record<string, string>;
}

export interface AuditLog {
  /** Appends to the hash chain. Called before the effect it tells of. */
  append(event: AuditEvent): Promise<void>;
}

/** Plans by digest. Content-addressed: saving twice is saving once. */
export interface PlanStore {
  save(digest: string, plan: Plan): Promise<void>;
  load(digest: string): Promise<Plan | undefined>;
}

/** Who holds how many environments, and what is granted on top of the limits: exact under concurrency, unlike visibility. */
export interface PlaceStore {
  /** Claims a place for `holder` (a request id), unless a limit leaves none: which one. Idempotent. */
  claim(place: {
    holder: string;
    template: string;
    owner: string;
    team: string;
    limits: QuotaLimits;
  }): Promise<FullLimit | undefined>;
  release(holder: string): Promise<void>;
  count(place: { template: string; owner: string; team: string }): Promise<PlaceCount>;
  /** Once a request: the end it has by the first of them. It counts until then. */
  grant(grant: QuotaGrant): Promise<Date>;
  grantedUntil(requestId: string): Promise<Date | undefined>;
}

/** Deliveries seen in the last hour, shared by all bot processes. */
export interface DeliveryLog {
  /** `false` when it was settled before, or is being handled since less than 10 s by somebody. */
  claim(key: string): Promise<boolean>;
  /** As `claim`, for a key that comes again when somebody does the same once more: after 20 s it is new. */
  claimPress(key: string): Promise<boolean>;
  settle(key: string): Promise<void>;
  release(key: string): Promise<void>;
}

/** The same for those who ask again and want to read the first answer. */
export interface AnsweredDeliveries extends Pick<DeliveryLog, 'claim' | 'release'> {
  settleWith(key: string, answer: JsonObject): Promise<void>;
  /** `undefined` while it is being handled. */
  answerTo(key: string): Promise<JsonObject | undefined>;
}

/** What somebody proves by who they are. The token itself is in nobody's hands but theirs. */
export interface AccessToken {
  id: string;
  person: string;
  issuedAt: Date;
  expiresAt: Date;
  revokedAt?: Date;
}

export interface TokenStore {
  add(token: Pick<AccessToken, 'id' | 'person' | 'expiresAt'> & { hash: string }): Promise<void>;
  byHash(hash: string): Promise<AccessToken | undefined>;
  /** Newest first. */
  list(): Promise<AccessToken[]>;
  /** For good; `undefined` when there is no such token. */
  revoke(id: string): Promise<AccessToken | undefined>;
}

/** One thing Purser was asked to change about a person, for one request. */
export interface DirectoryChange {
  person: string;
  /** `account`, `disabled`, `team/<id>`, `leads/<id>` or `role/<id>`; `without/…` of these where the file gives it. */
  what: string;
  /** Of the request it was made for. */
  key: string;
  /** Who they are, with `account`. */
  identity?: { name: string; email: string; manager?: string };
}

/** What Purser was asked to change about people, on top of what `platform.yaml` says. What has ended is kept. */
export interface DirectoryChangeStore {
  /** Those that hold, in the order in which they were made. */
  list(): Promise<DirectoryChange[]>;
  /** Once a person, thing and key; what had ended holds again. */
  add(change: DirectoryChange): Promise<void>;
  /** Ends what was added for `key`, or for whatever request without it. `endedBy` is the key of the request to end it. */
  end(change: { person: string; what: string; key?: string; endedBy: string }): Promise<void>;
}

/** Who leaves, and how many at a time, exact under concurrency. */
export interface DepartureStore {
  /**
   * Of two who ask for the same person, one gets it: `other` is the id of the one there is. `asked` is how many were asked
   * for since then, this one among them, without those that came to nothing. Idempotent.
   */
  claim(departure: {
    id: string;
    person: string;
    since: Date;
  }): Promise<{ asked: number } | { other: string }>;
  /**
   * Notes that it begins unless more than `most` would have begun since then; `crowd` is how many that would be. Idempotent.
   */
  begin(departure: { id: string; since: Date; most: number }): Promise<{ crowd?: number }>;
  /** It is over, or came to nothing. The person may leave again. */
  end(id: string): Promise<void>;
  /** Those that are not over, oldest first. */
  open(): Promise<{ id: string; person: string }[]>;
}

/** How an account is reached, as its platform last said. Opaque to all but the platform's own adapter. */
export interface ReferenceStore {
  /** Overwrites what was known of the account. */
  remember(account: AccountRef, reference: JsonObject): Promise<void>;
  /** By `accountKey`; accounts nothing is known of are missing. */
  recall(accounts: AccountRef[]): Promise<Map<string, JsonObject>>;
  /** The account cannot be reached any more. */
  forget(account: AccountRef): Promise<void>;
}

/** A copy of a card. It exists from before it is posted, so that a lost answer is noticed. */
export interface MessageCopy {
  /** `<request id>:<what>:<where>` */
  key: string;
  conversation: ConversationRef;
  /** Missing while it is not known whether the post got through. */
  message?: MessageRef;
  createdAt: Date;
  /** How often it was taken before. Without a message and above 0, an earlier post may have got through. */
  attempts: number;
  shownRevision: number;
  shownHash: string;
}

/** The revision of what was taken back: no other is higher, so nothing is shown over it. */
export const REDACTED = 2 ** 31 - 1;

/** Copies are worked on by one at a time, across processes: two attempts of an activity may overlap. */
export interface CopyStore {
  /** Notes the intention to post where the copy is new, and holds it for 20 s; `undefined` while somebody else does. */
  take(key: string, conversation: ConversationRef): Promise<MessageCopy | undefined>;
  /** Holds it for another 20 s. */
  extend(key: string): Promise<void>;
  /** Notes what the message shows now, and lets go. */
  shown(key: string, message: MessageRef, revision: number, hash: string): Promise<void>;
  /** Lets go. */
  release(key: string): Promise<void>;
  /** Forgets a copy whose message is gone. */
  forget(key: string): Promise<void>;
  /** All copies of a request, by the beginning of their keys, that are not shown at `REDACTED` yet. */
  unredacted(requestId: string): Promise<{ key: string; conversation: ConversationRef }[]>;
}

/**
 * The cluster, as far as environments need it. Rejects with `ClusterError`. `environment` is the business key, which the
 * cluster's own audit log shows with each request.
 */
export interface Cluster {
  /**
   * Dry-runs, applies and waits until the step is ready, telling `progress` now and then. Idempotent. Only the last
   * argument may stop it early.
   */
  applyStep(options: {
    plan: Plan;
    stepId: string;
    requestId: string;
    progress(note: string): void;
    signal: AbortSignal;
  }): Promise<InventoryItem[]>;
  /** Deletes what is ours, newest first, by uid, and waits up to `waitMs` for the namespace to be gone. Idempotent. */
  teardown(options: {
    environment: string;
    namespace: string;
    requestId: string;
    inventory: InventoryItem[];
    waitMs: number;
    progress(note: string): void;
    signal: AbortSignal;
  }): Promise<{ gone: boolean; blockers: string[] }>;
  /** Has the namespace say when it ends, for whoever looks at the cluster alone. One that is not there is left so. */
  noteExpiry(options: {
    environment: string;
    namespace: string;
    requestId: string;
    expiresAt: string;
    signal: AbortSignal;
  }): Promise<void>;
  /** Reads outputs that are secrets, as the person: the cluster's own access rules decide. */
  readSecrets(options: {
    environment: string;
    namespace: string;
    outputs: { key: string; secret: { name: string; key: string } }[];
    person: string;
    group: string;
  }): Promise<{ key: string; value: string }[]>;
  ready(): Promise<boolean>;
}

/** What the cluster would not do, with what a person needs to know. Retry only when `type` is `Unknown`. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly trouble: Trouble;

  constructor(trouble: Trouble, options: { cause?: unknown } = {}) {
    super(`${trouble.object ?? 'cluster'}: ${trouble.reason}`, options);
    this.trouble = trouble;
  }
}

/** Alerts as they came in: identity is `fingerprint` and `startsAt`, so that doubles and repeats are one. */
export interface StoredAlert {
  fingerprint: string;
  startsAt: string;
  status: 'firing' | 'resolved';
  endsAt?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  url?: string;
}

/** A batch of alerts that belong to one incident, by rule and group. */
export interface AlertGroup {
  /** `<route>:<values of its labels>`; open groups are one incident each. */
  key: string;
  alerts: StoredAlert[];
}

/** Incidents as rows: numbers, timelines, rooms and alerts. A projection of the workflows, but for numbers and alerts. */
type Place = Pick<IncidentRoom, 'kind' | 'conversation'>;

/** What a channel showed before it became a room. */
export interface RoomBefore {
  topic: string;
  /** Addresses of its bookmarks. */
  links: string[];
}

export interface IncidentStore {
  /** The next number, from 1; the same one for the same request. */
  claimNumber(requestId: string): Promise<number>;
  /** Rows of an older revision never overwrite newer ones. Entries are kept once by key; `struck` ones are struck. */
  record(
    row: IncidentRow & { revision: number; rooms: IncidentRoom[] },
    entries: TimelineEntry[],
  ): Promise<void>;
  /** By number; missing when never recorded. */
  get(number: number): Promise<IncidentRow | undefined>;
  /** Newest first. `open` leaves out what is closed. */
  list(filter: {
    open?: boolean;
    severity?: string;
    since?: Date;
    limit: number;
  }): Promise<{ items: IncidentRow[]; total: number }>;
  /** With that of what was merged into it, in one order. */
  timeline(number: number): Promise<TimelineEntry[]>;
  hasEntry(number: number, key: string): Promise<boolean>;
  /** Of all there ever were, however many. */
  figures(): Promise<IncidentFigures>;
  /**
   * Makes a place that was there before the room of an incident, and answers what it was like before it became the room
   * of any; `undefined` while it is the room of another one that is open. Of two at once one gets it. Idempotent.
   */
  takeRoom(room: Place, number: number, before: RoomBefore): Promise<RoomBefore | undefined>;
  /** What it was like before; `undefined` once it is given back, or another incident has taken it over. */
  takenRoom(room: Place, number: number): Promise<RoomBefore | undefined>;
  giveBackRoom(room: Place, number: number): Promise<void>;
  /** The incident whose room this is. */
  inRoom(conversation: ConversationRef): Promise<number | undefined>;
  /**
   * Keeps the alerts and says which incident they belong to: the open one of the group, or a number that is new. A
   * group whose alerts have all been resolved before it was open makes none: `undefined`. One transaction; callers at
   * the same time get the same number. It stays new until it was recorded: whoever asks again after a crash starts it.
   */
  takeAlerts(
    group: AlertGroup,
    requestId: string,
  ): Promise<{ number: number; isNew: boolean; changed: boolean } | undefined>;
  /** Everything of one incident's alerts, at most `limit`, the newest first, with how many there are. */
  alertsOf(
    number: number,
    limit: number,
  ): Promise<{ alerts: StoredAlert[]; firing: number; total: number; repeats: number }>;
  /**
   * Its groups are open no longer: what fires next is another incident. Where it was merged into another one, its
   * groups and alerts go on there.
   */
  closeGroups(number: number, mergedInto?: number): Promise<void>;
  /** The alert of that fingerprint which fires in an incident that is not closed, and that incident. */
  firingAlert(fingerprint: string): Promise<{ number: number; alert: StoredAlert } | undefined>;
  /**
   * Undoes what `closeGroups` did with `mergedInto`: its alerts, and those of its groups that came in since, are its own
   * again. In `from` they stay, and count no more. `reopen`: what fires next is its as well.
   */
  splitAlerts(number: number, options: { from: number; reopen: boolean }): Promise<void>;
}
