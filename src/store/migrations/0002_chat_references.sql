CREATE TABLE "chat_references" (
	"account_key" text PRIMARY KEY NOT NULL,
	"reference" jsonb NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "chat_references_seen_at" ON "chat_references" USING btree ("seen_at");