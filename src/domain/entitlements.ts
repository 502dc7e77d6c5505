import { z } from 'zod';
import { duration } from './durations.ts';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'small letters, digits and dashes, starting with a letter');

/** Somebody who may approve. `manager` and `owner` are of the person who gets the access, and of what they get. */
export const approverSchema = z.union([
  z.strictObject({ person: id }),
  z.strictObject({ team: id }),
  z.strictObject({ leadsOf: id }),
  /** A platform role of the directory. */
  z.strictObject({ role: id }),
  /** Of `manifests/incidents.yaml`: whoever is on call when it is asked. */
  z.strictObject({ onCall: id }),
  z.strictObject({ manager: z.literal(true) }),
  z.strictObject({ owner: z.literal(true) }),
]);
export type Approver = z.infer<typeof approverSchema>;

/** Stages are gone through in order. */
export const stageSchema = z.strictObject({
  by: z.array(approverSchema).min(1),
  /** How many of them: one, everybody they are at the time, or so many. */
  need: z.union([z.literal('any'), z.literal('all'), z.int().min(1).max(20)]).default('any'),
  /** So long they have. Reminders come after a quarter, half and three quarters of it. */
  within: duration,
  /** Whoever approves signs in for it: a press in chat is not enough. */
  signIn: z.literal(true).optional(),
  /** Who is asked as well when it is over, for as long again. Without them it ends the request. */
  otherwise: z.array(approverSchema).min(1).optional(),
});
export type StageRule = z.infer<typeof stageSchema>;

export const entitlementSchema = z.strictObject({
  id,
  title: z.string().min(1).max(80),
  /** One line: what one can do with it. */
  meaning: z.string().min(1).max(200),
  /** Who answers for it. */
  owner: z.union([z.strictObject({ person: id }), z.strictObject({ team: id })]),
  /** What somebody who has it holds, in systems of `manifests/systems.yaml`. */
  gives: z
    .array(z.strictObject({ system: id, group: z.string().min(1), scope: z.string().min(1).optional() }))
    .min(1)
    .max(10),
  /** Who may ask for it. */
  for: z
    .array(
      z.union([z.strictObject({ team: id }), z.strictObject({ role: id }), z.strictObject({ person: id })]),
    )
    .min(1),
  duration: z.strictObject({ usual: duration, most: duration }),
  reason: z
    .strictObject({
      atLeast: z.int().min(0).max(500).default(10),
      /** What a ticket looks like, for those who must name one. */
      ticket: z.string().min(1).optional(),
    })
    .prefault({}),
  /** `[]`: whoever may ask gets it at once. */
  approval: z.array(stageSchema).max(5),
  /** Whoever approved an earlier stage counts in no later one. */
  distinct: z.boolean().default(true),
  /** Nobody may hold these as well, nor wait for them. */
  notWith: z.array(id).default([]),
});
export type Entitlement = z.infer<typeof entitlementSchema>;

/** As the file has it now. `digest` is of all its rules. */
export type PublishedEntitlement = Entitlement & { digest: string };

/** `manifests/entitlements.yaml`. */
export const entitlementsSchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('Entitlements'),
  /** `ask`: whoever answers for it is told of access that no request holds any more. */
  reconcile: z.strictObject({ orphans: z.enum(['ask', 'take']).default('ask') }).prefault({}),
  entitlements: z.array(entitlementSchema),
});
export type Entitlements = z.infer<typeof entitlementsSchema>;
