import { z } from 'zod';
import type { FormView } from '../../domain/forms.ts';
import type { JsonValue } from '../../domain/json.ts';
import { conversationRefSchema } from '../../domain/refs.ts';

/** Where in a button's data ours is, beside the values of the card's inputs, which are there by their ids. */
export const CARD_DATA = 'purser';

/** Every `Action.Execute` of ours. What it means is in its data, as it is for an `Action.Submit`. */
export const VERB = 'purser';

const payloadSchema = z.record(z.string(), z.string());
const jsonSchema: z.ZodType<JsonValue> = z.json();

/** A form as it is drawn again when it comes back with errors, which Teams does not do itself. */
const formSchema = z.object({
  kind: z.literal('form'),
  formId: z.enum(['environment.create', 'environment.deny', 'link.decide', 'link.deny']),
  title: z.string(),
  submitLabel: z.string(),
  intro: z.string().optional(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      schema: z.record(z.string(), jsonSchema),
      required: z.boolean(),
      choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
      multiline: z.boolean().optional(),
      hint: z.string().optional(),
      placeholder: z.string().optional(),
      redraws: z.boolean().optional(),
    }),
  ),
  notes: z.array(z.object({ label: z.string(), text: z.string() })),
  context: payloadSchema,
}) as unknown as z.ZodType<Omit<FormView, 'values' | 'errors'>>;

/** What a button of ours brings back. Nothing in it is trusted: whatever it names is authorised when it is pressed. */
export const cardDataSchema = z.discriminatedUnion('kind', [
  /** A button of a view. */
  z.object({ kind: z.literal('action'), actionId: z.string(), payload: payloadSchema }),
  /** The client, or a person, asks for the card as that person may see it. */
  z.object({ kind: z.literal('refresh'), actionId: z.string(), payload: payloadSchema }),
  /** What was typed, once more, from where it was typed: Teams opens dialogs for buttons only. */
  z.object({ kind: z.literal('command'), text: z.string(), source: conversationRefSchema }),
  z.object({
    kind: z.literal('form'),
    phase: z.enum(['change', 'submit']),
    /** Made up each time the form is drawn: the same again is the same delivery. */
    nonce: z.string(),
    form: formSchema,
  }),
]);
export type CardData = z.infer<typeof cardDataSchema>;
