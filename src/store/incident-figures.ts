import { type SQL, sql } from 'drizzle-orm';
import { type IncidentFigures, STEP_BUCKETS } from '../domain/incident-figures.ts';
import type { IncidentRow } from '../domain/incidents.ts';
import type { IncidentStore } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { incidents } from './schema.ts';

/**
 * Counted where the rows are. What is closed changes so rarely that it is counted again only when it has: a scrape costs as
 * much after ten thousand incidents as after ten.
 */
export function createFigureStore(database: Database): Pick<IncidentStore, 'figures'> {
  let closed: { stamp: string; figures: IncidentFigures } | undefined;

  return {
    async figures() {
      // In one snapshot: what is closed just now is counted on one side of it.
      return await database.transaction(
        async (snapshot) => {
          const [{ stamp } = { stamp: '' }] = await rowsOf<{ stamp: string }>(snapshot, STAMP);
          if (closed?.stamp !== stamp) closed = { stamp, figures: await count(snapshot, IS_CLOSED) };
          return together(closed.figures, await count(snapshot, sql`not ${IS_CLOSED}`));
        },
        { isolationLevel: 'repeatable read' },
      );
    },
  };
}

async function count(on: Database, which: SQL): Promise<IncidentFigures> {
  return {
    severities: await rowsOf<IncidentFigures['severities'][number]>(on, severitiesOf(which)),
    steps: await rowsOf<IncidentFigures['steps'][number]>(on, stepsOf(which)),
  };
}

async function rowsOf<Row>(on: Database, query: SQL): Promise<Row[]> {
  return ((await on.execute(query)) as unknown as { rows: Row[] }).rows;
}

function together(one: IncidentFigures, other: IncidentFigures): IncidentFigures {
  return {
    severities: summed([...one.severities, ...other.severities], ({ severity }) => severity),
    steps: summed(
      [...one.steps, ...other.steps],
      ({ severity, step, bucket }) => `${severity} ${step} ${bucket}`,
    ),
  };
}

/** Of those that are the same, what is counted is added up; what they are the same by is no number, or is `bucket`. */
function summed<Row extends object>(rows: Row[], keyOf: (row: Row) => string): Row[] {
  const sums = new Map<string, Row>();
  for (const row of rows) {
    const sum = sums.get(keyOf(row));
    const added = Object.entries(row).map(([name, value]) => {
      const before = sum?.[name as keyof Row];
      const isCounted = typeof value === 'number' && typeof before === 'number' && name !== 'bucket';
      return [name, isCounted ? before + value : value];
    });
    sums.set(keyOf(row), Object.fromEntries(added) as Row);
  }
  return [...sums.values()];
}

const { row } = incidents;

const SEVERITY = sql`case when (${row}->>'private')::boolean then 'private' else ${incidents.severity} end`;
const IS_OVER = sql`${incidents.status} in ('resolved', 'closed')`;
const IS_CLOSED = sql`${incidents.status} = 'closed'`;
/** Revisions only grow. */
const STAMP = sql`
  select concat_ws(' ', count(*), sum(number), sum(revision)) as stamp from ${incidents} where ${IS_CLOSED}`;
const IS_REAL = sql`not (${row}->>'drill')::boolean`;
const timeOf = (name: keyof IncidentRow['times']) =>
  sql`(${row}->'times'->>${sql.raw(`'${name}'`)})::timestamptz`;

const severitiesOf = (which: SQL) => sql`
  select
    ${SEVERITY} as severity, count(*)::integer as declared, (count(*) filter (where not ${IS_OVER}))::integer as open,
    sum(jsonb_array_length(${row}->'pages'))::integer as pages,
    sum((${row}->'updates'->>'kept')::integer)::integer as kept,
    sum((${row}->'updates'->>'missed')::integer)::integer as missed
  from ${incidents} where ${IS_REAL} and ${which} group by 1 order by 1`;

/**
 * Times are corrected by hand: what was over before it was noticed took no time. They are whole milliseconds, so half of
 * one less is below a bound exactly when it is not above it.
 */
const stepsOf = (which: SQL) => sql`
  with moments as materialized (
    select
      ${SEVERITY} as severity, ${timeOf('detectedAt')} as detected, ${timeOf('declaredAt')} as declared,
      ${timeOf('acknowledgedAt')} as acknowledged, ${timeOf('mitigatedAt')} as mitigated,
      ${timeOf('resolvedAt')} as resolved
    from ${incidents} where ${IS_REAL} and ${which} and ${IS_OVER} and not (${row}->>'cancelled')::boolean
  ), steps as (
    select severity, step, greatest(0, extract(epoch from took)::double precision) as seconds
    from moments cross join lateral (values
      ('declared', declared - detected), ('acknowledged', acknowledged - declared),
      ('mitigated', mitigated - detected), ('resolved', resolved - detected)
    ) as taken(step, took)
    where took is not null
  )
  select
    severity, step, width_bucket(seconds - 0.0005, ${sql.raw(`array[${STEP_BUCKETS}]`)}::double precision[]) as bucket,
    count(*)::integer as count, sum(seconds) as seconds
  from steps group by 1, 2, 3 order by 1, 2, 3`;
