import { join } from 'node:path';
import { type IncidentConfig, incidentConfigSchema } from '../domain/incident-config.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { incidentProblems } from './incident-checks.ts';
import { createCachedReader, ManifestError, readManifestIfThere, shownPath } from './manifest-files.ts';

/**
 * `incidents.yaml` of the organisation's folder, as it is now; `undefined` where there is none: incidents are off then.
 * Rejects with `ManifestError` while it is wrong. `platform` knows the people and teams it names.
 */
export function createIncidentsFile(
  manifests: string,
  platform: () => Promise<PlatformConfig>,
): () => Promise<IncidentConfig | undefined> {
  const file = join(manifests, 'incidents.yaml');
  return createCachedReader({
    // People who come or go change whether it is right.
    files: async () => [file, join(manifests, 'platform.yaml')],
    read: async () => {
      const config = await readManifestIfThere(file, incidentConfigSchema);
      if (config === undefined) return undefined;
      const problems = incidentProblems(config, await platform());
      if (problems.length > 0) {
        throw new ManifestError(problems.map((problem) => `${shownPath(file)}: ${problem}`));
      }
      return config;
    },
  });
}
