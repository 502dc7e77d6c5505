CREATE TABLE "audit" (
	"index" bigint PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"actor" text NOT NULL,
	"subject" text NOT NULL,
	"outcome" text NOT NULL,
	"detail" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"index" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_head_single" CHECK ("audit_head"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"key" text PRIMARY KEY NOT NULL,
	"settled" boolean DEFAULT false NOT NULL,
	"claimed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "links" (
	"account_key" text PRIMARY KEY NOT NULL,
	"account" jsonb NOT NULL,
	"person" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "message_copies" (
	"key" text PRIMARY KEY NOT NULL,
	"conversation" jsonb NOT NULL,
	"message" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"held_until" timestamp (3) with time zone NOT NULL,
	"shown_revision" integer DEFAULT -1 NOT NULL,
	"shown_hash" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "places" (
	"holder" text PRIMARY KEY NOT NULL,
	"template" text NOT NULL,
	"owner" text NOT NULL,
	"team" text NOT NULL,
	"claimed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"digest" text PRIMARY KEY NOT NULL,
	"plan" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "deliveries_claimed_at" ON "deliveries" USING btree ("claimed_at");--> statement-breakpoint
CREATE INDEX "places_owner" ON "places" USING btree ("template","owner");--> statement-breakpoint
CREATE INDEX "places_team" ON "places" USING btree ("template","team");