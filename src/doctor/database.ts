import { bad, type Finding, good } from '../domain/findings.ts';
import { inspectDatabase, type PeopleRecords } from '../store/inspect-database.ts';
import { reasonOf } from './reasons.ts';

/** The database, and what is on record about people there. */
export async function checkDatabase(
  databaseUrl: string | undefined,
): Promise<{ findings: Finding[]; people: PeopleRecords }> {
  if (databaseUrl === undefined) throw new TypeError('the configuration names no database');
  try {
    const { missing, ahead, people } = await inspectDatabase(databaseUrl);
    return { findings: [migrationFinding(missing, ahead)], people };
  } catch (error) {
    const finding = bad(
      `the database does not answer (${reasonOf(error)})`,
      'See whether DATABASE_URL is right, and whether this machine may connect.',
    );
    return { findings: [finding], people: { links: [], changes: [] } };
  }
}

function migrationFinding(missing: number, ahead: boolean): Finding {
  if (missing > 0) {
    return bad(
      `the database lacks ${missing} of Purser’s migrations`,
      'Start npm run bot or npm run worker: each migrates before it does anything else.',
    );
  }
  if (ahead) {
    return bad('the database was migrated by a newer Purser', 'Run the newer version here as well.');
  }
  return good('the database answers and is migrated');
}
