CREATE TABLE "sign_ins" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text,
	"what" text NOT NULL,
	"person" text,
	"press" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sign_ins_state_unique" UNIQUE("state")
);
