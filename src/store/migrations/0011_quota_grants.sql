CREATE TABLE "quota_grants" (
	"request_id" text PRIMARY KEY NOT NULL,
	"limit" text NOT NULL,
	"who" text NOT NULL,
	"template" text,
	"extra" integer NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"granted_by" text NOT NULL,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "quota_grants_who" ON "quota_grants" USING btree ("who","until");