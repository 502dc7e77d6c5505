import { z } from 'zod';
import { conversationRefSchema } from './refs.ts';

/** As it was typed: the handler says what that is. */
const typed = z
  .string()
  .max(3_000)
  .transform((text) => text.toWellFormed());
const grant = { beneficiary: z.string().min(1).max(64), id: z.string().min(1).max(64) };
/** What was typed of a grant may be its id alone. */
const named = { beneficiary: grant.beneficiary.optional(), id: grant.id };
const vote = {
  ...grant,
  digest: z.string().min(1),
  stage: z.coerce.number().int().min(0),
  extension: z.string().min(1).optional(),
};

/** What a request is made of, before it is checked. Named as the fields of its form. */
const requestValues = z.object({
  entitlement: typed.optional(),
  for: typed.optional(),
  who: typed.optional(),
  ticket: typed.optional(),
  reason: typed.optional(),
});
export type AccessValues = z.infer<typeof requestValues>;

const extensionValues = z.object({ extra: typed.optional(), reason: typed.optional() });
export type ExtensionValues = z.infer<typeof extensionValues>;

/** What somebody wants of time-bound access. Whoever and whatever is named is looked up and authorised by the handler. */
export const ACCESS_INTENTS = [
  z.object({ intent: z.literal('access.help') }),
  z.object({ intent: z.literal('access.catalogue') }),
  z.object({
    intent: z.literal('access.list'),
    filter: z.enum(['all', 'mine', 'expiring']),
    who: typed.optional(),
  }),
  z.object({ intent: z.literal('access.show'), ...named }),
  /** Done at once where nothing is missing. */
  z.object({ intent: z.literal('access.ask'), values: requestValues }),
  /** Opens the form. */
  z.object({ intent: z.literal('access.request'), values: requestValues }),
  z.object({ intent: z.literal('access.redraw'), values: requestValues, origin: conversationRefSchema }),
  z.object({
    intent: z.literal('access.submit'),
    values: requestValues,
    origin: conversationRefSchema,
    /** What the form has shown. */
    shown: z.string(),
  }),
  z.object({ intent: z.literal('access.approval'), ...vote }),
  z.object({ intent: z.literal('access.approve'), ...vote }),
  z.object({ intent: z.literal('access.deny'), ...vote }),
  z.object({ intent: z.literal('access.deny-because'), ...vote, reason: typed }),
  /** Done at once where nothing is missing. */
  z.object({ intent: z.literal('access.extend'), ...named, values: extensionValues }),
  z.object({ intent: z.literal('access.extend-by'), ...grant, values: extensionValues }),
  z.object({ intent: z.literal('access.end'), ...named }),
  z.object({ intent: z.literal('access.end-confirmed'), ...grant }),
] as const;
