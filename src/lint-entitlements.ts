import { loadManifestsDirectory } from './config.ts';
import { CONNECTORS } from './directory/connectors.ts';
import { deadEnds } from './directory/entitlement-checks.ts';
import { createEntitlementsFile } from './directory/entitlements-file.ts';
import { createIncidentsFile } from './directory/incidents-file.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { createPlatformFile } from './directory/platform-file.ts';
import { createSystemsFile } from './directory/systems-file.ts';

/**
 * `npm run lint:entitlements`: what is wrong in `entitlements.yaml`, or could never be approved, with exit code 1; otherwise
 * what may be asked for.
 */
process.exitCode = await main();

async function main(): Promise<number> {
  const manifests = loadManifestsDirectory();
  const platform = createPlatformFile(manifests);
  const systems = createSystemsFile(manifests, CONNECTORS);
  const incidents = createIncidentsFile(manifests, platform);
  try {
    const entitlements = await createEntitlementsFile(manifests, { platform, systems, incidents })();
    const problems = deadEnds(entitlements, { platform: await platform(), incidents: await incidents() });
    if (problems.length > 0) throw new ManifestError(problems);
    const ids = entitlements.map(({ id }) => id);
    say([`entitlements.yaml is good: ${ids.length === 0 ? 'nothing to ask for' : ids.join(', ')}`]);
    return 0;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    say(error.problems);
    return 1;
  }
}

function say(lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
