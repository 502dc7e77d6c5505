import { type Config, ConfigError, loadConfig } from '../config.ts';
import { ManifestError } from '../directory/manifest-files.ts';
import type { Running } from './start-bot.ts';

const EX_CONFIG = 78;

/**
 * A production process from its start to its end: SIGTERM and SIGINT drain it, a second one ends it at once. The exit
 * code is 78 when the configuration or the organisation's files are wrong, 1 when it could not start or go on.
 */
export async function runProcess(
  mode: 'bot' | 'worker',
  start: (config: Config) => Promise<Running>,
): Promise<never> {
  const stopping = stopSignal();
  try {
    const running = await start(loadConfig(mode));
    try {
      await Promise.race([stopping, running.failed]);
    } finally {
      await running.stop();
    }
    process.exit(0);
  } catch (error) {
    const isConfiguration = error instanceof ConfigError || error instanceof ManifestError;
    const text = isConfiguration ? error.message : `Purser's ${mode} cannot go on: ${reasonOf(error)}`;
    process.stderr.write(`${text}\n`, () => process.exit(isConfiguration ? EX_CONFIG : 1));
    return await new Promise<never>(() => {});
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

/** Connection errors come as a bundle without a message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}
