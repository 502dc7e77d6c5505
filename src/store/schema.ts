import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { JsonObject } from '../domain/json.ts';
import type { AccountRef, ConversationRef, MessageRef } from '../domain/refs.ts';

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

export const deliveries = pgTable(
  'deliveries',
  {
    key: text('key').primaryKey(),
    settled: boolean('settled').notNull().default(false),
    claimedAt: at('claimed_at').notNull().defaultNow(),
  },
  (table) => [index('deliveries_claimed_at').on(table.claimedAt)],
);

export const links = pgTable('links', {
  accountKey: text('account_key').primaryKey(),
  account: jsonb('account').$type<AccountRef>().notNull(),
  person: text('person').notNull(),
  decidedBy: text('decided_by').notNull(),
  decidedAt: at('decided_at').notNull().defaultNow(),
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
