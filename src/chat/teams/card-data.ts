import { z } from 'zod';
import { FORM_IDS, type FormView } from '../../domain/forms.ts';
import type { JsonValue } from '../../domain/json.ts';
import { COMMAND_WORDS } from '../../domain/requests.ts';

/** Where in a button's data ours is, beside the values of the card's inputs, which are there by their ids. */
export const CARD_DATA = 'purser';

/** Every `Action.Execute` of ours. What it means is in its data, as it is for an `Action.Submit`. */
export const VERB = 'purser';

const payloadSchema = z.record(z.string(), z.string());
const jsonSchema: z.ZodType<JsonValue> = z.json();

/** A form as it is drawn again when it comes back with errors, which Teams does not do itself. */
export type CarriedForm = Omit<FormView, 'values' | 'errors'> & {
  /** The message whose button opened it, where that stands for the form alone. */
  launcher?: string;
};

const formSchema = z.object({
  kind: z.literal('form'),
  formId: z.enum(FORM_IDS),
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
  launcher: z.string().optional(),
}) as unknown as z.ZodType<CarriedForm>;

/**
 * What a button of ours brings back. Nothing in it is trusted: whatever it names is authorised when it is pressed, where
 * it was pressed is read from the activity, and a form carries our seal.
 */
export const cardDataSchema = z.discriminatedUnion('kind', [
  /** A button of a view; `card` asks for the card it is on as that is now. */
  z.object({
    kind: z.literal('action'),
    actionId: z.string(),
    payload: payloadSchema,
    /** Made up each time the view is drawn. */
    nonce: z.string(),
    card: z.object({ actionId: z.string(), payload: payloadSchema }).optional(),
  }),
  /** The client, or a person, asks for the card as that person may see it. */
  z.object({ kind: z.literal('refresh'), actionId: z.string(), payload: payloadSchema }),
  /** What was typed, once more, from where it was typed: Teams opens dialogs for buttons only. */
  z.object({
    kind: z.literal('command'),
    /** Not in those of cards from before there was a second one. */
    command: z.enum(Object.values(COMMAND_WORDS)).default('env'),
    text: z.string(),
  }),
  z.object({
    kind: z.literal('form'),
    phase: z.enum(['change', 'submit']),
    /** Made up each time the form is drawn: the same again is the same delivery. */
    nonce: z.string(),
    form: formSchema,
    seal: z.string(),
  }),
]);
export type CardData = z.infer<typeof cardDataSchema>;
