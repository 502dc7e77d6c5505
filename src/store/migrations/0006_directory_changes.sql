CREATE TABLE "directory_changes" (
	"person" text NOT NULL,
	"what" text NOT NULL,
	"key" text NOT NULL,
	"identity" jsonb,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" text,
	CONSTRAINT "directory_changes_person_what_key_pk" PRIMARY KEY("person","what","key")
);
--> statement-breakpoint
CREATE INDEX "directory_changes_held" ON "directory_changes" USING btree ("made_at") WHERE "directory_changes"."ended_at" is null;