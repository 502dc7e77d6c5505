import { type IncidentStats, incidentStats } from '../../src/domain/incident-stats.ts';
import type { IncidentRow } from '../../src/domain/incidents.ts';
import { sampleDirectory } from './environment-samples.ts';
import { sampleRow } from './incident-records.ts';

const HOUR = 3_600_000;
const NOW = new Date('2026-04-30T12:00:00.000Z');
const SERVICES = ['checkout', 'payments', 'search', undefined];
const PEOPLE = ['kim', 'lee', 'noor'];

/** A busy month: two dozen incidents of every kind. */
export function sampleStats(days = 30): IncidentStats {
  const rows = Array.from({ length: 26 }, (_, index) => incident(index, days));
  return incidentStats(rows, { days, now: NOW, directory: sampleDirectory(), zoneOf: () => 'Europe/Berlin' });
}

function incident(index: number, days: number): IncidentRow {
  const declaredAt = NOW.getTime() - ((index * 0.618) % 1) * days * 24 * HOUR;
  const iso = (ms: number) => new Date(declaredAt + ms).toISOString();
  const slow = 1 + (index % 5);
  return sampleRow({
    number: index + 1,
    severity: `sev${1 + (((index * 5) % 7) % 4)}`,
    service: SERVICES[(index * index + (index % 3)) % 4],
    status: index === 0 ? 'mitigating' : 'closed',
    private: index % 11 === 10,
    drill: index === 7,
    cancelled: index === 9,
    times: {
      detectedAt: iso(-2 * 60_000 * slow),
      declaredAt: iso(0),
      acknowledgedAt: iso(90_000 * slow),
      ...(index === 0
        ? {}
        : { mitigatedAt: iso(0.4 * HOUR * slow), resolvedAt: iso(0.9 * HOUR * slow * slow) }),
    },
    updates: { kept: 3, missed: index % 4 === 0 ? 1 : 0 },
    pages: PEOPLE.slice(0, 1 + (index % 3)).map((person, nth) => ({ person, at: iso(nth * 300_000) })),
    openFollowUps: index % 6 === 0 ? [{ id: `task-${index}`, text: 'Alert on it', dueAt: iso(0) }] : [],
  });
}
