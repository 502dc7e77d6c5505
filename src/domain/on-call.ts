import ms, { type StringValue } from 'ms';
import type { IncidentConfig, PageTarget, Schedule } from './incident-config.ts';
import { DAY_MS, firstMoment, wallAt, wallTime } from './local-times.ts';
import { type DirectorySnapshot, findPerson, findTeam, type Person } from './people.ts';

type Rotation = Schedule['rotations'][number];
type Hours = NonNullable<Rotation['hours']>;

/** How far shifts are looked for in both directions. */
const HORIZON_MS = 91 * DAY_MS;
/** Far enough for most, and ten times as quick. */
const NEAR_MS = 8 * DAY_MS;
/** In the order of `Date#getUTCDay`. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Somebody answers. `from` and `until` are ISO 8601, and missing when they are more than 13 weeks away. */
export interface Shift {
  person: string;
  from?: string;
  until?: string;
}

/** A stretch of time in which the answer does not change. Moments are milliseconds since the epoch. */
interface Stretch {
  person: string | undefined;
  from: number;
  to: number;
}

/** Who answers, and for how long. `undefined` when nobody does. */
export function onCallAt(schedule: Schedule, at: Date): Shift | undefined {
  const near = shiftAt(schedule, at.getTime(), NEAR_MS);
  const complete = near === undefined || (near.from !== undefined && near.until !== undefined);
  return complete ? near : shiftAt(schedule, at.getTime(), HORIZON_MS);
}

function shiftAt(schedule: Schedule, at: number, reach: number): Shift | undefined {
  const [first, last] = [at - reach, at + reach];
  const now = stretches(schedule, first, last).find(({ to }) => to > at);
  if (now?.person === undefined) return undefined;
  return {
    person: now.person,
    ...(now.from > first && { from: iso(now.from) }),
    ...(now.to < last && { until: iso(now.to) }),
  };
}

/** The shifts that begin after `from`, at most `count`; gaps between them are left out. */
export function upcoming(schedule: Schedule, from: Date, count: number): Shift[] {
  const near = shiftsAfter(schedule, from.getTime(), NEAR_MS).slice(0, count);
  const complete = near.length === count && near.at(-1)?.until !== undefined;
  return complete ? near : shiftsAfter(schedule, from.getTime(), HORIZON_MS).slice(0, count);
}

function shiftsAfter(schedule: Schedule, after: number, reach: number): Shift[] {
  const last = after + reach;
  return stretches(schedule, after, last)
    .slice(1)
    .filter((stretch) => stretch.person !== undefined)
    .map(({ person = '', from, to }) => ({ person, from: iso(from), ...(to < last && { until: iso(to) }) }));
}

/** When nobody answers. */
export function gaps(schedule: Schedule, from: Date, to: Date): { from: string; to: string }[] {
  return stretches(schedule, from.getTime(), to.getTime())
    .filter(({ person }) => person === undefined)
    .map((gap) => ({ from: iso(gap.from), to: iso(gap.to) }));
}

/** Only who, which is quick. */
export function personOnCall(schedule: Schedule, at: Date): string | undefined {
  return answerAt(schedule, at.getTime());
}

/**
 * The people behind the targets, by id, in order and without doubles. Those who have left are left out, and what comes
 * to nobody is named in `gaps`, to be read by people.
 */
export function resolvePageTargets(
  targets: PageTarget[],
  { config, directory, at }: { config: IncidentConfig; directory: DirectorySnapshot; at: Date },
): { people: string[]; gaps: string[] } {
  const found = targets.map((target) => resolve(target, { config, directory, at }));
  return {
    people: [...new Set(found.flatMap(({ people }) => people))],
    gaps: [...new Set(found.flatMap(({ gap }) => gap ?? []))],
  };
}

interface Found {
  people: string[];
  gap?: string;
}

function resolve(
  target: PageTarget,
  { config, directory, at }: { config: IncidentConfig; directory: DirectorySnapshot; at: Date },
): Found {
  if ('person' in target) return only(directory, target.person);
  if ('schedule' in target) return onDuty(config, directory, target.schedule, at);
  if ('team' in target) return teamOf(directory, target.team);
  const people = directory.people.filter(({ roles }) => roles.includes(target.role));
  return activeOf(people, `nobody has the role “${target.role}”`);
}

function onDuty(config: IncidentConfig, directory: DirectorySnapshot, id: string, at: Date): Found {
  const schedule = config.schedules.find((candidate) => candidate.id === id);
  if (schedule === undefined) return { people: [], gap: `there is no schedule “${id}”` };
  const person = personOnCall(schedule, at);
  if (person === undefined) return { people: [], gap: `nobody is on call in “${schedule.title}”` };
  const found = only(directory, person);
  return found.gap === undefined
    ? found
    : { people: [], gap: `${found.gap}, on call in “${schedule.title}”` };
}

function teamOf(directory: DirectorySnapshot, id: string): Found {
  const team = findTeam(directory, id);
  if (team === undefined) return { people: [], gap: `there is no team “${id}”` };
  const people = [...team.leads, ...team.members].map((member) => findPerson(directory, member));
  return activeOf(
    people.filter((person) => person !== undefined),
    `nobody is in the team “${team.title}”`,
  );
}

function only(directory: DirectorySnapshot, id: string): Found {
  const person = findPerson(directory, id);
  if (person === undefined) return { people: [], gap: `nobody knows “${id}”` };
  return activeOf([person], `${person.name} has left`);
}

function activeOf(people: Person[], gap: string): Found {
  const active = people.filter((person) => person.active).map(({ id }) => id);
  return active.length === 0 ? { people: [], gap } : { people: active };
}

/** Everything between two moments, in order; neighbours differ. */
function stretches(schedule: Schedule, from: number, to: number): Stretch[] {
  const found: Stretch[] = [];
  const points = [from, ...changes(schedule, from, to), to];
  for (const [at, point] of points.slice(0, -1).entries()) {
    const person = answerAt(schedule, point);
    const before = found.at(-1);
    const end = points[at + 1] ?? to;
    if (before !== undefined && before.person === person) before.to = end;
    else found.push({ person, from: point, to: end });
  }
  return found;
}

/** Every moment in between at which the answer may change, in order. */
function changes(schedule: Schedule, from: number, to: number): number[] {
  const { timeZone, overrides, rotations } = schedule;
  const walls = [
    ...overrides.flatMap((override) => [wallTime(override.from), wallTime(override.to)]),
    ...rotations.flatMap((rotation) => [
      ...handOvers(rotation, wallAt(from, timeZone), wallAt(to, timeZone)),
      ...edges(rotation.hours, wallAt(from, timeZone), wallAt(to, timeZone)),
    ]),
  ];
  const moments = [...new Set(walls)].map((wall) => firstMoment(wall, timeZone));
  return [...new Set(moments)].filter((moment) => from < moment && moment < to).sort((a, b) => a - b);
}

/** With a day to spare on both sides, for clocks that change. */
function handOvers({ starts, every }: Rotation, from: number, to: number): number[] {
  const [start, length] = [wallTime(starts), ms(every as StringValue)];
  const first = Math.max(0, Math.floor((from - DAY_MS - start) / length));
  const last = Math.floor((to + DAY_MS - start) / length);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => start + (first + at) * length);
}

function edges(hours: Hours | undefined, from: number, to: number): number[] {
  if (hours === undefined) return [];
  const days = Array.from({ length: Math.ceil((to - from) / DAY_MS) + 5 }, (_, at) => midnight(from, at - 2));
  return days.flatMap((day) => windowOn(hours, day) ?? []);
}

function answerAt(schedule: Schedule, at: number): string | undefined {
  const { timeZone } = schedule;
  const override = schedule.overrides.findLast(
    ({ from, to }) => firstMoment(wallTime(from), timeZone) <= at && at < firstMoment(wallTime(to), timeZone),
  );
  if (override !== undefined) return override.person;
  const rotation = schedule.rotations.find((candidate) => covers(candidate, at, timeZone));
  return rotation && turnOf(rotation, at, timeZone);
}

function covers({ starts, hours }: Rotation, at: number, timeZone: string): boolean {
  if (at < firstMoment(wallTime(starts), timeZone)) return false;
  if (hours === undefined) return true;
  const clock = wallAt(at, timeZone);
  return [-1, 0, 1].some((shift) => {
    const window = windowOn(hours, midnight(clock, shift));
    if (window === undefined) return false;
    return firstMoment(window[0], timeZone) <= at && at < firstMoment(window[1], timeZone);
  });
}

function turnOf({ people, starts, every }: Rotation, at: number, timeZone: string): string | undefined {
  const [start, length] = [wallTime(starts), ms(every as StringValue)];
  const shown = Math.floor((wallAt(at, timeZone) - start) / length);
  // In an hour that comes twice, the clock is behind a hand-over that was in the first of the two.
  const turn = firstMoment(start + (shown + 1) * length, timeZone) <= at ? shown + 1 : shown;
  return people[turn % people.length];
}

/** The hours that begin on a day, over midnight when they end before they begin. */
function windowOn(hours: Hours, day: number): [from: number, to: number] | undefined {
  const weekday = WEEKDAYS[new Date(day).getUTCDay()];
  if (weekday === undefined || !hours.days.includes(weekday)) return undefined;
  const [from, to] = [timeOfDay(hours.from), timeOfDay(hours.to)];
  return [day + from, day + to + (to <= from ? DAY_MS : 0)];
}

function timeOfDay(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return (hour * 60 + minute) * 60_000;
}

function midnight(wall: number, shift: number): number {
  return (Math.floor(wall / DAY_MS) + shift) * DAY_MS;
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
