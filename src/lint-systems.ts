import { loadManifestsDirectory } from './config.ts';
import { CONNECTORS } from './directory/connectors.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { createSystemsFile } from './directory/systems-file.ts';

/** `npm run lint:systems`: what is wrong in `systems.yaml`, with exit code 1; otherwise which systems are in it. */
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const systems = await createSystemsFile(loadManifestsDirectory(), CONNECTORS)();
    const names = systems.map(({ name, kind }) => `${name} (${kind.kind})`);
    say([`systems.yaml is good: ${names.length === 0 ? 'no systems' : names.join(', ')}`]);
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
