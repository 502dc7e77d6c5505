CREATE TABLE "departures" (
	"id" text PRIMARY KEY NOT NULL,
	"person" text NOT NULL,
	"asked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"begun_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "departures_open" ON "departures" USING btree ("person") WHERE "departures"."ended_at" is null;