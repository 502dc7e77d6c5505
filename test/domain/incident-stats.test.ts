import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentStats, statsView } from '../../src/domain/incident-stats.ts';
import type { IncidentRow } from '../../src/domain/incidents.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { sampleRow } from '../support/incident-records.ts';
import { sampleStats } from '../support/sample-stats.ts';

const NOW = new Date('2026-04-30T12:00:00.000Z');
const MINUTE = 60_000;

test('a month reads as it was agreed', () => {
  const view = statsView(sampleStats(), 'cG5n');

  assert.equal(view.title, 'Incidents of the last 30 days');
  assert.deepEqual(
    view.facts.map(({ label, value }) => `${label}: ${value}`),
    [
      'Incidents: 24, of which 1 still open',
      'By severity: sev1 5, sev2 7, sev3 7, sev4 3, private 2',
      'By service: search 8, checkout 5, payments 5, no service 4, private 2',
      'Declared → acknowledged: usually 5 min (24 incidents, half of them between 3 min and 6 min)',
      'Detected → mitigated: usually 1 h 18 min (23 incidents, half of them between 52 min and 1 h 44 min)',
      'Detected → resolved: usually 8 h 12 min (23 incidents, half of them between 3 h 40 min and 14 h 32 min)',
      'Resolved, by severity: sev1 15 h 26 min (4), sev2 8 h 12 min (7), sev3 3 h 40 min (7), sev4 8 h 12 min (3)',
      'Resolved, by service: search 11 h 22 min (8), checkout 11 h 22 min (4), payments 8 h 12 min (5), no service 5 h 56 min (4)',
      'Updates in time: 72 of 79 (91 %)',
      'Pages: 48 (17 at night)',
      'Pages by person: Kim Sample 24 (9 at night), Lee Sample 16 (6 at night), Noor Sample 8 (2 at night)',
      'Open follow-ups: 5, of which 4 overdue',
      'Not counted: 1 drill, 1 that was none',
    ],
  );
  assert.equal(view.picture?.png, 'cG5n');
  assert.match(view.picture?.alt ?? '', /24, usually acknowledged in 5 min and resolved in 8 h 12 min\./);
});

test('without incidents there is one friendly sentence', () => {
  const stats = figures([incident({ drill: true }), incident({ cancelled: true })]);

  assert.deepEqual(statsView(stats).facts, [
    { label: 'Incidents', value: 'None at all. A drill shows how one would run.' },
    { label: 'Not counted', value: '1 drill, 1 that was none' },
  ]);
  assert.equal(statsView(stats).picture, undefined);
});

test('drills, what was none, and what is longer ago change no figure', () => {
  const pages = [{ person: 'kim', at: NOW.toISOString() }];
  const openFollowUps = [{ id: 'task', text: 'Alert on it' }];
  const left = { pages, openFollowUps, updates: { kept: 9, missed: 9 } };
  const counted = [incident({})];

  const stats = figures([
    ...counted,
    incident({ ...left, drill: true }),
    incident({ ...left, cancelled: true }),
    incident({ ...left, times: times('2026-03-31T11:59:59.000Z') }),
  ]);

  assert.deepEqual({ ...stats, leftOut: { drills: 0, cancelled: 0 } }, figures(counted));
  assert.deepEqual(stats.leftOut, { drills: 1, cancelled: 1 });
});

test('the middle and the quartiles are those of what is over', () => {
  const took = (minutes: number) => incident({ times: { ...times(), acknowledgedAt: later(minutes) } });

  const { acknowledged } = figures([...[40, 10, 20, 30, 50].map(took), incident({})]);

  assert.deepEqual(acknowledged, { n: 5, low: 20 * MINUTE, median: 30 * MINUTE, high: 40 * MINUTE });
  assert.deepEqual(figures([took(10), took(20)]).acknowledged?.median, 15 * MINUTE);
  assert.equal(figures([incident({})]).acknowledged, undefined);
});

test('corrected times count: what was over before it was noticed took no time', () => {
  const declared = times();
  const row = incident({
    times: { ...declared, detectedAt: later(30), mitigatedAt: later(10), resolvedAt: later(90) },
  });

  const { mitigated, resolved } = figures([row]);

  assert.deepEqual([mitigated?.median, resolved?.median], [0, 60 * MINUTE]);
});

test('a private incident is counted, and told of nowhere', () => {
  const canary = 'canary';
  const secret = incident({
    private: true,
    title: canary,
    severity: 'sev7',
    service: canary,
    openFollowUps: [{ id: canary, text: canary }],
    times: { ...times(), resolvedAt: later(60) },
  });

  const stats = figures([secret, incident({})]);

  assert.equal(stats.count, 2);
  assert.equal(stats.followUps.open, 1);
  assert.equal(stats.resolved?.n, 1);
  assert.doesNotMatch(JSON.stringify([stats, statsView(stats, 'cG5n')]), /canary|sev7/);
  assert.match(JSON.stringify(statsView(stats).facts), /sev1 1, private 1/);
});

for (const [zone, hour, night] of [
  ['Europe/Berlin', '19:59', false],
  ['Europe/Berlin', '20:00', true],
  ['Europe/Berlin', '03:59', true],
  ['Europe/Berlin', '04:00', false],
  ['America/New_York', '02:00', true],
  ['America/New_York', '20:00', false],
  [undefined, '21:59', false],
  [undefined, '22:00', true],
  ['Nowhere/Atlantis', '05:59', true],
] as const) {
  test(`a page at ${hour} UTC in April, to somebody in ${zone ?? 'no known zone'}, is ${night ? 'at night' : 'by day'}`, () => {
    const row = incident({ pages: [{ person: 'kim', at: `2026-04-20T${hour}:00.000Z` }] });

    const { pages } = figures([row], { zone });

    assert.deepEqual(pages, [{ name: 'Kim Sample', day: night ? 0 : 1, night: night ? 1 : 0 }]);
  });
}

test('a night begins an hour later in UTC once summer time is over', () => {
  const pages = ['2026-10-24T20:30:00.000Z', '2026-10-25T20:30:00.000Z'].map((at) => ({ person: 'kim', at }));
  const row = incident({ pages });

  assert.deepEqual(figures([row], { zone: 'Europe/Berlin' }).pages, [
    { name: 'Kim Sample', day: 1, night: 1 },
  ]);
});

test('only the first few people and services are named, the others are added up', () => {
  const rows = Array.from({ length: 10 }, (_, index) =>
    incident({
      service: `service-${index}`,
      pages: [{ person: `person-${index}`, at: '2026-04-20T12:00:00.000Z' }],
    }),
  );

  const facts = new Map(statsView(figures(rows)).facts.map(({ label, value }) => [label, value]));

  assert.match(facts.get('By service') ?? '', /service-7 1, others 2$/);
  assert.match(facts.get('Pages by person') ?? '', /person-7 1, 2 more people 2$/);
});

for (const [days, length, count] of [
  [1, 1, 2],
  [14, 1, 15],
  [30, 7, 5],
  [90, 7, 13],
  [365, 30, 13],
] as const) {
  test(`${days} days are ${count} stretches of ${length}, the last of them ends today, and none is lost`, () => {
    const oldest = new Date(NOW.getTime() - days * 24 * 60 * MINUTE).toISOString();
    const rows = [oldest, NOW.toISOString()].map((at) => incident({ times: times(at) }));

    const { stretches } = figures(rows, { days });

    assert.deepEqual([stretches.length, stretches[0]?.days], [count, length]);
    assert.deepEqual(
      stretches.map(({ counts }) => counts[0]).filter((one) => one !== 0),
      [1, 1],
    );
    assert.deepEqual(stretches.at(-1)?.counts, [1]);
  });
}

function figures(rows: IncidentRow[], { zone, days = 30 }: { zone?: string; days?: number } = {}) {
  return incidentStats(rows, { days, now: NOW, directory: sampleDirectory(), zoneOf: () => zone });
}

function incident(changes: Partial<IncidentRow>): IncidentRow {
  return sampleRow({ times: times(), ...changes });
}

function times(declaredAt = '2026-04-20T12:00:00.000Z'): IncidentRow['times'] {
  return { detectedAt: declaredAt, declaredAt };
}

function later(minutes: number): string {
  return new Date(Date.parse('2026-04-20T12:00:00.000Z') + minutes * MINUTE).toISOString();
}
