const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds: a step that took no longer counts up to there. */
export const STEP_BUCKETS = [
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
] as const;

/** What is scraped of all incidents but drills. Private ones have the severity `private`: nothing else of them is told. */
export interface IncidentFigures {
  severities: {
    severity: string;
    declared: number;
    open: number;
    pages: number;
    kept: number;
    missed: number;
  }[];
  /** Of those that are over, and were one. */
  steps: {
    severity: string;
    step: 'declared' | 'acknowledged' | 'mitigated' | 'resolved';
    /** How many of `STEP_BUCKETS` it took longer than. */
    bucket: number;
    count: number;
    seconds: number;
  }[];
}
