import { z } from 'zod';
import { ACCESS_INTENTS } from './access-intents.ts';
import { DEPARTURE_INTENTS } from './departure-intents.ts';
import { duration } from './durations.ts';
import { INCIDENT_INTENTS } from './incident-intents.ts';
import { PEOPLE_INTENTS } from './people-intents.ts';
import { QUOTA_LIMITS } from './quota.ts';
import { MORE_QUOTA } from './quota-requests.ts';
import { accountRefSchema, conversationRefSchema } from './refs.ts';

const environmentName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
/** Half a character can be typed, but neither digested nor drawn. */
const typed = z.string().transform((text) => text.toWellFormed());
const values = z.record(z.string(), z.union([typed, z.number(), z.boolean(), z.null()]));
const environment = { name: environmentName, requestId: z.string().min(1) };
const decision = { ...environment, digest: z.string().min(1) };
const draft = {
  template: z.string(),
  values,
  origin: conversationRefSchema,
  /** The incident it is asked for. */
  incident: z.coerce.number().int().positive().optional(),
};
const moreOf = { limit: z.enum(QUOTA_LIMITS), template: z.string(), team: z.string() };
const quotaRequest = { ...moreOf, person: z.string() };
const quotaDecision = { ...quotaRequest, requestId: z.string().min(1) };
const reason = typed.refine((text) => text.length <= 3_000);

/**
 * What somebody wants, whatever way they said it: a command, a button or a form. Nothing in an intent is trusted;
 * whatever it names is authorised by the handler.
 */
export const intentSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('help') }),
  z.object({ intent: z.literal('home') }),
  z.object({ intent: z.literal('environment.templates') }),
  z.object({
    intent: z.literal('environment.create'),
    template: z.string().optional(),
    values: z.record(z.string(), z.string()),
  }),
  z.object({ intent: z.literal('environment.request'), template: z.string().optional() }),
  z.object({ intent: z.literal('environment.redraw'), ...draft }),
  z.object({
    intent: z.literal('environment.submit'),
    ...draft,
    shown: z.object({ template: z.string(), approval: z.string().optional() }).optional(),
  }),
  z.object({ intent: z.literal('environment.list'), team: z.string().optional(), mine: z.boolean() }),
  z.object({ intent: z.literal('environment.show'), name: environmentName }),
  z.object({ intent: z.literal('environment.explain'), subject: environmentName }),
  z.object({ intent: z.literal('environment.delete'), name: environmentName }),
  z.object({ intent: z.literal('environment.delete-confirmed'), ...environment }),
  z.object({ intent: z.literal('environment.retry'), ...environment }),
  z.object({ intent: z.literal('environment.bigger'), ...environment }),
  z.object({ intent: z.literal('environment.roll-back'), ...environment }),
  z.object({ intent: z.literal('environment.reveal'), ...environment }),
  z.object({ intent: z.literal('environment.approval'), ...environment }),
  z.object({ intent: z.literal('environment.approve'), ...decision }),
  z.object({ intent: z.literal('environment.deny'), ...decision }),
  z.object({ intent: z.literal('environment.deny-because'), ...decision, reason }),
  z.object({ intent: z.literal('quota.ask'), ...moreOf }),
  z.object({
    intent: z.literal('quota.request'),
    ...moreOf,
    extra: z.coerce.number().int().min(1).max(MORE_QUOTA.extra.most),
    lasts: duration.refine((ms) => ms <= MORE_QUOTA.lasts.mostMs),
    reason,
  }),
  z.object({ intent: z.literal('quota.approval'), ...quotaRequest }),
  z.object({ intent: z.literal('quota.approve'), ...quotaDecision }),
  z.object({ intent: z.literal('quota.deny'), ...quotaDecision }),
  z.object({ intent: z.literal('quota.deny-because'), ...quotaDecision, reason }),
  z.object({ intent: z.literal('link.request') }),
  z.object({
    intent: z.literal('link.decide'),
    account: accountRefSchema,
    displayName: z.string(),
    suggestion: z.string().optional(),
  }),
  z.object({ intent: z.literal('link.decide-as'), account: accountRefSchema, person: z.string() }),
  z.object({ intent: z.literal('link.approval'), account: accountRefSchema }),
  z.object({ intent: z.literal('link.deny'), account: accountRefSchema, displayName: z.string() }),
  z.object({ intent: z.literal('link.deny-because'), account: accountRefSchema, reason }),
  z.object({ intent: z.literal('link.end'), account: accountRefSchema, person: z.string() }),
  ...PEOPLE_INTENTS,
  ...DEPARTURE_INTENTS,
  ...ACCESS_INTENTS,
  ...INCIDENT_INTENTS,
]);

export type Intent = z.infer<typeof intentSchema>;
export type IntentOf<Name extends Intent['intent']> = Extract<Intent, { intent: Name }>;
