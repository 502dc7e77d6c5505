import { z } from 'zod';
import { conversationRefSchema } from './refs.ts';

/** As it was typed: the handler says who that is. */
const named = z.string().max(200);
/** Only of workflows that are such requests: the id comes from a button. */
const request = {
  id: z.string().regex(/^(membership\/[a-z0-9-]+|arrival)\/[a-z0-9-]+$/),
  requestId: z.string().min(1),
};

const typed = named.transform((text) => text.toWellFormed());
/** As they were typed or chosen. */
const arrivalValues = z.object({
  name: typed.optional(),
  email: typed.optional(),
  person: typed.optional(),
  team: typed.optional(),
  role: typed.optional(),
  manager: typed.optional(),
  start: typed.optional(),
});
export type ArrivalValues = z.infer<typeof arrivalValues>;

/** What somebody wants of people and teams. Whoever is named is looked up and authorised by the handler. */
export const PEOPLE_INTENTS = [
  z.object({ intent: z.literal('user.help') }),
  /** Themselves, where nobody is named. */
  z.object({ intent: z.literal('user.show'), who: named.optional() }),
  z.object({ intent: z.literal('user.unlink'), who: named.optional() }),
  z.object({ intent: z.literal('user.explain'), who: named, permission: z.string().max(60) }),
  z.object({ intent: z.literal('team.help') }),
  z.object({ intent: z.literal('team.list') }),
  /** Their own, where none is named. */
  z.object({ intent: z.literal('team.show'), team: named.optional() }),
  z.object({ intent: z.literal('team.create'), team: named, title: named.optional() }),
  z.object({
    intent: z.literal('team.change'),
    change: z.enum(['add', 'remove', 'lead']),
    team: named,
    who: named,
  }),
  z.object({ intent: z.literal('user.onboard'), values: arrivalValues }),
  z.object({ intent: z.literal('arrival.submit'), values: arrivalValues, origin: conversationRefSchema }),
  z.object({ intent: z.literal('arrival.move'), ...request, startsOn: named }),
  z.object({ intent: z.literal('arrival.move-to'), ...request, start: named }),
  z.object({ intent: z.literal('people.withdraw'), ...request }),
  z.object({ intent: z.literal('people.approve'), ...request }),
  z.object({ intent: z.literal('people.approval'), id: request.id }),
  z.object({ intent: z.literal('people.deny'), ...request }),
  z.object({
    intent: z.literal('people.deny-because'),
    ...request,
    reason: z
      .string()
      .max(3_000)
      .transform((text) => text.toWellFormed()),
  }),
] as const;
