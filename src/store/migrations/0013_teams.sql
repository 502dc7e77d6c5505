CREATE TABLE "teams" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"key" text NOT NULL,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
