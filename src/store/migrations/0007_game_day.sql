CREATE TABLE "game_day_faults" (
	"platform" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);