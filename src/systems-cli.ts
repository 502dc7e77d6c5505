import { ConfigError, loadConfig } from './config.ts';
import { checkSystems, type SystemCheck } from './directory/check-systems.ts';
import { CONNECTORS } from './directory/connectors.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { createPlatformFile } from './directory/platform-file.ts';
import { createPolicyFiles } from './directory/policy-files.ts';
import { createSystemsFile } from './directory/systems-file.ts';
import { loadKubeConfig } from './kubernetes/kube-config.ts';
import { openSystems } from './processes/open-systems.ts';
import { openStore } from './store/open-store.ts';

const USAGE = `Usage:
  npm run systems -- check   asks each system of systems.yaml whether it answers, with the worker's variables`;

process.exitCode = await main(process.argv.slice(2));

/** 0 when all answer, 1 when one does not, 2 for a wrong call, 78 for a wrong configuration. */
async function main(words: string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== 'check') {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  try {
    const checks = await checkAll();
    process.stdout.write(`${checks.map(shown).join('\n') || 'systems.yaml names no system'}\n`);
    return checks.some(({ trouble }) => trouble !== undefined) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ManifestError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 78;
  }
}

async function checkAll(): Promise<SystemCheck[]> {
  const config = loadConfig('worker');
  await using opened = new AsyncDisposableStack();
  const store = await openStore({ ...config, onError: () => {} });
  opened.defer(() => store.close());
  const { systems } = openSystems({
    config,
    kubeConfig: loadKubeConfig(config.kubernetes),
    platform: createPlatformFile(config.manifests),
    policy: createPolicyFiles(config.manifests),
    readSystems: createSystemsFile(config.manifests, CONNECTORS),
    store,
  });
  return await checkSystems(await systems());
}

function shown({ name, can, outlasts, trouble }: SystemCheck): string {
  return [
    `${trouble === undefined ? '✓' : '✗'} ${name}: ${trouble ?? 'answers'}`,
    `    ${can}`,
    ...outlasts.map((what) => `    outlasts: ${what}`),
  ].join('\n');
}
