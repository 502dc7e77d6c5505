import { IANAZone } from 'luxon';

/**
 * Local times as numbers: what a clock on the wall shows, as milliseconds, as if the wall were in UTC. Whole days added
 * to one are the same time of day, whatever clocks do in between.
 */

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** `2026-01-05T09:00`; not a number for a day that is none, such as February 30. */
export function wallTime(local: string): number {
  const wall = Date.parse(`${local}:00.000Z`);
  // The parser takes February 30 for March 2.
  return Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 16) !== local ? Number.NaN : wall;
}

/** What the clock shows at a moment. */
export function wallAt(moment: number, timeZone: string): number {
  return moment + IANAZone.create(timeZone).offset(moment) * MINUTE_MS;
}

/**
 * The first moment at which the clock shows `wall` or is past it: of an hour that comes twice the first one, and for
 * an hour that is skipped the moment of the change.
 */
export function firstMoment(wall: number, timeZone: string): number {
  const key = `${timeZone} ${wall}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  if (found.size >= MAX_FOUND) found.clear();
  const moment = findFirstMoment(wall, timeZone);
  found.set(key, moment);
  return moment;
}

/** Time zones are slow to ask, and schedules ask for the same moments over and over. */
const found = new Map<string, number>();
const MAX_FOUND = 10_000;

function findFirstMoment(wall: number, timeZone: string): number {
  const zone = IANAZone.create(timeZone);
  const [before, after] = [wall - DAY_MS, wall + DAY_MS].map(
    (near) => wall - zone.offset(near) * MINUTE_MS,
  ) as [number, number];
  const exact = [before, after].filter((moment) => moment + zone.offset(moment) * MINUTE_MS === wall);
  if (exact.length > 0) return Math.min(...exact);
  let [early, late] = [after, before];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (middle + zone.offset(middle) * MINUTE_MS >= wall) late = middle;
    else early = middle;
  }
  return late;
}
