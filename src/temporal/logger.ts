import { type LogLevel, type LogMetadata, Runtime } from '@temporalio/worker';
import type { Log } from '../operations/logger.ts';

const PINO_LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** Two of our workers run activities only, by design. */
const MEANT: ReadonlySet<string> = new Set(['No workflows registered, not polling for workflow tasks']);

/** Logged before anybody knows on whose behalf: `nameTheRequest` says the same a moment later. */
const TOO_EARLY = 'Activity started';

/**
 * Sends what Temporal's native core, its workers, our workflows and our activities log through the one logger, and
 * shows the SDK's metrics for Prometheus at `metricsAddress` (`host:port`). Once a process, before anything else of
 * Temporal's worker; the process stops its workers itself, so the runtime listens to no signals.
 */
export function installTemporalRuntime(options: { log: Log; metricsAddress?: string }): void {
  const { log, metricsAddress } = options;
  const write = (level: LogLevel, message: string, metadata?: LogMetadata) => {
    if (message === TOO_EARLY) return;
    log[MEANT.has(message) ? 'debug' : PINO_LEVELS[level]](inOneShape(metadata), message);
  };
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: write,
      trace: (message, metadata) => write('TRACE', message, metadata),
      debug: (message, metadata) => write('DEBUG', message, metadata),
      info: (message, metadata) => write('INFO', message, metadata),
      warn: (message, metadata) => write('WARN', message, metadata),
      error: (message, metadata) => write('ERROR', message, metadata),
    },
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}

/** The core spells it `workflow_id`, everybody else `workflowId`. */
function inOneShape(metadata: LogMetadata = {}): LogMetadata {
  const { workflow_id, run_id, ...rest } = metadata;
  return {
    ...rest,
    ...(workflow_id === undefined ? {} : { workflowId: workflow_id }),
    ...(run_id === undefined ? {} : { runId: run_id }),
  };
}
