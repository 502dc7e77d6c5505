import type { IncidentConfig, IncidentRules } from './incident-config.ts';
import type { IncidentInput } from './incidents.ts';
import type { Platform } from './refs.ts';

/** What an incident that is declared now goes by from then on. A service that is not configured has no rules. */
export function rulesOf(
  config: IncidentConfig,
  { service }: Pick<IncidentInput, 'severity' | 'service'>,
): IncidentRules {
  const { severities, roles, paths, timers, rooms, drills, webhooks } = config;
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
  };
}

/** Those that are connected, in the order in which the configuration announces incidents on them. */
export function platformsInOrder(config: IncidentConfig, connected: Platform[]): Platform[] {
  const announced = config.rooms.announce.map(({ platform }) => platform);
  const first = announced.filter((platform) => connected.includes(platform));
  return [...new Set([...first, ...connected])];
}
