import { loadManifestsDirectory } from './config.ts';
import { CONNECTORS } from './directory/connectors.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { createRoleFiles } from './directory/role-files.ts';
import { createSystemsFile } from './directory/systems-file.ts';

/** `npm run lint:roles`: what is wrong in `roles/*.yaml`, with exit code 1; otherwise in which roles people may come. */
process.exitCode = await main();

async function main(): Promise<number> {
  const manifests = loadManifestsDirectory();
  try {
    const templates = await createRoleFiles(manifests, createSystemsFile(manifests, CONNECTORS))();
    const names = templates.map(({ metadata }) => metadata.name);
    say([`roles are good: ${names.length === 0 ? 'none' : names.join(', ')}`]);
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
