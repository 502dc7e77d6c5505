import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentRow } from '../../src/domain/incidents.ts';
import { incidentMetrics } from '../../src/operations/incident-metrics.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { figuresOf } from '../support/incident-figures.ts';
import { sampleRow } from '../support/incident-records.ts';

const OVER = {
  detectedAt: '2026-04-01T09:00:00.000Z',
  declaredAt: '2026-04-01T09:02:00.000Z',
  acknowledgedAt: '2026-04-01T09:05:00.000Z',
  mitigatedAt: '2026-04-01T09:40:00.000Z',
  resolvedAt: '2026-04-01T10:30:00.000Z',
};

const PAGE = { person: 'kim', at: '2026-04-01T09:03:00.000Z' };

function row(changes: Partial<IncidentRow> = {}): IncidentRow {
  return sampleRow({
    severity: 'sev1',
    status: 'resolved',
    times: OVER,
    updates: { kept: 2, missed: 1 },
    pages: [PAGE, PAGE, PAGE],
    ...changes,
  });
}

const metricsOf = (...rows: IncidentRow[]) => incidentMetrics(figuresOf(rows));

test('what is open is counted by severity, and what is over is not', async () => {
  const text = await metricsOf(
    row({ status: 'triaging' }),
    row({ status: 'monitoring' }),
    row({ status: 'declared', severity: 'sev3' }),
    row({ severity: 'sev2' }),
  );

  assert.match(text, /^purser_incidents_open\{severity="sev1"\} 2$/m);
  assert.match(text, /^purser_incidents_open\{severity="sev3"\} 1$/m);
  assert.match(text, /^purser_incidents_open\{severity="sev2"\} 0$/m);
  assert.match(text, /^purser_incidents_total 4$/m);
});

test('how long each step took is known once it is over, from detection and from declaration', async () => {
  const text = await metricsOf(row(), row({ status: 'mitigating' }), row({ cancelled: true }));

  const sum = (step: string) =>
    new RegExp(`^purser_incident_step_seconds_sum\\{step="${step}",severity="sev1"\\} (\\d+)$`, 'm').exec(
      text,
    )?.[1];
  assert.deepEqual(['declared', 'acknowledged', 'mitigated', 'resolved'].map(sum), [
    '120',
    '180',
    '2400',
    '5400',
  ]);
  assert.match(
    text,
    /^purser_incident_step_seconds_bucket\{le="3600",step="mitigated",severity="sev1"\} 1$/m,
  );
  assert.match(
    text,
    /^purser_incident_step_seconds_bucket\{le="1800",step="mitigated",severity="sev1"\} 0$/m,
  );
});

test('pages and the punctuality of updates are counted, of drills nothing', async () => {
  const text = await metricsOf(row(), row({ status: 'declared' }), row({ drill: true }));

  assert.match(text, /^purser_incident_pages_total 6$/m);
  assert.match(text, /^purser_incident_updates_total\{outcome="kept"\} 4$/m);
  assert.match(text, /^purser_incident_updates_total\{outcome="missed"\} 2$/m);
  assert.match(text, /^purser_incidents_total 2$/m);
});

test('of a private one the severity is not told', async () => {
  const text = await metricsOf(row({ private: true }), row({ private: true, status: 'declared' }));

  assert.doesNotMatch(text, /sev1/);
  assert.match(text, /^purser_incidents_open\{severity="private"\} 1$/m);
  assert.match(text, /^purser_incident_step_seconds_count\{step="resolved",severity="private"\} 1$/m);
});

test('every figure says how replicas are added up', async () => {
  const text = await metricsOf(row());

  const helps = text.split('\n').filter((line) => line.startsWith('# HELP'));
  assert.equal(helps.length, 5);
  for (const help of helps) assert.match(help, /take the max over them, not the sum/);
});

test('they are scraped with all others, which stay readable when the database is down', async () => {
  const metrics = createMetrics();

  metrics.includeIncidents(async () => figuresOf([row()]));
  const { text } = await metrics.text();
  metrics.includeIncidents(() => Promise.reject(new Error('down')));
  const { text: without } = await metrics.text();

  assert.match(text, /^purser_incidents_total 1$/m);
  assert.match(text, /^process_cpu_seconds_total /m);
  assert.doesNotMatch(without, /purser_incidents_total/);
  assert.match(without, /^process_cpu_seconds_total /m);
});
