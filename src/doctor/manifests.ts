import { join } from 'node:path';
import { createDirectory } from '../directory/connector.ts';
import { CONNECTORS } from '../directory/connectors.ts';
import { createEntitlementsFile } from '../directory/entitlements-file.ts';
import { createFileConnector } from '../directory/file.ts';
import { createIncidentsFile } from '../directory/incidents-file.ts';
import { ManifestError } from '../directory/manifest-files.ts';
import { createPlatformFile } from '../directory/platform-file.ts';
import { createPolicyFiles } from '../directory/policy-files.ts';
import { createSystemsFile } from '../directory/systems-file.ts';
import { bad, type Finding, good } from '../domain/findings.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import type { DirectorySnapshot } from '../domain/people.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import { createTemplateCatalog } from '../kubernetes/templates.ts';
import type { PeopleRecords } from '../store/inspect-database.ts';

export interface Organisation {
  platform: PlatformConfig;
  policy: Policy;
  /** Missing where incidents are off. */
  incidents?: IncidentConfig;
}

/** With everybody as they are now. */
export interface StaffedOrganisation extends Organisation {
  directory: DirectorySnapshot;
}

/** What is wrong in the organisation's files, and what is in them where nothing is. */
export async function checkManifests(
  directory: string,
): Promise<{ findings: Finding[]; organisation?: Organisation }> {
  const readPlatform = createPlatformFile(directory);
  const readIncidents = createIncidentsFile(directory, readPlatform);
  const readSystems = createSystemsFile(directory, CONNECTORS);
  const around = { platform: readPlatform, systems: readSystems, incidents: readIncidents };
  const reading = await Promise.allSettled([
    readPlatform(),
    createPolicyFiles(directory)(),
    readIncidents(),
    readSystems(),
    createEntitlementsFile(directory, around)(),
  ]);
  const problems = reading.flatMap((read) => (read.status === 'rejected' ? problemsOf(read.reason) : []));
  // What of it names people is wrong for the same reason as the file with the people.
  const findings = [...new Set(problems)].map((problem) =>
    bad(problem, 'Correct it there: no process starts before.'),
  );
  const [platform, policy, incidents] = reading;
  if (platform.status === 'rejected' || policy.status === 'rejected' || incidents.status === 'rejected') {
    return { findings };
  }
  const templates = templateFindings(directory, platform.value);
  const all = [...findings, ...templates];
  return {
    findings: all.length === 0 ? [good(`the files in ${directory} are right`)] : all,
    organisation: { platform: platform.value, policy: policy.value, incidents: incidents.value },
  };
}

/** The people of the files, as they were changed and linked since. */
export async function withPeople(
  organisation: Organisation,
  { links, changes }: PeopleRecords,
): Promise<StaffedOrganisation> {
  const { platform, policy } = organisation;
  const directory = createDirectory(
    createFileConnector(async () => platform, { list: async () => changes }),
    { list: async () => links },
    { linksLast: async () => policy.limits.linksLast, now: () => new Date() },
  );
  return { ...organisation, directory: await directory.snapshot() };
}

function problemsOf(reason: unknown): string[] {
  if (reason instanceof ManifestError) return reason.problems;
  throw reason;
}

function templateFindings(directory: string, platform: PlatformConfig): Finding[] {
  const catalog = createTemplateCatalog({ dir: join(directory, 'templates'), platform: () => platform });
  return catalog
    .problems()
    .map(({ template, problem }) =>
      bad(`the template ${template} is refused: ${problem}`, 'Correct it; npm run lint:templates checks it.'),
    );
}
