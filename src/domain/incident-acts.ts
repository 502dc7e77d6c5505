import { z } from 'zod';

/** Half a character can be typed, but neither digested nor drawn. */
const typed = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .transform((text) => text.toWellFormed());
const said = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .transform((text) => text.toWellFormed());
const iso = z.iso.datetime();
const ms = z
  .int()
  .min(60_000)
  .max(30 * 86_400_000);
const personId = z.string().min(1).max(64);

export const INCIDENT_STATUSES = [
  'declared',
  'triaging',
  'mitigating',
  'monitoring',
  'resolved',
  'closed',
] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/**
 * Everything a person can do to an incident. A command, a button and a form all become one of these; the workflow
 * authorises it again, takes it once, and tells its room.
 */
export const incidentActSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('status'),
    to: z.enum(['triaging', 'mitigating', 'monitoring']),
    note: typed(1_000),
  }),
  z.object({ kind: z.literal('severity'), to: z.string(), reason: said(500) }),
  z.object({ kind: z.literal('rename'), title: said(120) }),
  z.object({ kind: z.literal('summary'), text: said(1_000) }),
  /** Takes the role, or gives it to somebody at once when it is free; else offers it. */
  z.object({ kind: z.literal('role'), role: z.string(), person: personId }),
  z.object({ kind: z.literal('accept-role'), role: z.string() }),
  z.object({ kind: z.literal('decline-role'), role: z.string() }),
  z.object({ kind: z.literal('release-role'), role: z.string() }),
  /** `nextMs` until the next one; the severity's cadence when not given. */
  z.object({
    kind: z.literal('update'),
    what: said(2_000),
    impact: typed(1_000).optional(),
    nextMs: ms.optional(),
  }),
  z.object({ kind: z.literal('snooze'), ms, reason: said(300) }),
  z.object({ kind: z.literal('acknowledge') }),
  /** A path, a schedule, a team or a person, by id. */
  z.object({ kind: z.literal('page'), target: z.string().min(1).max(64), message: typed(300) }),
  /** `key` tells one entry from another: the same message pinned twice is one entry. */
  z.object({
    kind: z.literal('note'),
    key: z.string().min(1).max(300),
    text: said(2_000),
    at: iso.optional(),
    link: z.url().optional(),
    /** Who said it, where that is not the person who keeps it. */
    author: typed(120).optional(),
  }),
  /** The message behind a kept entry was edited, or is gone. */
  z.object({ kind: z.literal('amend-note'), key: z.string(), text: said(2_000) }),
  z.object({ kind: z.literal('strike-note'), key: z.string() }),
  z.object({
    kind: z.literal('task'),
    text: said(300),
    owner: personId.optional(),
    dueAt: iso.optional(),
    followUp: z.boolean(),
  }),
  z.object({ kind: z.literal('task-done'), id: z.string() }),
  /** Makes an issue of it; follow-ups become one by themselves. */
  z.object({ kind: z.literal('task-issue'), id: z.string() }),
  z.object({ kind: z.literal('join'), account: z.string() }),
  z.object({ kind: z.literal('link'), to: z.int().positive(), as: z.enum(['related', 'parent', 'child']) }),
  z.object({ kind: z.literal('merge'), into: z.int().positive() }),
  /** It is itself again. */
  z.object({ kind: z.literal('unmerge') }),
  z.object({
    kind: z.literal('times'),
    impactAt: iso.optional(),
    detectedAt: iso.optional(),
    mitigatedAt: iso.optional(),
  }),
  z.object({ kind: z.literal('silence'), ms, comment: said(300) }),
  z.object({ kind: z.literal('environment'), name: z.string(), template: z.string() }),
  /** Begins a runbook by hand, by its name. */
  z.object({ kind: z.literal('runbook'), name: z.string().min(1).max(64) }),
  z.object({
    kind: z.literal('runbook-step'),
    id: z.string(),
    do: z.enum(['approve', 'skip', 'retry']),
  }),
  z.object({ kind: z.literal('retry-resource'), id: z.string() }),
  z.object({ kind: z.literal('resolve'), cause: said(2_000), fix: said(2_000) }),
  /** Its pull request is brought up to date. */
  z.object({ kind: z.literal('review') }),
  z.object({ kind: z.literal('reopen'), reason: said(500) }),
  z.object({ kind: z.literal('close') }),
  /** From here on only its people know of it; what was said in public is taken back. */
  z.object({ kind: z.literal('make-private'), reason: said(500) }),
  /** It was none. */
  z.object({ kind: z.literal('cancel'), reason: said(500) }),
]);
export type IncidentAct = z.infer<typeof incidentActSchema>;
export type IncidentActKind = IncidentAct['kind'];
export type ActOf<Kind extends IncidentActKind> = Extract<IncidentAct, { kind: Kind }>;
