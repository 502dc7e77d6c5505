import { z } from 'zod';
import { conversationRefSchema } from './refs.ts';

const typed = z
  .string()
  .max(3_000)
  .transform((text) => text.toWellFormed());
const id = z.string().regex(/^[a-zA-Z0-9-]{1,80}$/);
const departure = { person: z.string().max(100), id };
const asked = { ...departure, round: z.coerce.number().int().positive() };

/** What the form asks for, as it was typed. */
const values = { when: typed.optional(), why: typed.optional(), successor: typed.optional() };
export const departureValuesSchema = z.object(values);
export type DepartureValues = z.infer<typeof departureValuesSchema>;

/** What somebody wants of those who leave. As in `intents.ts`, nothing in here is trusted. */
export const DEPARTURE_INTENTS = [
  /** Those who are leaving, where nobody is named. */
  z.object({ intent: z.literal('user.offboard'), who: z.string().max(200).optional(), ...values }),
  z.object({ intent: z.literal('departure.request'), person: z.string().max(100), ...values }),
  z.object({
    intent: z.literal('departure.submit'),
    person: z.string().max(100),
    values: departureValuesSchema,
    /** Of the clock that the form named. */
    zone: z.string().max(100).optional(),
    origin: conversationRefSchema,
  }),
  z.object({ intent: z.literal('departure.approve'), ...asked }),
  z.object({ intent: z.literal('departure.deny'), ...asked }),
  z.object({ intent: z.literal('departure.deny-because'), ...asked, reason: typed }),
  z.object({ intent: z.literal('departure.approval'), ...departure }),
  z.object({ intent: z.literal('departure.show'), ...departure }),
  z.object({ intent: z.literal('departure.withdraw'), ...departure }),
  z.object({ intent: z.literal('departure.done'), ...departure, line: z.string().max(500) }),
  z.object({ intent: z.literal('departure.undo'), ...departure }),
  z.object({ intent: z.literal('departure.certificate'), ...departure }),
] as const;
