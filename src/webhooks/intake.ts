import { randomUUID } from 'node:crypto';
import { groupsOf, type RoutedAlerts } from '../domain/alerts.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import { platformsInOrder, rulesOf } from '../domain/incident-rules.ts';
import type { IncidentInput } from '../domain/incidents.ts';
import type { IncidentStore, StoredAlert } from '../domain/ports.ts';
import type { Platform } from '../domain/refs.ts';
import type { IncidentLaunchers } from '../temporal/incident-launchers.ts';
import { createLanes } from '../temporal/lanes.ts';
import { createTakingTurns } from './taking-turns.ts';

export interface IntakeOptions {
  /** Missing where incidents are off. Rejects while the file is wrong. */
  config(): Promise<IncidentConfig | undefined>;
  store: Pick<IncidentStore, 'takeAlerts' | 'closeGroups'>;
  launchers: Pick<IncidentLaunchers, 'alertsChanged'>;
  /** Those that are connected. */
  platforms(): Platform[];
}

export type IntakeOutcome =
  /** In the store, and Temporal knows. `ignored` are the alerts that make no incident. */
  | { ok: true; taken: number; ignored: number; incidents: number[] }
  /** Not all of it: the same again is harmless, and needed. */
  | { ok: false; why: string };

/** A storm must not take all connections of the database from those who ask in chat. */
const STORE_WRITES = 2;
const TELL_EVERY_MS = 1_000;

/** From alerts to incidents. Rejects when the configuration is wrong or the store does not answer. */
export function createIntake({
  config: read,
  store,
  launchers,
  platforms,
}: IntakeOptions): (alerts: StoredAlert[]) => Promise<IntakeOutcome> {
  const writes = createLanes(STORE_WRITES);
  const tell = createTakingTurns(TELL_EVERY_MS, (input: IncidentInput) => launchers.alertsChanged(input));

  /** The incident they belong to, or nothing where they are all over already. */
  async function take(config: IncidentConfig, routed: RoutedAlerts): Promise<number | undefined> {
    const requestId = randomUUID();
    const taken = await writes('alerts', () => store.takeAlerts(routed.group, requestId));
    if (taken === undefined) return undefined;
    // Told even when nothing changed: whoever changed it may have got no further than the store.
    const outcome = await tell(taken.number, {
      number: taken.number,
      requestId,
      ...routed.declaration,
      drill: false,
      declaredBy: 'alerts',
      platforms: platformsInOrder(config, platforms()),
      rules: rulesOf(config, { ...routed.declaration, drill: false }),
    });
    if (outcome.ok) return taken.number;
    // It ended without letting its groups go, as when an operator terminates it: what comes next is another incident.
    if (outcome.type !== 'Unavailable') await store.closeGroups(taken.number);
    throw new NotTold(outcome.message);
  }

  return async (alerts) => {
    const config = await read();
    if (config === undefined) return { ok: false, why: 'Incidents are off: there is no incidents.yaml.' };
    const groups = groupsOf(config, alerts);
    const settled = await Promise.allSettled(groups.map((routed) => take(config, routed)));
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed?.reason instanceof NotTold) return { ok: false, why: failed.reason.message };
    if (failed !== undefined) throw failed.reason;
    const numbers = settled.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
    const taken = groups.reduce(
      (sum, { group }, at) => sum + (numbers[at] === undefined ? 0 : group.alerts.length),
      0,
    );
    return {
      ok: true,
      taken,
      ignored: alerts.length - taken,
      incidents: [...new Set(numbers.filter((number) => number !== undefined))],
    };
  };
}

class NotTold extends Error {
  override readonly name = 'NotTold';
}
