CREATE TABLE "incident_alerts" (
	"number" integer NOT NULL,
	"fingerprint" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"labels" jsonb NOT NULL,
	"annotations" jsonb NOT NULL,
	"url" text,
	CONSTRAINT "incident_alerts_number_fingerprint_starts_at_pk" PRIMARY KEY("number","fingerprint","starts_at")
);
--> statement-breakpoint
CREATE TABLE "incident_entries" (
	"number" integer NOT NULL,
	"key" text NOT NULL,
	"index" bigint GENERATED ALWAYS AS IDENTITY (sequence name "incident_entries_index_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	"text" text NOT NULL,
	"first_text" text,
	"link" text,
	"struck" boolean NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "incident_entries_number_key_pk" PRIMARY KEY("number","key")
);
--> statement-breakpoint
CREATE TABLE "incident_groups" (
	"number" integer NOT NULL,
	"key" text NOT NULL,
	"open" boolean DEFAULT true NOT NULL,
	"deliveries" integer DEFAULT 0 NOT NULL,
	"delivered_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "incident_groups_number_key_pk" PRIMARY KEY("number","key")
);
--> statement-breakpoint
CREATE TABLE "incident_numbers" (
	"number" integer PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"claimed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "incident_numbers_request_id_unique" UNIQUE("request_id")
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"number" integer PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"status" text NOT NULL,
	"severity" text NOT NULL,
	"declared_at" timestamp (3) with time zone NOT NULL,
	"room_keys" text[] NOT NULL,
	"row" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "incident_groups_key" ON "incident_groups" USING btree ("key");--> statement-breakpoint
CREATE UNIQUE INDEX "incident_groups_open" ON "incident_groups" USING btree ("key") WHERE "incident_groups"."open";--> statement-breakpoint
CREATE INDEX "incidents_declared_at" ON "incidents" USING btree ("declared_at");--> statement-breakpoint
CREATE INDEX "incidents_room_keys" ON "incidents" USING gin ("room_keys");