import ms from 'ms';
import { z } from 'zod';
import { duration } from './durations.ts';
import { conversationRefSchema } from './refs.ts';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'small letters, digits and dashes, starting with a letter');

const link = z.strictObject({ title: z.string().min(1), url: z.url({ protocol: /^https?$/ }) });

/** Whom a page goes to. Who that is, is looked up when it goes out. */
export const pageTargetSchema = z.union([
  z.strictObject({ schedule: id }),
  z.strictObject({ person: id }),
  z.strictObject({ team: id }),
  /** A platform role of the directory. */
  z.strictObject({ role: id }),
]);
export type PageTarget = z.infer<typeof pageTargetSchema>;

/** Worst first. */
const severity = z.strictObject({
  id: z.string().regex(/^sev[1-9]$/, 'sev1 to sev9'),
  title: z.string().min(1),
  /** One line that helps to choose. */
  meaning: z.string().min(1),
  /** How often somebody says how it goes; never, when not given. */
  updateEvery: duration.optional(),
  /** The escalation path that is paged. Nobody, when not given. */
  path: id.optional(),
  /** Declaring it asks "are you sure" first. */
  confirm: z.boolean().default(false),
});

const role = z.strictObject({ id, title: z.string().min(1), instructions: z.string().min(1) });

/** Local times, `2026-01-05T09:00`, and days of the week, in the schedule's own time zone. */
const localTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'a local time such as 2026-01-05T09:00');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day such as 09:00');

const rotation = z.strictObject({
  people: z.array(id).min(1),
  /** When the first of them begins; the others follow, each for `every`, and then again from the first. */
  starts: localTime,
  /** Whole days or weeks: hand-overs stay at the same time of day when clocks change. */
  every: z.string().regex(/^[1-9][0-9]?(d|w)$/, 'days or weeks, such as 1d or 1w'),
  /** Only then; around the clock when not given. Outside, the next rotation of the schedule answers. */
  hours: z
    .strictObject({
      from: clock,
      to: clock,
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
    })
    .optional(),
});

const schedule = z.strictObject({
  id,
  title: z.string().min(1),
  timeZone: z.string().min(1),
  /** The first rotation that covers the moment answers. */
  rotations: z.array(rotation).min(1),
  /** Instead of whoever the rotations name. The last that covers the moment wins. */
  overrides: z.array(z.strictObject({ person: id, from: localTime, to: localTime })).default([]),
});
export type Schedule = z.infer<typeof schedule>;

const path = z.strictObject({
  id,
  levels: z.array(z.strictObject({ notify: z.array(pageTargetSchema).min(1), wait: duration })).min(1),
  /** How often the levels are gone through before the fallback is paged. */
  loops: z.int().min(1).max(10).default(2),
  fallback: z.array(pageTargetSchema).min(1),
});
export type EscalationPath = z.infer<typeof path>;

const service = z.strictObject({
  id,
  title: z.string().min(1),
  team: id.optional(),
  /** Instead of the severity's path. */
  path: id.optional(),
  runbooks: z.array(link).default([]),
  dashboards: z.array(link).default([]),
});

/** A label's value, or `/…/` for a regular expression that matches all of it. */
const route = z.strictObject({
  id,
  when: z.record(z.string(), z.string()).default({}),
  /** These alerts make no incident. */
  ignore: z.literal(true).optional(),
  /** A service's id, or `{label}` for the value of a label. */
  service: z.string().optional(),
  /** A severity's id, or `{label}`; the default one when there is no such severity. */
  severity: z.string().optional(),
  /** Alerts with the same values of these labels make one incident. */
  groupBy: z.array(z.string()).default([]),
  /** `{label}` and `{annotation:summary}` stand for values. */
  title: z.string().default('{alertname}'),
  private: z.boolean().default(false),
});
export type AlertRoute = z.infer<typeof route>;

/** `PURSER_SECRET_<NAME>` holds it. */
const secretName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'small letters, digits and dashes');

const webhook = z.strictObject({
  id,
  kind: z.enum(['pagerduty', 'generic']),
  url: z.url({ protocol: /^https?$/ }),
  /** The routing key, or what a generic body is signed with. */
  secret: secretName.optional(),
  severities: z.array(z.string()).default([]),
});

const repository = z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, 'a repository such as acme/shop');

/** A token of somebody or something that may write there. */
const repositories = {
  kind: z.literal('github'),
  /** Of the API: an Enterprise server has its own, ending in `/api/v3`. */
  url: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
  secret: secretName,
  repository,
  /** For private incidents: nothing of them goes out without it. */
  private: repository.optional(),
};

const tracker = z.strictObject({
  ...repositories,
  /** Instead of `repository`, by service. */
  services: z.record(z.string(), repository).default({}),
  labels: z.array(z.string().min(1).max(50)).default([]),
});

const reviews = z.strictObject({
  ...repositories,
  /** `{number}`, and `{date}` on which it was declared. */
  path: z.string().default('reviews/{date}-{number}.md'),
});

/** `manifests/incidents.yaml`: how the organisation runs its incidents. Durations have become milliseconds. */
export const incidentConfigSchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('Incidents'),
  severities: z.array(severity).min(1),
  /** The first leads. */
  roles: z.array(role).min(1),
  services: z.array(service).default([]),
  schedules: z.array(schedule).default([]),
  paths: z.array(path).default([]),
  defaults: z.strictObject({ severity: z.string() }),
  rooms: z.strictObject({
    /** `{number}` and `{title}`; that it is a drill or private goes before it. */
    name: z.string().default('inc-{number}-{title}'),
    /** Where incidents are announced, one entry a platform. A private one is not. */
    announce: z.array(conversationRefSchema).default([]),
    /** Who hears of updates without being in the room. */
    stakeholders: z
      .array(z.strictObject({ conversation: conversationRefSchema, severities: z.array(z.string()).min(1) }))
      .default([]),
    /** The Entra group of the team whose channels Teams rooms are; without it a room is a thread under the announcement. */
    teamsGroup: z.string().optional(),
    archiveAfter: duration.default(ms('14d')),
  }),
  timers: z
    .strictObject({
      /** Without a lead for so long, the on-call is asked. */
      claimLead: duration.default(ms('5m')),
      /** An update that is late for so long is asked of the deputy, and after as long again of the path. */
      updateGrace: duration.default(ms('10m')),
      /** A hand-over that nobody accepts for so long is off. */
      handover: duration.default(ms('10m')),
      /** An acknowledged page of an incident nobody works on is sent again. */
      pageAgain: duration.default(ms('30m')),
      /** Whether holders of roles can still answer is looked at so often. */
      holders: duration.default(ms('1h')),
      /** Open follow-ups are asked about so often. */
      nag: duration.default(ms('1d')),
      /** When the review is due after the resolution. */
      review: duration.default(ms('5d')),
      /** Issues and pull requests are looked at so often. */
      follow: duration.default(ms('1h')),
      /** An alert that fires again so soon after resolving belongs to the same incident. */
      flap: duration.default(ms('15m')),
    })
    .prefault({}),
  routes: z.array(route).default([]),
  /** Whom drills page. */
  drills: z.strictObject({ people: z.array(id).default([]) }).prefault({}),
  webhooks: z.array(webhook).default([]),
  /** Follow-ups are issues there as well. */
  tracker: tracker.optional(),
  /** Reviews are proposed there. */
  reviews: reviews.optional(),
  alertmanager: z
    .strictObject({ url: z.url({ protocol: /^https?$/ }), silenceFor: duration.default(ms('2h')) })
    .optional(),
});
export type IncidentConfig = z.infer<typeof incidentConfigSchema>;

/** What an incident takes with it from the configuration: it goes by the rules under which it was declared. */
export interface IncidentRules {
  severities: IncidentConfig['severities'];
  roles: IncidentConfig['roles'];
  paths: EscalationPath[];
  timers: IncidentConfig['timers'];
  archiveAfterMs: number;
  /** Of its service, if it has one. */
  service?: IncidentConfig['services'][number];
  drillPeople: string[];
  webhooks: { id: string; severities: string[] }[];
  /** The repository its follow-ups are issues of; missing where they are none. */
  tracker?: string;
  /** The repository its review is proposed to. */
  reviews?: string;
}
