ALTER TABLE "incident_alerts" ADD COLUMN "merged_from" integer;--> statement-breakpoint
ALTER TABLE "incident_alerts" ADD COLUMN "split_off" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "incident_groups" ADD COLUMN "merged_from" integer;--> statement-breakpoint
CREATE INDEX "incident_alerts_firing" ON "incident_alerts" USING btree ("fingerprint") WHERE "incident_alerts"."status" = 'firing';