import { shortDuration } from './durations.ts';
import type { IncidentStatsView } from './incident-view-types.ts';
import type { IncidentRow } from './incidents.ts';
import { type PageLoad, pageLoads } from './page-loads.ts';
import type { DirectorySnapshot } from './people.ts';
import { type Spread, spreadOf } from './spread.ts';

/** How often, and how long it took until it was over. */
export interface Share {
  id: string;
  count: number;
  resolved?: Spread;
}

/** The figures of one period: what the text and the picture are made of. Names no incident. */
export interface IncidentStats {
  days: number;
  count: number;
  open: number;
  /** Counted in all figures, but in no breakdown: those would tell what they are about. */
  private: number;
  leftOut: { drills: number; cancelled: number };
  severities: Share[];
  services: Share[];
  /** Oldest first; `counts` by severity, in the order of `severities`. */
  stretches: { from: string; days: number; counts: number[]; private: number }[];
  /** In milliseconds. */
  acknowledged?: Spread;
  mitigated?: Spread;
  resolved?: Spread;
  updates: { kept: number; missed: number };
  /** The most first. */
  pages: PageLoad[];
  followUps: { open: number; overdue: number };
}

export interface StatsOptions {
  days: number;
  now: Date;
  directory: DirectorySnapshot;
  /** The time zone a person works in; nights are in UTC where it is not known. */
  zoneOf(person: string): string | undefined;
}

const DAY = 86_400_000;

/** Of what was declared in the last `days`. Drills, and what was none, are left out. */
export function incidentStats(rows: IncidentRow[], options: StatsOptions): IncidentStats {
  const { days, now } = options;
  const since = now.getTime() - days * DAY;
  const recent = rows.filter(({ times }) => Date.parse(times.declaredAt) >= since);
  const drills = recent.filter(({ drill }) => drill);
  const cancelled = recent.filter(({ drill, cancelled }) => cancelled && !drill);
  const counted = recent.filter(({ drill, cancelled }) => !drill && !cancelled);
  const shown = counted.filter((row) => !row.private);
  const severities = shares(shown, ({ severity }) => severity).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    days,
    count: counted.length,
    open: counted.filter(({ status }) => status !== 'resolved' && status !== 'closed').length,
    private: counted.length - shown.length,
    leftOut: { drills: drills.length, cancelled: cancelled.length },
    severities,
    services: shares(shown, ({ service }) => service ?? NO_SERVICE).sort((a, b) => b.count - a.count),
    stretches: stretchesOf(counted, severities, options),
    acknowledged: spread(counted, ({ declaredAt, acknowledgedAt }) => [declaredAt, acknowledgedAt]),
    mitigated: spread(counted, ({ detectedAt, mitigatedAt }) => [detectedAt, mitigatedAt]),
    resolved: spread(counted, untilResolved),
    updates: {
      kept: sum(counted, ({ updates }) => updates.kept),
      missed: sum(counted, ({ updates }) => updates.missed),
    },
    pages: pageLoads(
      counted.flatMap((row) => row.pages),
      options,
    ),
    followUps: followUpsOf(counted, now),
  };
}

const NO_SERVICE = 'no service';

function shares(rows: IncidentRow[], by: (row: IncidentRow) => string): Share[] {
  return [...Map.groupBy(rows, by)].map(([id, group]) => ({
    id,
    count: group.length,
    resolved: spread(group, untilResolved),
  }));
}

type Times = IncidentRow['times'];

function untilResolved({ detectedAt, resolvedAt }: Times): [string, string | undefined] {
  return [detectedAt, resolvedAt];
}

function spread(
  rows: IncidentRow[],
  between: (times: Times) => [string, string | undefined],
): Spread | undefined {
  const took = rows.flatMap(({ times }) => {
    const [from, to] = between(times);
    // Times are corrected by hand: what was over before it was noticed took no time.
    return to === undefined ? [] : [Math.max(0, Date.parse(to) - Date.parse(from))];
  });
  return spreadOf(took);
}

/** Days, weeks or thirty days, the last of them ending today. */
function stretchesOf(
  rows: IncidentRow[],
  severities: Share[],
  { days, now }: StatsOptions,
): IncidentStats['stretches'] {
  const length = days <= 14 ? 1 : days <= 182 ? 7 : 30;
  const end = (Math.floor(now.getTime() / DAY) + 1) * DAY;
  const count = Math.ceil((days + 1) / length);
  return Array.from({ length: count }, (_, index) => {
    const from = end - (count - index) * length * DAY;
    const within = rows.filter(({ times }) => {
      const at = Date.parse(times.declaredAt);
      return at >= from && at < from + length * DAY;
    });
    const shown = within.filter((row) => !row.private);
    return {
      from: new Date(from).toISOString().slice(0, 10),
      days: length,
      counts: severities.map(({ id }) => shown.filter(({ severity }) => severity === id).length),
      private: within.length - shown.length,
    };
  });
}

function followUpsOf(rows: IncidentRow[], now: Date): IncidentStats['followUps'] {
  const open = rows.flatMap(({ openFollowUps }) => openFollowUps);
  const overdue = open.filter(({ dueAt }) => dueAt !== undefined && Date.parse(dueAt) < now.getTime());
  return { open: open.length, overdue: overdue.length };
}

type Fact = IncidentStatsView['facts'][number];

/** How many people and services are named; the others are added up. */
const NAMED = 8;

/** The figures as text and, where `png` was drawn of them, as a picture. */
export function statsView(stats: IncidentStats, png?: string): IncidentStatsView {
  return {
    kind: 'incident-stats',
    title: statsTitle(stats),
    facts: stats.count === 0 ? nothing(stats) : facts(stats),
    ...(png === undefined ? {} : { picture: { png, alt: pictureAlt(stats) } }),
  };
}

export function statsTitle({ days }: IncidentStats): string {
  return days === 1 ? 'Incidents since yesterday' : `Incidents of the last ${days} days`;
}

/** What the picture shows, for those who cannot see it. */
function pictureAlt(stats: IncidentStats): string {
  const { acknowledged, resolved, count } = stats;
  const times = [
    acknowledged && `acknowledged in ${shortDuration(acknowledged.median)}`,
    resolved && `resolved in ${shortDuration(resolved.median)}`,
  ].filter((part) => part !== undefined);
  const usual = times.length === 0 ? '' : `, usually ${times.join(' and ')}`;
  return `${statsTitle(stats)}: ${count}${usual}. How many when, how long they took, by service, and pages by person.`;
}

function nothing(stats: IncidentStats): Fact[] {
  return [
    { label: 'Incidents', value: 'None at all. A drill shows how one would run.' },
    ...notCounted(stats),
  ];
}

function facts(stats: IncidentStats): Fact[] {
  const { count, open, severities, services, updates, followUps } = stats;
  const due = updates.kept + updates.missed;
  return [
    {
      label: 'Incidents',
      value: `${count}, ${stillOpen(count, open)}`,
    },
    ...sharesSaid('By severity', severities, stats.private),
    ...sharesSaid('By service', services, stats.private),
    ...took('Declared → acknowledged', stats.acknowledged),
    ...took('Detected → mitigated', stats.mitigated),
    ...took('Detected → resolved', stats.resolved),
    ...resolvedBy('Resolved, by severity', severities),
    ...resolvedBy('Resolved, by service', services),
    {
      label: 'Updates in time',
      value: due === 0 ? 'none were due' : `${updates.kept} of ${due} (${percent(updates.kept, due)})`,
    },
    ...pages(stats.pages),
    {
      label: 'Open follow-ups',
      value:
        followUps.overdue === 0
          ? `${followUps.open}`
          : `${followUps.open}, of which ${followUps.overdue} overdue`,
    },
    ...notCounted(stats),
  ];
}

function stillOpen(count: number, open: number): string {
  if (open === 0) return 'all over';
  return open === count ? 'all still open' : `of which ${open} still open`;
}

function sharesSaid(label: string, all: Share[], hidden: number): Fact[] {
  const named = all.slice(0, NAMED).map(({ id, count }) => `${id} ${count}`);
  const others = sum(all.slice(NAMED), ({ count }) => count);
  const rest = [
    ...(others === 0 ? [] : [`others ${others}`]),
    ...(hidden === 0 ? [] : [`private ${hidden}`]),
  ];
  return [{ label, value: [...named, ...rest].join(', ') }];
}

function took(label: string, spread: Spread | undefined): Fact[] {
  if (spread === undefined) return [];
  const { n, low, median, high } = spread;
  const usual = shortDuration(median);
  if (n === 1) return [{ label, value: usual }];
  // Of very few, halves say nothing.
  const half = n < 4 ? '' : `, half of them between ${shortDuration(low)} and ${shortDuration(high)}`;
  return [{ label, value: `usually ${usual} (${n} incidents${half})` }];
}

function resolvedBy(label: string, all: Share[]): Fact[] {
  const known = all
    .slice(0, NAMED)
    .flatMap(({ id, resolved }) =>
      resolved === undefined ? [] : [`${id} ${shortDuration(resolved.median)} (${resolved.n})`],
    );
  // Of one kind it is what stands above already.
  return known.length < 2 ? [] : [{ label, value: known.join(', ') }];
}

function pages(loads: PageLoad[]): Fact[] {
  if (loads.length === 0) return [{ label: 'Pages', value: 'nobody was paged' }];
  const all = sum(loads, ({ day, night }) => day + night);
  const nights = sum(loads, ({ night }) => night);
  const others = loads.slice(NAMED);
  const named = loads.slice(0, NAMED).map(({ name, day, night }) => `${name} ${atNight(day + night, night)}`);
  const rest =
    others.length === 0
      ? []
      : [
          `${others.length} more ${others.length === 1 ? 'person' : 'people'} ${sum(others, ({ day, night }) => day + night)}`,
        ];
  return [
    { label: 'Pages', value: atNight(all, nights) },
    { label: 'Pages by person', value: [...named, ...rest].join(', ') },
  ];
}

function atNight(all: number, night: number): string {
  return night === 0 ? `${all}` : `${all} (${night} at night)`;
}

function notCounted({ leftOut: { drills, cancelled } }: IncidentStats): Fact[] {
  const parts = [
    ...(drills === 0 ? [] : [`${drills} ${drills === 1 ? 'drill' : 'drills'}`]),
    ...(cancelled === 0 ? [] : [`${cancelled} that ${cancelled === 1 ? 'was' : 'were'} none`]),
  ];
  return parts.length === 0 ? [] : [{ label: 'Not counted', value: parts.join(', ') }];
}

function sum<Item>(items: Item[], of: (item: Item) => number): number {
  return items.reduce((all, item) => all + of(item), 0);
}

function percent(part: number, all: number): string {
  return `${Math.round((100 * part) / all)} %`;
}
