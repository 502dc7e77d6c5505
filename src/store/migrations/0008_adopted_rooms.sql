CREATE TABLE "adopted_rooms" (
	"room_key" text PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"before" jsonb NOT NULL,
	"taken_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
