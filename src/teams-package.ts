/** `npm run teams:package [-- FILE]`: the app package that Teams is given, for the bot that TEAMS_APP_ID names. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { ConfigError, loadTeamsPackageConfig } from './config.ts';

const PLACEHOLDER = '{{TEAMS_APP_ID}}';
const ICONS = ['color.png', 'outline.png'];

process.exitCode = await main(process.argv[2] ?? 'purser-teams.zip');

async function main(file: string): Promise<number> {
  try {
    const { appId, manifests } = loadTeamsPackageConfig();
    await writeFile(file, await packageOf(join(manifests, 'teams'), appId));
    process.stdout.write(
      `${file} is ready. Upload it in Teams (Apps, Manage your apps, Upload an app) or in the Teams admin centre.\n`,
    );
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ConfigError ? error.exitCode : 1;
  }
}

async function packageOf(directory: string, appId: string): Promise<Uint8Array> {
  const manifest = await readFile(join(directory, 'manifest.json'), 'utf8');
  const icons = await Promise.all(
    ICONS.map(async (icon) => [icon, new Uint8Array(await readFile(join(directory, icon)))] as const),
  );
  return zipSync({
    'manifest.json': strToU8(manifest.replaceAll(PLACEHOLDER, appId)),
    ...Object.fromEntries(icons),
  });
}
