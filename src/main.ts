/** `npm start`: bot and worker in one process, and everything they need that is not configured. */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { LocalStackError } from './local/errors.ts';
import { prepareHome } from './local/home.ts';
import { acquireInstanceLock } from './local/instance-lock.ts';
import { requireFreePort, startLocalStack } from './local/local-stack.ts';
import { createProgress } from './local/progress.ts';
import { logFile, summary } from './local/summary.ts';
import { createLogger, type Log } from './operations/logger.ts';
import { pinoPretty } from './operations/pretty.ts';
import { openDependencies } from './processes/open-dependencies.ts';
import { startBot } from './processes/start-bot.ts';
import { startWorker } from './processes/start-worker.ts';
import { announceAgain } from './temporal/announce-again.ts';

const EX_CONFIG = 78;
const STOP_TIMEOUT_MS = 15_000;

const USAGE = 'Usage: npm start [-- --teams]';

const progress = createProgress(process.stdout);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) progress.line('\nStopping …');
    stopping.abort();
  });
}

try {
  await main();
} catch (error) {
  if (!stopping.signal.aborted) process.exitCode = explain(error);
}
// Nothing of ours is left to wait for, and a library's forgotten timer must not keep the terminal.
process.exit();

async function main(): Promise<void> {
  const began = performance.now();
  const { teams } = readArguments();
  const given = loadConfig('start');
  await prepareHome(given.home);
  await using running = new AsyncDisposableStack();
  const lock = await acquireInstanceLock(given.home);
  running.defer(() => lock.release());
  await requireFreePort(given.port);

  progress.line('Starting Purser');
  const stack = await startLocalStack(given, progress, stopping.signal, { teams });
  running.defer(() => stack.stop());
  const dependencies = await openDependencies(stack.config, { log: openLog(given) });
  running.defer(() => within(STOP_TIMEOUT_MS, dependencies.close()));
  // The local chats forget their messages when they stop, so that no card is there any more.
  if (stack.slack !== undefined) await dependencies.store.forgetCopies('slack');
  if (stack.teams.length > 0) await dependencies.store.forgetCopies('teams');
  const worker = await startWorker(stack.config, dependencies);
  running.defer(() => within(STOP_TIMEOUT_MS, worker.stop()));
  const bot = await startBot(stack.config, dependencies);
  running.defer(() => within(STOP_TIMEOUT_MS, bot.stop()));

  if (stack.temporal !== undefined) await announceAgain(dependencies.temporal);
  lock.describe(stack.slack?.url ?? `http://localhost:${given.port}`);
  progress.line(summary(stack, given, performance.now() - began));
  await Promise.race([aborted(stopping.signal), worker.failed, bot.failed, stack.lost.then(refuseLoss)]);
}

function readArguments(): { teams: boolean } {
  try {
    const { values } = parseArgs({ options: { teams: { type: 'boolean', default: false } } });
    return { teams: values.teams };
  } catch (error) {
    throw new LocalStackError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** The terminal shows what needs a person; the file has everything. */
function openLog(config: Config): Log {
  const file = pino.destination({ dest: logFile(config.home), mkdir: true, sync: false, minLength: 0 });
  return createLogger({
    level: config.logLevel,
    destination: pino.multistream([
      { level: 'trace', stream: file },
      { level: 'warn', stream: pinoPretty() },
    ]),
  });
}

function refuseLoss(name: string): never {
  throw new LocalStackError(`${name} stopped by itself. Start again; what it kept is still there.`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A part that hangs while stopping must not keep the others from being stopped. */
async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}

/** Says it in as few words as there are, and returns the exit code. */
function explain(error: unknown): number {
  const cause = error instanceof SuppressedError ? error.suppressed : error;
  const known =
    cause instanceof ConfigError || cause instanceof LocalStackError || cause instanceof ManifestError;
  const text = known
    ? cause.message
    : cause instanceof Error
      ? (cause.stack ?? cause.message)
      : String(cause);
  process.stderr.write(`${text}\n`);
  return cause instanceof ConfigError || cause instanceof ManifestError ? EX_CONFIG : 1;
}
