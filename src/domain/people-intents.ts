import { z } from 'zod';

/** As it was typed: the handler says who that is. */
const named = z.string().max(200);

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
] as const;
