import { z } from 'zod';
import { FORM_IDS } from '../../domain/forms.ts';
import type { JsonValue } from '../../domain/json.ts';
import { FIELD_ACTION, FLAG_ACTION } from './render/form.ts';

/** What Slack sends, as far as we read it. Everything else in a payload is ignored. */

export const commandSchema = z.object({
  text: z.string().default(''),
  user_id: z.string(),
  team_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string().optional(),
});

const personSchema = z.object({ id: z.string(), team_id: z.string().optional() });
const teamSchema = z.object({ id: z.string() }).nullish();

const fieldStateSchema = z.object({
  type: z.string().optional(),
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
});

const viewSchema = z.object({
  id: z.string(),
  hash: z.string().optional(),
  type: z.string(),
  callback_id: z.string().default(''),
  private_metadata: z.string().default(''),
  blocks: z
    .array(
      z.object({
        type: z.string(),
        block_id: z.string().optional(),
        optional: z.boolean().optional(),
        element: z
          .object({ initial_value: z.string(), initial_option: z.object({ value: z.string() }) })
          .partial()
          .optional(),
      }),
    )
    .default([]),
  state: z
    .object({ values: z.record(z.string(), z.record(z.string(), fieldStateSchema)).default({}) })
    .default({ values: {} }),
});
export type SlackView = z.infer<typeof viewSchema>;

export const blockActionsSchema = z.object({
  user: personSchema,
  team: teamSchema,
  trigger_id: z.string(),
  response_url: z.string().optional(),
  container: z.object({ message_ts: z.string().optional(), is_ephemeral: z.boolean().optional() }).optional(),
  channel: z.object({ id: z.string().optional() }).optional(),
  message: z.object({ thread_ts: z.string().optional() }).nullish(),
  view: viewSchema.optional(),
  actions: z.array(z.object({ type: z.string(), action_id: z.string(), value: z.string().nullish() })).min(1),
});
export type BlockActions = z.infer<typeof blockActionsSchema>;

export const viewSubmissionSchema = z.object({
  user: personSchema,
  team: teamSchema,
  trigger_id: z.string().optional(),
  view: viewSchema,
});

export const shortcutSchema = z.object({
  user: personSchema,
  team: teamSchema,
  trigger_id: z.string(),
});

const attachmentSchema = z.object({
  title: z.string().optional(),
  text: z.string().optional(),
  fallback: z.string().optional(),
});

/** A message as it comes with shortcuts, events and history. */
export const messageSchema = z.object({
  ts: z.string(),
  subtype: z.string().optional(),
  text: z.string().default(''),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  bot_profile: z.object({ name: z.string().optional() }).optional(),
  username: z.string().optional(),
  thread_ts: z.string().optional(),
  attachments: z.array(attachmentSchema).default([]),
  files: z.array(z.object({ name: z.string().nullish(), title: z.string().nullish() })).default([]),
});
export type SlackMessageContent = z.infer<typeof messageSchema>;

export const messageShortcutSchema = z.object({
  user: personSchema,
  team: teamSchema,
  trigger_id: z.string(),
  response_url: z.string().optional(),
  channel: z.object({ id: z.string() }),
  message: messageSchema,
});

const eventSchema = z.object({ team_id: z.string(), event_id: z.string() });

export const reactionSchema = eventSchema.extend({
  event: z.object({
    type: z.enum(['reaction_added', 'reaction_removed']),
    user: z.string(),
    reaction: z.string(),
    item: z.object({ type: z.string(), channel: z.string().optional(), ts: z.string().optional() }),
  }),
});

export const messageChangedSchema = eventSchema.extend({
  event: z.object({
    type: z.literal('message'),
    subtype: z.literal('message_changed'),
    channel: z.string(),
    message: messageSchema,
    previous_message: messageSchema.optional(),
  }),
});

export const messageDeletedSchema = eventSchema.extend({
  event: z.object({
    type: z.literal('message'),
    subtype: z.literal('message_deleted'),
    channel: z.string(),
    deleted_ts: z.string(),
    previous_message: messageSchema.optional(),
  }),
});

export const homeOpenedSchema = z.object({
  team_id: z.string(),
  event_id: z.string(),
  event: z.object({ user: z.string(), tab: z.string().optional() }),
});

const payloadSchema = z.record(z.string(), z.string());

/** A button's payload; nothing when it is not one of ours. */
export function parsePayload(value: string | null | undefined): Record<string, string> {
  const parsed = payloadSchema.safeParse(parseJson(value ?? '{}'));
  return parsed.success ? parsed.data : {};
}

/** What a form carries from drawing to submission: its context, and where to answer. */
const metadataSchema = z.object({
  context: payloadSchema.default({}),
  origin: z.object({ channel: z.string(), threadTs: z.string().optional() }).optional(),
});
export type FormMetadata = z.infer<typeof metadataSchema>;

export function writeMetadata(metadata: FormMetadata): string {
  return JSON.stringify(metadata);
}

export function readMetadata(text: string): FormMetadata {
  const parsed = metadataSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : { context: {} };
}

export const formIdSchema = z.enum(FORM_IDS);

/**
 * Values by field name. A field left empty is not there, except that Slack never submits a needed field empty: a client
 * that does has not noticed what the form proposed, so that is meant.
 */
export function formValues(view: SlackView): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const [field, elements] of Object.entries(view.state.values)) {
    const given = stateValue(elements[FIELD_ACTION] ?? elements[FLAG_ACTION]) ?? proposedValue(view, field);
    if (given !== undefined) values[field] = elements[FLAG_ACTION] === undefined ? given : given === 'true';
  }
  return values;
}

function stateValue(state: z.infer<typeof fieldStateSchema> | undefined): string | undefined {
  return state?.selected_option?.value ?? state?.value ?? undefined;
}

function proposedValue({ blocks }: SlackView, field: string): string | undefined {
  const block = blocks.find(({ block_id }) => block_id === field);
  if (block === undefined || block.optional === true) return undefined;
  return block.element?.initial_option?.value ?? block.element?.initial_value;
}

/** Every delivery of the same thing a person did carries the same id of Slack's. */
export function dedupeKey(kind: string, id: string): string {
  return `slack:${kind}:${id}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
