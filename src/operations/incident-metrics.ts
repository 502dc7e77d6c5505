import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { IncidentTally } from '../domain/ports.ts';

const ONE_DATABASE =
  'Read from the database: every worker shows the same, so take the max over them, not the sum.';
const OVER = 'Once it is over; one that is reopened counts again when it is resolved again.';
const MINUTE = 60;
const HOUR = 60 * MINUTE;

type Step = 'declared' | 'acknowledged' | 'mitigated' | 'resolved';

/**
 * Counted anew from what is recorded, at every scrape: a restart loses nothing and replicas agree. What may still
 * change for an incident that is open (its severity, that it is private, that it was none) labels nothing that only
 * ever grows. Of private ones nothing is told but that there are some.
 */
export async function incidentMetrics(tallies: IncidentTally[]): Promise<string> {
  const register = new Registry();
  const { open, declared, steps, pages, updates } = metricsIn(register);
  for (const tally of tallies.filter(({ drill }) => !drill)) {
    const severity = tally.private ? 'private' : tally.severity;
    const isOver = tally.status === 'resolved' || tally.status === 'closed';
    open.inc({ severity }, isOver ? 0 : 1);
    declared.inc();
    pages.inc(tally.pages);
    updates.inc({ outcome: 'kept' }, tally.updates.kept);
    updates.inc({ outcome: 'missed' }, tally.updates.missed);
    if (!isOver || tally.cancelled) continue;
    for (const [step, seconds] of stepsOf(tally)) steps.observe({ step, severity }, seconds);
  }
  return await register.metrics();
}

function metricsIn(register: Registry) {
  const registers = [register];
  return {
    open: new Gauge({
      name: 'purser_incidents_open',
      help: `Incidents that are worked on, without drills; private ones have the severity “private”. ${ONE_DATABASE}`,
      labelNames: ['severity'],
      registers,
    }),
    declared: new Counter({
      name: 'purser_incidents_total',
      help: `Incidents ever declared, without drills. ${ONE_DATABASE}`,
      registers,
    }),
    steps: new Histogram({
      name: 'purser_incident_step_seconds',
      help: `From detection until declared, mitigated and resolved, and from declared until acknowledged. ${OVER} ${ONE_DATABASE}`,
      labelNames: ['step', 'severity'],
      buckets: [
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        8 * HOUR,
        24 * HOUR,
        72 * HOUR,
      ],
      registers,
    }),
    pages: new Counter({
      name: 'purser_incident_pages_total',
      help: `Pages that reached somebody. ${ONE_DATABASE}`,
      registers,
    }),
    updates: new Counter({
      name: 'purser_incident_updates_total',
      help: `Updates that came in time (kept), and that did not (missed). ${ONE_DATABASE}`,
      labelNames: ['outcome'],
      registers,
    }),
  };
}

/** Times are corrected by hand: what was over before it was noticed took no time. */
function stepsOf({ times }: IncidentTally): [Step, number][] {
  const { detectedAt, declaredAt, acknowledgedAt, mitigatedAt, resolvedAt } = times;
  const steps: [Step, string, string | undefined][] = [
    ['declared', detectedAt, declaredAt],
    ['acknowledged', declaredAt, acknowledgedAt],
    ['mitigated', detectedAt, mitigatedAt],
    ['resolved', detectedAt, resolvedAt],
  ];
  return steps.flatMap(([step, from, to]): [Step, number][] =>
    to === undefined ? [] : [[step, Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000]],
  );
}
