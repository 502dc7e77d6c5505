import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { LedgerRow } from '../domain/access-ledger.ts';
import type { GameDayFault } from '../domain/game-day.ts';
import type { IncidentRow, TimelineEntry } from '../domain/incidents.ts';
import type { JsonObject } from '../domain/json.ts';
import type { DirectoryChange, RoomBefore, StoredAlert } from '../domain/ports.ts';
import type { QuotaLimit } from '../domain/quota.ts';
import type { AccountRef, ConversationRef, MessageRef } from '../domain/refs.ts';
import type { Press } from '../domain/sign-in.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Append-only; a trigger refuses anything else. */
export const audit = pgTable('audit', {
  /** Without gaps, from 1. */
  index: bigint('index', { mode: 'number' }).primaryKey(),
  key: text('key').notNull().unique(),
  at: at('at').notNull(),
  action: text('action').notNull(),
  actor: text('actor').notNull(),
  subject: text('subject').notNull(),
  outcome: text('outcome').notNull(),
  detail: jsonb('detail').$type<Record<string, string>>().notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
});

/** One row: where the chain ends. Appending locks it, so that rows are hashed one after another. */
export const auditHead = pgTable(
  'audit_head',
  {
    id: smallint('id').primaryKey().default(1),
    index: bigint('index', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [check('audit_head_single', sql`${table.id} = 1`)],
);

/** The plan is text, byte for byte as it was saved. */
export const plans = pgTable('plans', {
  digest: text('digest').primaryKey(),
  plan: text('plan').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

export const places = pgTable(
  'places',
  {
    holder: text('holder').primaryKey(),
    template: text('template').notNull(),
    owner: text('owner').notNull(),
    team: text('team').notNull(),
    claimedAt: at('claimed_at').notNull().defaultNow(),
  },
  (table) => [
    index('places_owner').on(table.template, table.owner),
    index('places_team').on(table.template, table.team),
  ],
);

/** Places on top of a limit, for a time. `who` is a team for `perTeam`, a person otherwise; `inAll` has no template. */
export const quotaGrants = pgTable(
  'quota_grants',
  {
    requestId: text('request_id').primaryKey(),
    limit: text('limit').$type<QuotaLimit>().notNull(),
    who: text('who').notNull(),
    template: text('template'),
    extra: integer('extra').notNull(),
    until: at('until').notNull(),
    grantedBy: text('granted_by').notNull(),
    grantedAt: at('granted_at').notNull().defaultNow(),
  },
  (table) => [index('quota_grants_who').on(table.who, table.until)],
);

export const deliveries = pgTable(
  'deliveries',
  {
    key: text('key').primaryKey(),
    settled: boolean('settled').notNull().default(false),
    /** Where whoever asks again wants the same answer. */
    answer: jsonb('answer').$type<JsonObject>(),
    claimedAt: at('claimed_at').notNull().defaultNow(),
  },
  (table) => [index('deliveries_claimed_at').on(table.claimedAt)],
);

/** One row a request that was granted, so that it is granted once. What has ended is kept. */
export const links = pgTable(
  'links',
  {
    requestId: text('request_id').primaryKey(),
    accountKey: text('account_key').notNull(),
    account: jsonb('account').$type<AccountRef>().notNull(),
    person: text('person').notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: at('decided_at').notNull().defaultNow(),
    endedAt: at('ended_at'),
    /** Missing where it was prolonged: a later request of the same person took its place. */
    endedBy: text('ended_by'),
  },
  (table) => [
    uniqueIndex('links_held').on(table.accountKey).where(sql`${table.endedAt} is null`),
    index('links_ended_at').on(table.endedAt),
  ],
);

/** What was changed about people, for which request, from when until when. Nothing is taken out. */
export const directoryChanges = pgTable(
  'directory_changes',
  {
    person: text('person').notNull(),
    what: text('what').notNull(),
    key: text('key').notNull(),
    identity: jsonb('identity').$type<DirectoryChange['identity']>(),
    madeAt: at('made_at').notNull().defaultNow(),
    endedAt: at('ended_at'),
    endedBy: text('ended_by'),
  },
  (table) => [
    primaryKey({ columns: [table.person, table.what, table.key] }),
    index('directory_changes_held').on(table.madeAt).where(sql`${table.endedAt} is null`),
  ],
);

/** Teams that were asked for in chat, beside those of the organisation's file. */
export const teams = pgTable('teams', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  key: text('key').notNull(),
  madeAt: at('made_at').notNull().defaultNow(),
});

/** What people prove by who they are where there is no chat. The token itself is kept by nobody but them. */
/** What people were asked to sign in for. Both keys are hashes: whoever reads the table can sign in for nobody. */
export const signIns = pgTable('sign_ins', {
  id: text('id').primaryKey(),
  state: text('state').unique(),
  what: text('what').notNull(),
  person: text('person'),
  press: jsonb('press').$type<Press>().notNull(),
  expiresAt: at('expires_at').notNull(),
});

export const tokens = pgTable('tokens', {
  id: text('id').primaryKey(),
  hash: text('hash').notNull().unique(),
  person: text('person').notNull(),
  issuedAt: at('issued_at').notNull().defaultNow(),
  expiresAt: at('expires_at').notNull(),
  revokedAt: at('revoked_at'),
});

/** How accounts are reached. */
export const references = pgTable(
  'chat_references',
  {
    accountKey: text('account_key').primaryKey(),
    reference: jsonb('reference').$type<JsonObject>().notNull(),
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (table) => [index('chat_references_seen_at').on(table.seenAt)],
);

export const messageCopies = pgTable('message_copies', {
  key: text('key').primaryKey(),
  conversation: jsonb('conversation').$type<ConversationRef>().notNull(),
  message: jsonb('message').$type<MessageRef>(),
  createdAt: at('created_at').notNull().defaultNow(),
  /** How often it was taken before; 0 the first time. */
  attempts: integer('attempts').notNull().default(0),
  heldUntil: at('held_until').notNull(),
  shownRevision: integer('shown_revision').notNull().default(-1),
  shownHash: text('shown_hash').notNull().default(''),
});

/** Numbers of incidents, without gaps, one a request. */
export const incidentNumbers = pgTable('incident_numbers', {
  number: integer('number').primaryKey(),
  requestId: text('request_id').notNull().unique(),
  claimedAt: at('claimed_at').notNull().defaultNow(),
});

/** Incidents as their workflows last said. Columns of their own are what is searched by. */
export const incidents = pgTable(
  'incidents',
  {
    number: integer('number').primaryKey(),
    revision: integer('revision').notNull(),
    status: text('status').$type<IncidentRow['status']>().notNull(),
    severity: text('severity').notNull(),
    declaredAt: at('declared_at').notNull(),
    roomKeys: text('room_keys').array().notNull(),
    row: jsonb('row').$type<IncidentRow>().notNull(),
  },
  (table) => [
    index('incidents_declared_at').on(table.declaredAt),
    index('incidents_room_keys').using('gin', table.roomKeys),
  ],
);

/** Places that were there before an incident took them as its room, with what they were like then. */
export const adoptedRooms = pgTable('adopted_rooms', {
  roomKey: text('room_key').primaryKey(),
  number: integer('number').notNull(),
  before: jsonb('before').$type<RoomBefore>().notNull(),
  takenAt: at('taken_at').notNull().defaultNow(),
});

/** Nothing is taken away: what was said before an amendment stays, and what was taken back is struck. */
export const incidentEntries = pgTable(
  'incident_entries',
  {
    number: integer('number').notNull(),
    key: text('key').notNull(),
    /** The order in which they were recorded. */
    index: bigint('index', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    at: at('at').notNull(),
    kind: text('kind').$type<TimelineEntry['kind']>().notNull(),
    by: text('by').notNull(),
    text: text('text').notNull(),
    /** As it was first recorded, where it was amended since. */
    firstText: text('first_text'),
    link: text('link'),
    struck: boolean('struck').notNull(),
    /** Of the incident, when `text` was recorded. */
    revision: integer('revision').notNull(),
  },
  (table) => [primaryKey({ columns: [table.number, table.key] })],
);

/** Alerts of one group go to one incident for as long as the group is open. */
export const incidentGroups = pgTable(
  'incident_groups',
  {
    number: integer('number').notNull(),
    key: text('key').notNull(),
    open: boolean('open').notNull().default(true),
    /** Doubles left out. */
    deliveries: integer('deliveries').notNull().default(0),
    deliveredAt: at('delivered_at').notNull().defaultNow(),
    /** The incident it goes on for here, as long as the two are merged. */
    mergedFrom: integer('merged_from'),
  },
  (table) => [
    primaryKey({ columns: [table.number, table.key] }),
    index('incident_groups_key').on(table.key),
    uniqueIndex('incident_groups_open').on(table.key).where(sql`${table.open}`),
  ],
);

export const incidentAlerts = pgTable(
  'incident_alerts',
  {
    number: integer('number').notNull(),
    fingerprint: text('fingerprint').notNull(),
    startsAt: at('starts_at').notNull(),
    status: text('status').$type<StoredAlert['status']>().notNull(),
    endsAt: at('ends_at'),
    labels: jsonb('labels').$type<StoredAlert['labels']>().notNull(),
    annotations: jsonb('annotations').$type<StoredAlert['annotations']>().notNull(),
    url: text('url'),
    /** The incident that was merged into this one and would have them otherwise. */
    mergedFrom: integer('merged_from'),
    /** That merge was undone: they stay here, and count where they belong. */
    splitOff: boolean('split_off').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.number, table.fingerprint, table.startsAt] }),
    index('incident_alerts_firing').on(table.fingerprint).where(sql`${table.status} = 'firing'`),
  ],
);

/** Chat platforms that are made to fail for drills. */
export const gameDayFaults = pgTable('game_day_faults', {
  target: text('platform').$type<GameDayFault['target']>().primaryKey(),
  kind: text('kind').$type<GameDayFault['kind']>().notNull(),
  until: at('until').notNull(),
});

/** Requests for access, as long as they are open: nobody may have or wait for two that exclude each other. */
export const grants = pgTable(
  'grants',
  {
    id: text('id').primaryKey(),
    person: text('person').notNull(),
    entitlement: text('entitlement').notNull(),
    notWith: text('not_with').array().notNull(),
    openedAt: at('opened_at').notNull().defaultNow(),
    closedAt: at('closed_at'),
  },
  (table) => [index('grants_open').on(table.person).where(sql`${table.closedAt} is null`)],
);

/** What was given for whom: it is here before it is given, and stays when it was taken away. */
export const grantHoldings = pgTable(
  'grant_holdings',
  {
    grant: text('grant').notNull(),
    person: text('person').notNull(),
    system: text('system').notNull(),
    group: text('group').notNull(),
    /** Empty where the system has no such places. */
    scope: text('scope').notNull(),
    state: text('state').$type<LedgerRow['state']>().notNull(),
    armedAt: at('armed_at').notNull().defaultNow(),
    /** By then it has to be taken away. */
    endsAt: at('ends_at').notNull(),
    revokedAt: at('revoked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.grant, table.system, table.group, table.scope] }),
    index('grant_holdings_person').on(table.person).where(sql`${table.state} <> 'revoked'`),
  ],
);

/** Who leaves. A row that never began goes when its request ends. */
export const departures = pgTable(
  'departures',
  {
    id: text('id').primaryKey(),
    person: text('person').notNull(),
    askedAt: at('asked_at').notNull().defaultNow(),
    begunAt: at('begun_at'),
    endedAt: at('ended_at'),
  },
  (table) => [uniqueIndex('departures_open').on(table.person).where(sql`${table.endedAt} is null`)],
);
