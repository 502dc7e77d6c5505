import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { IncidentConfig } from '../domain/incident-config.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { type Runbook, type Runbooks, runbookSchema } from '../domain/runbooks.ts';
import { ManifestError, readManifest, shownPath } from './manifest-files.ts';
import { type Known, runbookProblems } from './runbook-checks.ts';

/** `runbooks/*.yaml` of the organisation's folder, as they are now. One that is wrong stops none of the others. */
export function createRunbookFiles(
  manifests: string,
  {
    platform,
    incidentConfig,
  }: { platform(): Promise<PlatformConfig>; incidentConfig(): Promise<IncidentConfig | undefined> },
): () => Promise<Runbooks> {
  return async () => {
    const [files, templates, config] = await Promise.all([
      filesIn(join(manifests, 'runbooks')),
      filesIn(join(manifests, 'templates')),
      incidentConfig(),
    ]);
    if (config === undefined) return { runbooks: [], problems: [] };
    const known = { config, platform: await platform(), templates: templates.map((file) => basename(file)) };
    const read = await Promise.all(files.filter(isYaml).map((file) => readRunbook(file, known)));
    return {
      runbooks: read.flatMap((one) => ('problems' in one ? [] : [one])),
      problems: read.flatMap((one) => ('problems' in one ? one.problems : [])),
    };
  };
}

async function readRunbook(file: string, known: Known): Promise<Runbook | { problems: string[] }> {
  try {
    const runbook = await readManifest(file, runbookSchema);
    const { name } = runbook.metadata;
    const problems = [
      ...(nameOf(file) === name
        ? []
        : [`metadata.name: is “${name}”: call the file ${name}.yaml, or the runbook ${nameOf(file)}`]),
      ...runbookProblems(runbook, known),
    ];
    return problems.length === 0
      ? runbook
      : { problems: problems.map((problem) => `${shownPath(file)}: ${problem}`) };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { problems: error.problems };
  }
}

/** Nothing where the folder is not there. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort().map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new ManifestError([`${basename(folder)}: the folder cannot be read`], { cause: error });
  }
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

function nameOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}
