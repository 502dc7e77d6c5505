import { z } from 'zod';
import { incidentActSchema } from './incident-acts.ts';
import { INCIDENT_FORMS } from './incident-forms.ts';
import { conversationRefSchema } from './refs.ts';

const typed = z.string().transform((text) => text.toWellFormed());
const number = z.coerce.number().int().positive();

/** Which incident: by number, or the one whose room this was said in. `text` is the command, to be picked up later. */
const about = {
  number: number.optional(),
  text: z.string().optional(),
};

/** A button carries it as a word. */
const flag = z.boolean().or(z.stringbool()).default(false);

export const declarationSchema = z.object({
  title: typed.optional(),
  severity: z.string().optional(),
  service: z.string().optional(),
  summary: typed.optional(),
  private: flag,
  drill: flag,
  /** Where it is declared becomes its room. */
  here: flag,
});
export type Declaration = z.infer<typeof declarationSchema>;

/** A message something is declared from. */
export const sourceMessageSchema = z.object({
  text: typed,
  author: typed,
  at: z.iso.datetime(),
  link: z.url().optional(),
});

/** What somebody wants of incidents. As in `intents.ts`, nothing in here is trusted. */
export const INCIDENT_INTENTS = [
  z.object({ intent: z.literal('incident.help') }),
  /** With a title it declares at once; without, the form opens with what was given. */
  z.object({
    intent: z.literal('incident.declare'),
    ...declarationSchema.shape,
    from: sourceMessageSchema.optional(),
    /** In words: then it is declared without a form, and beside a similar one. */
    confirmed: z.boolean().default(false),
  }),
  z.object({
    intent: z.literal('incident.submit'),
    values: declarationSchema,
    origin: conversationRefSchema.optional(),
    from: sourceMessageSchema.optional(),
    /** What the form last showed as who will be paged: another answer comes back once more. */
    shown: z.string().optional(),
  }),
  z.object({
    intent: z.literal('incident.redraw'),
    values: declarationSchema,
    origin: conversationRefSchema.optional(),
    from: sourceMessageSchema.optional(),
  }),
  z.object({
    intent: z.literal('incident.form'),
    ...about,
    form: z.enum(INCIDENT_FORMS),
    values: z.record(z.string(), z.string()).default({}),
  }),
  /** A form came back; what is wrong with it is said at its fields. */
  z.object({
    intent: z.literal('incident.fill'),
    number,
    form: z.enum(INCIDENT_FORMS),
    values: z.record(z.string(), z.union([typed, z.number(), z.boolean(), z.null()])),
  }),
  z.object({ intent: z.literal('incident.act'), ...about, act: incidentActSchema }),
  z.object({
    intent: z.literal('incident.list'),
    filter: z.enum(['open', 'mine', 'all']),
    severity: z.string().optional(),
  }),
  z.object({ intent: z.literal('incident.show'), ...about }),
  z.object({ intent: z.literal('incident.timeline'), ...about }),
  z.object({ intent: z.literal('incident.tasks'), ...about }),
  z.object({ intent: z.literal('incident.catch-up'), ...about }),
  z.object({ intent: z.literal('incident.escalations'), ...about }),
  z.object({ intent: z.literal('incident.runbooks'), ...about }),
  z.object({ intent: z.literal('incident.export'), ...about, format: z.enum(['markdown', 'json']) }),
  z.object({ intent: z.literal('incident.review'), ...about }),
  z.object({ intent: z.literal('incident.on-call'), schedule: z.string().optional() }),
  z.object({ intent: z.literal('incident.stats'), days: z.int().min(1).max(365) }),
  /** A message of a room was marked for the timeline, unmarked, edited or deleted. */
  z.object({
    intent: z.literal('incident.message'),
    event: z.enum(['pinned', 'unpinned', 'edited', 'deleted']),
    key: z.string(),
    text: typed,
    author: typed,
    at: z.iso.datetime(),
    link: z.url().optional(),
  }),
] as const;
