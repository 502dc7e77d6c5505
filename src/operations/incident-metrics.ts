import { Counter, Gauge, type Histogram, Registry } from 'prom-client';
import { type IncidentFigures, STEP_BUCKETS } from '../domain/incident-figures.ts';

const ONE_DATABASE =
  'Read from the database: every worker shows the same, so take the max over them, not the sum.';
const OVER = 'Once it is over; one that is reopened counts again when it is resolved again.';

/**
 * Counted anew from what is recorded, at every scrape: a restart loses nothing and replicas agree. What may still
 * change for an incident that is open (its severity, that it is private, that it was none) labels nothing that only
 * ever grows.
 */
export async function incidentMetrics({ severities, steps }: IncidentFigures): Promise<string> {
  const register = new Registry();
  const { open, declared, pages, updates } = metricsIn(register);
  for (const { severity, ...figures } of severities) {
    open.inc({ severity }, figures.open);
    declared.inc(figures.declared);
    pages.inc(figures.pages);
    updates.inc({ outcome: 'kept' }, figures.kept);
    updates.inc({ outcome: 'missed' }, figures.missed);
  }
  // The library's own counts one by one what the database has counted already; the registry only asks for the values.
  register.registerMetric(stepsMetric(steps) as unknown as Histogram);
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

const STEPS = 'purser_incident_step_seconds';

function stepsMetric(steps: IncidentFigures['steps']) {
  const series = Map.groupBy(steps, ({ step, severity }) => `${step} ${severity}`);
  return {
    name: STEPS,
    get: async () => ({
      name: STEPS,
      help: `From detection until declared, mitigated and resolved, and from declared until acknowledged. ${OVER} ${ONE_DATABASE}`,
      type: 'histogram',
      values: [...series.values()].flatMap(valuesOf),
    }),
  };
}

/** Each bucket holds all that are smaller, too. */
function valuesOf(series: IncidentFigures['steps']) {
  const { step = '', severity = '' } = series[0] ?? {};
  const sum = (of: IncidentFigures['steps'], what: 'count' | 'seconds') =>
    of.reduce((total, one) => total + one[what], 0);
  const buckets = [...STEP_BUCKETS, '+Inf'].map((le, at) => ({
    metricName: `${STEPS}_bucket`,
    labels: { le, step, severity },
    value: sum(
      series.filter(({ bucket }) => bucket <= at),
      'count',
    ),
  }));
  const labels = { step, severity };
  return [
    ...buckets,
    { metricName: `${STEPS}_sum`, labels, value: sum(series, 'seconds') },
    { metricName: `${STEPS}_count`, labels, value: sum(series, 'count') },
  ];
}
