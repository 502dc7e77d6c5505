import { DateTime, IANAZone } from 'luxon';
import { doerRef } from './incident-people.ts';
import type { DirectorySnapshot } from './people.ts';

export interface PageLoad {
  name: string;
  day: number;
  /** From 22 to 6 o'clock where the person is. */
  night: number;
}

/** The most first. `zoneOf` says where a person is; their nights are in UTC where that is not known. */
export function pageLoads(
  pages: { person: string; at: string }[],
  { directory, zoneOf }: { directory: DirectorySnapshot; zoneOf(person: string): string | undefined },
): PageLoad[] {
  return [...Map.groupBy(pages, ({ person }) => person)]
    .map(([person, paged]) => {
      const zone = zoneOf(person);
      const night = paged.filter(({ at }) => isNight(at, zone)).length;
      return { name: doerRef(directory, person).name, day: paged.length - night, night };
    })
    .sort((a, b) => b.day + b.night - a.day - a.night || (a.name < b.name ? -1 : 1));
}

function isNight(at: string, zone: string | undefined): boolean {
  const known = zone !== undefined && IANAZone.isValidZone(zone);
  const { hour } = DateTime.fromISO(at, { zone: known ? zone : 'utc' });
  return hour >= 22 || hour < 6;
}
