/** What bounds how many environments there may be: one person's and one team's of a template, one person's of all. */
export const QUOTA_LIMITS = ['perOwner', 'perTeam', 'inAll'] as const;
export type QuotaLimit = (typeof QUOTA_LIMITS)[number];

/** Of a template, and of all templates together for whoever asks. */
export type QuotaLimits = Record<QuotaLimit, number>;

/** How many places are taken, by what is asked for and not gone, and how many are granted on top of the limit. */
export interface Places {
  taken: number;
  granted: number;
  /** When the first of those granted is over, ISO 8601. What holds a place keeps it: only new environments count. */
  until?: string;
}

/** As counted for one template, owner and team. */
export type PlaceCount = Record<QuotaLimit, Places>;

/** A limit that leaves no place. */
export interface FullLimit {
  limit: QuotaLimit;
  taken: number;
  allowed: number;
}

/** More of them, for a time. */
export interface QuotaGrant extends QuotaSubject {
  requestId: string;
  extra: number;
  until: Date;
  grantedBy: string;
}

export function allowedPlaces(limits: QuotaLimits, places: PlaceCount, limit: QuotaLimit): number {
  return limits[limit] + places[limit].granted;
}

export function isFull(limits: QuotaLimits, places: PlaceCount, limit: QuotaLimit): FullLimit | undefined {
  const { taken } = places[limit];
  const allowed = allowedPlaces(limits, places, limit);
  return taken < allowed ? undefined : { limit, taken, allowed };
}

/** The first limit that leaves no place: the one of all templates before those of one. */
export function fullLimit(limits: QuotaLimits, places: PlaceCount): FullLimit | undefined {
  const order: QuotaLimit[] = ['inAll', 'perOwner', 'perTeam'];
  return order.map((limit) => isFull(limits, places, limit)).find((full) => full !== undefined);
}

/** What is full and what counts. `owner` is whose name it is said of, nobody's to themselves; `team` is its title. */
export function fullInWords(
  { limit, taken, allowed }: FullLimit,
  { owner, template, team }: { owner?: string; template: string; team: string },
): string {
  const has = limit === 'perTeam' ? `${team} has` : owner === undefined ? 'You have' : `${owner} has`;
  const places = `${has} ${taken} of ${allowed} environments`;
  if (limit === 'inAll') {
    return `${places}: all that one person asked for and that are not gone count, whatever their template.`;
  }
  if (limit === 'perOwner') {
    return `${places} of “${template}”: all that one person asked for and that are not gone count.`;
  }
  return `${places} of “${template}”: all that are for the team and not gone count, whoever asked for them.`;
}

/** What more is asked of. */
export interface QuotaSubject {
  person: string;
  limit: QuotaLimit;
  /** What was wanted when there was no place, and for which team. */
  template: string;
  team: string;
}
