import { z } from 'zod';
import type { AlertRoute, IncidentConfig } from './incident-config.ts';
import { type WholePattern, wholePattern } from './patterns.ts';
import type { AlertGroup, StoredAlert } from './ports.ts';

/** What a database or a card cannot hold is left out of what monitoring says. */
const text = z.string().transform((value) => value.toWellFormed().replaceAll('\0', ''));
const texts = z.record(z.string(), text);
const moment = z.iso.datetime({ offset: true });

const alertmanagerAlert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: moment,
  /** Of a firing alert the year 1, or when it will be taken for resolved. */
  endsAt: moment.optional(),
  generatorURL: text.optional(),
  fingerprint: text.pipe(z.string().min(1).max(200)),
});

/**
 * Alertmanager's webhook, version 4. Grafana sends the same under a version of its own, with more fields, which are
 * passed over.
 */
export const alertmanagerSchema = z.looseObject({
  version: z.enum(['4', '1'], 'must be "4", or Grafana’s "1": nothing else is understood'),
  /** How many alerts of the group were left out of this delivery. */
  truncatedAlerts: z.int().min(0).default(0),
  alerts: z.array(alertmanagerAlert),
});

const directAlert = z.strictObject({
  /** The same for every delivery about the same trouble. */
  key: text.pipe(z.string().min(1).max(200)),
  title: text.pipe(z.string().min(1).max(500)),
  status: z.enum(['firing', 'resolved']),
  service: text.optional(),
  severity: text.optional(),
  labels: texts.default({}),
  annotations: texts.default({}),
  /** When it began. Without it, every delivery that fires is a new occurrence, which ends the one before. */
  startsAt: moment.optional(),
  endsAt: moment.optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
});

/**
 * `POST /webhooks/alerts`, one alert or several:
 * `{"key": "backup", "title": "Backup failed", "status": "firing", "service": "shop", "severity": "sev2"}`
 */
export const alertsSchema = z.preprocess(
  (body) => (Array.isArray(body) ? body : [body]),
  z.array(directAlert),
);

export function fromAlertmanager({ alerts }: z.infer<typeof alertmanagerSchema>): StoredAlert[] {
  return alerts.map(({ status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint }) => ({
    fingerprint,
    startsAt: utc(startsAt),
    status,
    ...(status === 'resolved' && endsAt !== undefined && { endsAt: utc(endsAt) }),
    labels,
    annotations,
    ...(isWebAddress(generatorURL) && { url: generatorURL }),
  }));
}

/** Title, service and severity are the labels `alertname`, `service` and `severity`, for routes to go by. */
export function fromDirect(alerts: z.infer<typeof alertsSchema>, now: Date): StoredAlert[] {
  return alerts.map(
    ({ key, title, status, service, severity, labels, annotations, startsAt, endsAt, url }) => ({
      fingerprint: `direct:${key}`,
      startsAt: startsAt === undefined ? now.toISOString() : utc(startsAt),
      status,
      ...(status === 'resolved' && { endsAt: endsAt === undefined ? now.toISOString() : utc(endsAt) }),
      labels: { ...labels, alertname: title, ...(service && { service }), ...(severity && { severity }) },
      annotations,
      ...(url && { url }),
    }),
  );
}

/** What a route asks of a label: a value, or `/…/` for an expression that matches all of it. */
export function routePattern(wanted: string): WholePattern {
  const source = /^\/(.*)\/$/s.exec(wanted)?.[1];
  return source === undefined ? { ok: true, matches: (value) => value === wanted } : wholePattern(source);
}

/** The first route whose labels all fit. */
export function routeOf(
  config: IncidentConfig,
  { labels }: Pick<StoredAlert, 'labels'>,
): AlertRoute | undefined {
  return config.routes.find(({ when }) =>
    Object.entries(when).every(([label, wanted]) => {
      const pattern = routePattern(wanted);
      return pattern.ok && pattern.matches(labels[label] ?? '');
    }),
  );
}

/** What becomes of alerts that arrived together: those of one group belong to one incident. */
export interface RoutedAlerts {
  group: AlertGroup;
  route: AlertRoute;
  /** What it is called and how bad it is, should it be a new one. */
  declaration: {
    title: string;
    severity: string;
    service?: string;
    private: boolean;
    summary: string;
    detectedAt: string;
  };
}

/** Alerts that no route wants, or that one ignores, are in none of the groups. */
export function groupsOf(config: IncidentConfig, alerts: StoredAlert[]): RoutedAlerts[] {
  const groups = new Map<string, { route: AlertRoute; alerts: [StoredAlert, ...StoredAlert[]] }>();
  for (const alert of alerts) {
    const route = routeOf(config, alert);
    if (route === undefined || route.ignore) continue;
    const key = [
      route.id,
      ...route.groupBy.map((label) => encodeURIComponent(alert.labels[label] ?? '')),
    ].join(':');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { route, alerts: [alert] });
    else group.alerts.push(alert);
  }
  return [...groups].map(([key, { route, alerts }]) => ({
    group: { key, alerts },
    route,
    declaration: declarationOf(config, route, alerts),
  }));
}

const MAX_TITLE = 120;
const MAX_SUMMARY = 1_000;

function declarationOf(
  config: IncidentConfig,
  route: AlertRoute,
  alerts: [StoredAlert, ...StoredAlert[]],
): RoutedAlerts['declaration'] {
  const firing = alerts.filter(({ status }) => status === 'firing');
  const [first = alerts[0]] = firing;
  const { summary = '', description = '' } = first.annotations;
  const service = config.services.find(({ id }) => id === filled(route.service ?? '', first));
  return {
    title: clean(filled(route.title, first), MAX_TITLE) || `Alerts by the route ${route.id}`,
    severity: worst(
      config,
      firing.map((alert) => filled(route.severity ?? '', alert)),
    ),
    ...(service && { service: service.id }),
    private: route.private,
    summary: clean(description === '' ? summary : description, MAX_SUMMARY),
    detectedAt: firing.map(({ startsAt }) => startsAt).sort()[0] ?? first.startsAt,
  };
}

/** The default where a route names none, or none there is. */
function worst(config: IncidentConfig, wanted: string[]): string {
  return config.severities.find(({ id }) => wanted.includes(id))?.id ?? config.defaults.severity;
}

/** What routes may use in titles: `{label}` and `{annotation:name}`. Missing ones are empty. */
function filled(template: string, { labels, annotations }: StoredAlert): string {
  return template.replace(
    /\{(annotation:)?([^{}]+)\}/g,
    (_, annotation: string | undefined, name: string) =>
      (annotation === undefined ? labels[name] : annotations[name]) ?? '',
  );
}

/** One line without control and bidi characters; what a missing value leaves behind is taken away. */
function clean(value: string, max: number): string {
  const line = value
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/^[\s:,–-]+|[\s:,–-]+$/g, '');
  const characters = [...line];
  return characters.length <= max
    ? line
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

function utc(written: string): string {
  return new Date(written).toISOString();
}

function isWebAddress(url: string | undefined): url is string {
  return url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
