import { randomUUID } from 'node:crypto';
import { alertOfTrigger, fingerprintOf, type PagerdutyEvent } from '../domain/pagerduty.ts';
import type { IncidentStore, StoredAlert } from '../domain/ports.ts';
import type { IncidentLaunchers } from '../temporal/incident-launchers.ts';
import type { IntakeOutcome } from './intake.ts';

export type PagerdutyOutcome =
  /** `message` says in English what came of it. */
  | { ok: true; message: string; dedupKey: string }
  /** The same again is harmless, and needed. */
  | { ok: false; why: string };

type Taken = { ok: true; message: string } | { ok: false; why: string };

const PROCESSED = 'Event processed';
const NOT_FIRING = 'Nothing of this dedup_key is firing, so there is nothing to do.';

/**
 * Events in PagerDuty's shape, taken as alerts. An alert goes on for as long as nobody resolves its key: a trigger
 * that is repeated changes nothing, and what resolves it need not say again what it is.
 */
export function createPagerdutyIntake({
  store,
  launchers,
  take,
  now = () => new Date(),
}: {
  store: Pick<IncidentStore, 'firingAlert'>;
  launchers: Pick<IncidentLaunchers, 'act'>;
  take(alerts: StoredAlert[]): Promise<IntakeOutcome>;
  now?: () => Date;
}): (event: PagerdutyEvent) => Promise<PagerdutyOutcome> {
  async function takeAlert(alert: StoredAlert): Promise<Taken> {
    const outcome = await take([alert]);
    if (!outcome.ok) return outcome;
    const isTaken = outcome.taken > 0;
    return {
      ok: true,
      message: isTaken ? PROCESSED : 'No incident comes of it: see routes in incidents.yaml.',
    };
  }

  /** Whoever was paged is called off, as if somebody had pressed Acknowledge. */
  async function acknowledge(number: number): Promise<Taken> {
    const act = { kind: 'acknowledge' } as const;
    const outcome = await launchers.act(number, { key: randomUUID(), person: 'alerts', act });
    if (outcome.ok) return { ok: true, message: PROCESSED };
    if (outcome.type === 'Unavailable') return { ok: false, why: outcome.message };
    return { ok: true, message: 'Nobody is being paged for it.' };
  }

  return async (event) => {
    const dedupKey = event.dedup_key ?? randomUUID();
    const fingerprint = fingerprintOf(dedupKey);
    const firing = await store.firingAlert(fingerprint);
    const at = event.payload?.timestamp ?? now().toISOString();
    const work = (): Promise<Taken> | Taken => {
      if (event.event_action === 'trigger') {
        return takeAlert(firing?.alert ?? alertOfTrigger(event, { fingerprint, startsAt: at }));
      }
      if (firing === undefined) return { ok: true, message: NOT_FIRING };
      if (event.event_action === 'acknowledge') return acknowledge(firing.number);
      return takeAlert({ ...firing.alert, status: 'resolved', endsAt: at });
    };
    const taken = await work();
    return taken.ok ? { ...taken, dedupKey } : taken;
  };
}
