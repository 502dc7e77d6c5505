import { z } from 'zod';
import { duration, shortDuration } from './durations.ts';
import { type IncidentConfig, type PageTarget, pageTargetSchema } from './incident-config.ts';
import { shortened } from './incident-room-views.ts';
import type { Doer, IncidentState } from './incidents.ts';
import { type DirectorySnapshot, findPerson, findTeam } from './people.ts';
import { idSchema } from './platform.ts';

/** Only then; whatever it is when not given. */
const filters = {
  severities: z.array(z.string()).min(1).optional(),
  services: z.array(z.string()).min(1).optional(),
};

/** What begins it, as the incident is at that moment. */
const occasionSchema = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('opened'), ...filters }),
  /** It has become another one; `severities` says which. */
  z.strictObject({ event: z.literal('severity'), ...filters }),
  z.strictObject({
    event: z.literal('status'),
    /** To one of these. */
    statuses: z.array(z.enum(['triaging', 'mitigating', 'monitoring', 'resolved'])).min(1),
    ...filters,
  }),
  /** So long after it was declared, if it is open still. */
  z.strictObject({ event: z.literal('time'), after: duration, ...filters }),
]);
type Occasion = z.infer<typeof occasionSchema>;

/** The role whose holder has to agree, on the incident's card. */
const approve = z.string().optional();
const text = z.string().trim().min(1).max(1_000);

const stepSchema = z.discriminatedUnion('do', [
  /** Said in its rooms. */
  z.strictObject({ do: z.literal('message'), text, approve }),
  z.strictObject({ do: z.literal('invite'), who: pageTargetSchema, approve }),
  /** A path of `incidents.yaml`. */
  z.strictObject({ do: z.literal('page'), path: z.string(), text: text.max(300).optional(), approve }),
  /** One of `incidents.yaml`: it is sent an update, with `text` as its note. */
  z.strictObject({ do: z.literal('webhook'), webhook: z.string(), text: text.max(300), approve }),
  /** Asked for with a button: it belongs to whoever presses it, under their rights. */
  z.strictObject({ do: z.literal('environment'), template: z.string() }),
]);
export type RunbookAction = z.infer<typeof stepSchema>;

/** `manifests/runbooks/<name>.yaml`: what is done of its own accord, or by hand with `/incident runbook`. */
export const runbookSchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('Runbook'),
  metadata: z.strictObject({
    name: idSchema,
    version: z.int().min(1),
    title: z.string().trim().min(1).max(80),
  }),
  /** Any of them, once an incident. By hand only, when there is none. */
  on: z.array(occasionSchema).default([]),
  steps: z.array(stepSchema).min(1).max(20),
});
export type Runbook = z.infer<typeof runbookSchema>;

/** Those that can be used, in the order of their names, and what is wrong with the others. */
export interface Runbooks {
  runbooks: Runbook[];
  problems: string[];
}

/** What has just happened to an incident, or the one that was asked for by name. */
export type RunbookEvent =
  | { event: 'opened' | 'severity' }
  | { event: 'status'; status: IncidentState['status'] }
  | { event: 'time'; after: number }
  | { event: 'by-hand'; name: string };

/** One that has begun: its steps are as they were then. */
export interface RunbookRun {
  /** `r1` */
  id: string;
  name: string;
  version: number;
  title: string;
  startedBy: Doer;
  startedAt: string;
  steps: RunbookStep[];
}

export interface RunbookStep {
  /** `r1.2`, unique within the incident. */
  id: string;
  title: string;
  action: RunbookAction;
  /** The role whose holder has to agree. */
  approve?: string;
  /** `waiting`: for somebody who agrees, or does it. */
  state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  /** What came of it. */
  note?: string;
}

export type RunbookPlan = Pick<RunbookRun, 'name' | 'version' | 'title'> & {
  steps: Pick<RunbookStep, 'title' | 'action' | 'approve'>[];
};

export function beginsWith({ metadata, on }: Runbook, happened: RunbookEvent, state: IncidentState): boolean {
  if (happened.event === 'by-hand') return metadata.name === happened.name;
  return on.some((occasion) => concerns(occasion, state) && isSame(occasion, happened));
}

export function planOf(
  { metadata, steps }: Runbook,
  config: IncidentConfig,
  directory: DirectorySnapshot,
): RunbookPlan {
  return {
    ...metadata,
    steps: steps.map((action) => ({
      title: stepTitle(action, config, directory),
      action,
      ...('approve' in action && { approve: action.approve }),
    })),
  };
}

/** How long after the declaration runbooks may begin. */
export function timesOf(runbooks: Runbook[]): number[] {
  const times = runbooks.flatMap(({ on }) => on.flatMap((one) => (one.event === 'time' ? [one.after] : [])));
  return [...new Set(times)].toSorted((one, other) => one - other);
}

function concerns({ severities, services }: Occasion, { severity, service = '' }: IncidentState): boolean {
  return (severities?.includes(severity) ?? true) && (services?.includes(service) ?? true);
}

function isSame(occasion: Occasion, happened: RunbookEvent): boolean {
  if (occasion.event === 'status')
    return happened.event === 'status' && (occasion.statuses as string[]).includes(happened.status);
  if (occasion.event === 'time') return happened.event === 'time' && occasion.after === happened.after;
  return occasion.event === happened.event;
}

/** `when opened, sev1, shop`: for lists. */
export function occasionWords(occasion: Occasion): string {
  const { severities = [], services = [] } = occasion;
  return [OCCASIONS[occasion.event](occasion as never), ...severities, ...services].join(', ');
}

const OCCASIONS: { [Event in Occasion['event']]: (occasion: Occasion & { event: Event }) => string } = {
  opened: () => 'when opened',
  severity: () => 'when the severity changes',
  status: ({ statuses }) => `when ${statuses.join(' or ')}`,
  time: ({ after }) => `after ${shortDuration(after)}`,
};

/** A line of a card. */
function stepTitle(action: RunbookAction, config: IncidentConfig, directory: DirectorySnapshot): string {
  switch (action.do) {
    case 'message':
      return `Say “${shortened(action.text, 61)}”`;
    case 'invite':
      return `Invite ${targetWords(action.who, config, directory)}`;
    case 'page':
      return `Page ${action.path}`;
    case 'webhook':
      return `Tell ${action.webhook}`;
    case 'environment':
      return `Environment from ${action.template}`;
  }
}

function targetWords(
  target: PageTarget,
  { schedules }: IncidentConfig,
  directory: DirectorySnapshot,
): string {
  if ('person' in target) return findPerson(directory, target.person)?.name ?? target.person;
  if ('team' in target) return `the team ${findTeam(directory, target.team)?.title ?? target.team}`;
  if ('role' in target) return `everybody with the role ${target.role}`;
  const schedule = schedules.find(({ id }) => id === target.schedule);
  return `whoever is on call (${schedule?.title ?? target.schedule})`;
}
