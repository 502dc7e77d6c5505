import { type IncidentFigures, STEP_BUCKETS } from '../../src/domain/incident-figures.ts';
import type { IncidentRow } from '../../src/domain/incidents.ts';

type Step = IncidentFigures['steps'][number];

/** The same figures, made row by row: what the database counts is held against it. */
export function figuresOf(rows: IncidentRow[]): IncidentFigures {
  const counted = rows.filter(({ drill }) => !drill);
  return {
    severities: severitiesOf(counted),
    steps: counted.filter(isOver).flatMap(stepsOf).reduce(together, []),
  };
}

function severitiesOf(rows: IncidentRow[]): IncidentFigures['severities'] {
  const groups = Map.groupBy(rows, severityOf);
  const sum = (group: IncidentRow[], of: (row: IncidentRow) => number) =>
    group.reduce((total, row) => total + of(row), 0);
  return [...groups].map(([severity, group]) => ({
    severity,
    declared: group.length,
    open: group.filter(({ status }) => status !== 'resolved' && status !== 'closed').length,
    pages: sum(group, ({ pages }) => pages.length),
    kept: sum(group, ({ updates }) => updates.kept),
    missed: sum(group, ({ updates }) => updates.missed),
  }));
}

function severityOf(row: IncidentRow): string {
  return row.private ? 'private' : row.severity;
}

function isOver({ status, cancelled }: IncidentRow): boolean {
  return !cancelled && (status === 'resolved' || status === 'closed');
}

function stepsOf(row: IncidentRow): Step[] {
  const { detectedAt, declaredAt, acknowledgedAt, mitigatedAt, resolvedAt } = row.times;
  const steps: [Step['step'], string, string | undefined][] = [
    ['declared', detectedAt, declaredAt],
    ['acknowledged', declaredAt, acknowledgedAt],
    ['mitigated', detectedAt, mitigatedAt],
    ['resolved', detectedAt, resolvedAt],
  ];
  return steps.flatMap(([step, from, to]) => {
    if (to === undefined) return [];
    const seconds = Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000;
    const bucket = STEP_BUCKETS.filter((bound) => bound < seconds).length;
    return [{ severity: severityOf(row), step, bucket, count: 1, seconds }];
  });
}

function together(steps: Step[], one: Step): Step[] {
  const isSame = (other: Step) =>
    other.severity === one.severity && other.step === one.step && other.bucket === one.bucket;
  const known = steps.find(isSame);
  if (known === undefined) return [...steps, one];
  known.count += 1;
  known.seconds += one.seconds;
  return steps;
}
