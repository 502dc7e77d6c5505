import type { IncidentConfig, IncidentRules } from './incident-config.ts';
import type { IncidentInput } from './incidents.ts';
import type { Platform } from './refs.ts';

/** What an incident that is declared now goes by from then on. A service that is not configured has no rules. */
export function rulesOf(
  config: IncidentConfig,
  incident: Pick<IncidentInput, 'service' | 'private' | 'drill'>,
): IncidentRules {
  const { severities, roles, paths, timers, rooms, drills, webhooks } = config;
  const { service } = incident;
  const known = config.services.find(({ id }) => id === service);
  return {
    severities,
    roles,
    paths,
    timers,
    archiveAfterMs: rooms.archiveAfter,
    ...(known && { service: known }),
    drillPeople: drills.people,
    webhooks: webhooks.map(({ id, severities }) => ({ id, severities })),
    ...repositoriesOf(config, incident),
  };
}

/** Systems of others do not hear of drills, nor of what is private unless there is a place for it. */
function repositoriesOf(
  { tracker, reviews }: IncidentConfig,
  { service = '', drill, ...incident }: Pick<IncidentInput, 'service' | 'private' | 'drill'>,
): Pick<IncidentRules, 'tracker' | 'reviews'> {
  if (drill) return {};
  if (incident.private) return { tracker: tracker?.private, reviews: reviews?.private };
  return { tracker: tracker?.services[service] ?? tracker?.repository, reviews: reviews?.repository };
}

/** Those that are connected, in the order in which the configuration announces incidents on them. */
export function platformsInOrder(config: IncidentConfig, connected: Platform[]): Platform[] {
  const announced = config.rooms.announce.map(({ platform }) => platform);
  const first = announced.filter((platform) => connected.includes(platform));
  return [...new Set([...first, ...connected])];
}
