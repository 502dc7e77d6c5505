ALTER TABLE "links" ADD COLUMN "request_id" text;--> statement-breakpoint
UPDATE "links" SET "request_id" = 'before/' || "account_key";--> statement-breakpoint
ALTER TABLE "links" DROP CONSTRAINT "links_pkey";--> statement-breakpoint
ALTER TABLE "links" ADD PRIMARY KEY ("request_id");--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "ended_by" text;--> statement-breakpoint
CREATE UNIQUE INDEX "links_held" ON "links" USING btree ("account_key") WHERE "links"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "links_ended_at" ON "links" USING btree ("ended_at");
