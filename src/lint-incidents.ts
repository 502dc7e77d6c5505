import { loadManifestsDirectory } from './config.ts';
import { createIncidentsFile } from './directory/incidents-file.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { createPlatformFile } from './directory/platform-file.ts';
import { createRunbookFiles } from './directory/runbook-files.ts';
import type { IncidentConfig } from './domain/incident-config.ts';
import { gaps } from './domain/on-call.ts';

/**
 * `npm run lint:incidents`: what is wrong in `incidents.yaml` and `runbooks/`, with exit code 1; otherwise what is in them,
 * and when within a week nobody is on call.
 */
const WEEK_MS = 7 * 86_400_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const manifests = loadManifestsDirectory();
  try {
    const platform = createPlatformFile(manifests);
    const incidentConfig = createIncidentsFile(manifests, platform);
    const { runbooks, problems } = await createRunbookFiles(manifests, { platform, incidentConfig })();
    if (problems.length > 0) throw new ManifestError(problems);
    const config = await incidentConfig();
    say(
      config === undefined
        ? ['There is no incidents.yaml: incidents are off.']
        : summary(config, runbooks.length),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    say(error.problems);
    return 1;
  }
}

function summary(config: IncidentConfig, runbooks: number): string[] {
  const { severities, services, schedules, paths, routes } = config;
  const counts = [
    counted(severities.length, 'severity', 'severities'),
    counted(services.length, 'service', 'services'),
    counted(schedules.length, 'schedule', 'schedules'),
    counted(paths.length, 'path', 'paths'),
    counted(routes.length, 'route', 'routes'),
    counted(runbooks, 'runbook', 'runbooks'),
  ];
  return [...gapsAhead(config), `incidents.yaml is good: ${counts.join(', ')}`];
}

function gapsAhead({ schedules }: IncidentConfig): string[] {
  const now = new Date();
  return schedules.flatMap((schedule) =>
    gaps(schedule, now, new Date(now.getTime() + WEEK_MS)).map(
      ({ from, to }) =>
        `warning: schedule ${schedule.id}: nobody is on call from ${inZone(from, schedule.timeZone)} to ${inZone(to, schedule.timeZone)}`,
    ),
  );
}

function inZone(moment: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' });
  return format.format(new Date(moment));
}

function counted(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function say(lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
