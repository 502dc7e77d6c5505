import { z } from 'zod';
import type { StoredAlert } from './ports.ts';

/** What a database or a card cannot hold is left out. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .transform((value) => value.toWellFormed().replaceAll('\0', ''));
const key = text(255).pipe(z.string().min(1));
const webAddress = z.url({ protocol: /^https?$/ });
/** Senders leave the colon out of `+0000`, which ISO 8601 allows and zod does not. */
const moment = z
  .string()
  .refine((written) => !Number.isNaN(Date.parse(written)), 'must be a time such as 2026-04-01T09:02:00Z')
  .transform((written) => new Date(written).toISOString());

const payload = z.strictObject({
  summary: text(1_024).pipe(z.string().min(1)),
  source: text(1_024).pipe(z.string().min(1)),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: moment.optional(),
  component: text(200).optional(),
  group: text(200).optional(),
  class: text(200).optional(),
  custom_details: z.union([z.record(z.string(), z.unknown()), z.string()]).optional(),
});

/** The same for each of the three; only a trigger needs more. */
const common = {
  routing_key: z.string().min(1).max(1_000),
  client: z.string().optional(),
  client_url: webAddress.optional(),
  images: z.array(z.unknown()).optional(),
  links: z.array(z.strictObject({ href: webAddress, text: z.string().optional() })).optional(),
};

/** `POST /webhooks/pagerduty`: an event of PagerDuty's Events API v2, whose fields these are. */
export const pagerdutySchema = z.discriminatedUnion('event_action', [
  z.strictObject({ ...common, event_action: z.literal('trigger'), dedup_key: key.optional(), payload }),
  z.strictObject({
    ...common,
    event_action: z.enum(['acknowledge', 'resolve']),
    dedup_key: key,
    // Senders repeat it. What counts is what the trigger said.
    payload: payload.partial().optional(),
  }),
]);
export type PagerdutyEvent = z.infer<typeof pagerdutySchema>;
export type PagerdutyTrigger = Extract<PagerdutyEvent, { event_action: 'trigger' }>;

/** Whatever its deliveries say, the same key is the same alert. */
export function fingerprintOf(dedupKey: string): string {
  return `pagerduty:${dedupKey}`;
}

/**
 * For routes to go by: its class, or else its summary, is the label `alertname`; its component, or what
 * `custom_details.service` says, is `service`; plain values in `custom_details` are labels of their own.
 */
export function alertOfTrigger(
  { payload, links = [], client_url }: PagerdutyTrigger,
  { fingerprint, startsAt }: Pick<StoredAlert, 'fingerprint' | 'startsAt'>,
): StoredAlert {
  const { summary, source, severity, component, group, class: kind } = payload;
  const details = plainDetails(payload.custom_details);
  const service = details.service ?? component;
  const url = links[0]?.href ?? client_url;
  return {
    fingerprint,
    startsAt,
    status: 'firing',
    labels: {
      ...details,
      ...(component && { component }),
      ...(group && { group }),
      ...(kind && { class: kind }),
      ...(service && { service }),
      source,
      severity,
      alertname: kind || summary,
    },
    annotations: kind ? { summary } : {},
    ...(url && { url }),
  };
}

const MAX_DETAILS = 30;
const MAX_DETAIL = 200;

/** Longer or nested ones are nothing to route by. */
function plainDetails(details: PagerdutyTrigger['payload']['custom_details']): Record<string, string> {
  if (typeof details !== 'object') return {};
  const plain = Object.entries(details).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, `${value}`.toWellFormed().replaceAll('\0', '')]]
      : [],
  );
  return Object.fromEntries(plain.filter(([, value]) => value.length <= MAX_DETAIL).slice(0, MAX_DETAILS));
}
