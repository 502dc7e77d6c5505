CREATE TABLE "grant_holdings" (
	"grant" text NOT NULL,
	"person" text NOT NULL,
	"system" text NOT NULL,
	"group" text NOT NULL,
	"scope" text NOT NULL,
	"state" text NOT NULL,
	"armed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "grant_holdings_grant_system_group_scope_pk" PRIMARY KEY("grant","system","group","scope")
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" text PRIMARY KEY NOT NULL,
	"person" text NOT NULL,
	"entitlement" text NOT NULL,
	"not_with" text[] NOT NULL,
	"opened_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "grant_holdings_person" ON "grant_holdings" USING btree ("person") WHERE "grant_holdings"."state" <> 'revoked';--> statement-breakpoint
CREATE INDEX "grants_open" ON "grants" USING btree ("person") WHERE "grants"."closed_at" is null;