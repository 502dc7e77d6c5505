import { LogLevel, type Logger as SlackLogger } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';

/**
 * One try, ten seconds, no queue: Slack's client would otherwise retry for half an hour, post again after a lost
 * answer, and hold every channel back for a 429 of one. Temporal retries.
 */
export function clientOptions(apiUrl: string | undefined, logger: Logger): WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    timeout: 10_000,
    rejectRateLimitedCalls: true,
    logger: quietLogger(logger),
  };
}

/** For Socket Mode's own connection, which has nobody else to try again for it. */
export function reconnectingOptions(apiUrl: string | undefined, logger: Logger): WebClientOptions {
  return {
    ...clientOptions(apiUrl, logger),
    retryConfig: { forever: true, factor: 1.5, minTimeout: 1_000, maxTimeout: 30_000 },
    rejectRateLimitedCalls: false,
  };
}

/** `timeout` in milliseconds. */
export function createWebClient(
  token: string,
  apiUrl: string | undefined,
  logger: Logger,
  timeout?: number,
): WebClient {
  const options = clientOptions(apiUrl, logger);
  return new WebClient(token, timeout === undefined ? options : { ...options, timeout });
}

/** Slack's libraries log payloads at `debug`, and errors with the request in them: only their first word goes on. */
export function quietLogger(logger: Logger): SlackLogger {
  return {
    getLevel: () => LogLevel.WARN,
    setLevel: () => undefined,
    setName: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: (...said) => logger.warn({ said: firstText(said) }, 'slack library warns'),
    error: (...said) => logger.error({ said: firstText(said) }, 'slack library reports an error'),
  };
}

function firstText(said: unknown[]): string {
  const [first] = said;
  const text = first instanceof Error ? `${first.name}: ${first.message}` : `${first}`;
  return text.slice(0, 200);
}
