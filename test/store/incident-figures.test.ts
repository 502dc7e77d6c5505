import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import type { IncidentFigures } from '../../src/domain/incident-figures.ts';
import type { IncidentRow } from '../../src/domain/incidents.ts';
import { createIncidentStore } from '../../src/store/incidents.ts';
import { figuresOf } from '../support/incident-figures.ts';
import { sampleRow } from '../support/incident-records.ts';
import { onBothDatabases } from './databases.ts';

const MORNING = Date.parse('2026-04-01T09:00:00.000Z');
/** Just below, at and above the bounds of what is counted together, and before it began. */
const SECONDS = [-90, 0, 59.999, 60, 60.001, 300, 7_200, 86_400.5, 400_000];
const later = fc.constantFrom(...SECONDS).map((seconds) => new Date(MORNING + seconds * 1_000).toISOString());
const maybe = fc.option(later, { nil: undefined });

const rows: fc.Arbitrary<IncidentRow> = fc
  .record({
    severity: fc.constantFrom('sev1', 'sev2', 'sev3'),
    status: fc.constantFrom('declared', 'mitigating', 'resolved', 'closed'),
    private: fc.boolean(),
    drill: fc.boolean(),
    cancelled: fc.boolean(),
    updates: fc.record({ kept: fc.nat(5), missed: fc.nat(5) }),
    pages: fc.array(fc.record({ person: fc.constant('kim'), at: later }), { maxLength: 3 }),
    times: fc.record({
      detectedAt: fc.constant(new Date(MORNING).toISOString()),
      declaredAt: later,
      acknowledgedAt: maybe,
      mitigatedAt: maybe,
      resolvedAt: maybe,
    }),
  })
  .map((changes) => sampleRow(changes as Partial<IncidentRow>));

onBothDatabases('figures of all incidents', (database) => {
  const clear = () => database().execute(sql`truncate incidents`);

  test('are those that counting them one by one gives, also after they have changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 5, maxLength: 20 }),
        fc.array(rows, { maxLength: 10 }),
        async (some, changed) => {
          await clear();
          const store = createIncidentStore(database());
          const record = (at: number, row: IncidentRow, revision: number) =>
            store.record({ ...row, number: at + 1, revision, rooms: [] }, []);
          for (const [at, row] of some.entries()) await record(at, row, 1);
          assert.deepEqual(sorted(await store.figures()), sorted(figuresOf(some)));

          for (const [at, row] of changed.entries()) await record(at, row, 2);
          const now = [...changed, ...some.slice(changed.length)];
          assert.deepEqual(sorted(await store.figures()), sorted(figuresOf(now)));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('of ten thousand that are closed are counted once, until one of them changes', async () => {
    const store = createIncidentStore(database());
    await clear();
    const times = { detectedAt: at(0), declaredAt: at(1), mitigatedAt: at(20), resolvedAt: at(30) };
    const row = sampleRow({ number: 1, status: 'closed', times });
    await store.record({ ...row, revision: 1, rooms: [] }, []);
    const one = await store.figures();

    await database().execute(sql`
      insert into incidents (number, revision, status, severity, declared_at, room_keys, row)
      select copy, 1, status, severity, declared_at, room_keys, row from incidents, generate_series(2, 10000) as copy`);
    const all = await store.figures();

    assert.equal(all.severities[0]?.declared, 10_000);
    assert.deepEqual(
      all.steps,
      one.steps.map((step) => ({ ...step, count: 10_000, seconds: 10_000 * step.seconds })),
    );
    // Behind its back: whoever read them again would see it.
    await database().execute(sql`update incidents set severity = 'unseen' where number <= 5000`);
    assert.deepEqual(await store.figures(), all);
    await store.record({ ...row, number: 7, revision: 2, rooms: [] }, []);
    assert.notDeepEqual(await store.figures(), all);
    await clear();
  });
});

function at(minute: number): string {
  return new Date(MORNING + minute * 60_000).toISOString();
}

/** Sums of fractions, to the millisecond. */
function sorted({ severities, steps }: IncidentFigures): IncidentFigures {
  const bySeverity = (one: { severity: string }, other: { severity: string }) =>
    one.severity.localeCompare(other.severity, 'en');
  return {
    severities: severities.toSorted(bySeverity),
    steps: steps
      .map((step) => ({ ...step, seconds: Math.round(step.seconds * 1_000) / 1_000 }))
      .toSorted(
        (one, other) =>
          bySeverity(one, other) || one.step.localeCompare(other.step, 'en') || one.bucket - other.bucket,
      ),
  };
}
