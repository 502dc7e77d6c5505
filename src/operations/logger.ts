import { type DestinationStream, type Logger, pino } from 'pino';
import { pinoPretty } from './pretty.ts';

export type Log = Logger;

/** Names under which a secret could reach a log line, at the top and up to two levels down. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'botToken',
  'appToken',
  'signingSecret',
  'databaseUrl',
  'connectionString',
  'stringData',
  'credentials',
];

/** What looks like a secret inside a text: Slack tokens, bearer tokens, passwords in addresses. */
const SECRET_SHAPES: [RegExp, string][] = [
  [/\bx(?:ox[a-z]|app)-[\w-]+/g, '[secret]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [secret]'],
  [/(:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:[secret]@'],
];

export interface LoggerOptions {
  level: string;
  /** For a person at a terminal; a line of JSON otherwise. */
  pretty?: boolean;
  destination?: DestinationStream;
}

/** The one logger of a process. Lines are a fixed message and metadata; an error keeps only known fields. */
export function createLogger({ level, pretty = false, destination }: LoggerOptions): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[secret]',
      },
      serializers: { err: serializeError, error: serializeError },
    },
    destination ?? (pretty ? pinoPretty() : pino.destination({ sync: false, minLength: 0 })),
  );
}

interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  code?: string | number;
  reason?: string;
  cause?: LoggedError | string;
}

/** Clients hang requests, headers and query parameters on their errors: none of that is logged. */
export function serializeError(error: unknown): LoggedError | string {
  if (!(error instanceof Error)) return scrub(String(error));
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  return {
    type: error.name,
    message: scrub(queryless(error.message)),
    stack: error.stack === undefined ? undefined : scrub(queryless(error.stack)),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof reason === 'string' ? { reason: scrub(reason) } : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}

/** Takes what looks like a secret out of a text. */
export function scrub(text: string): string {
  return SECRET_SHAPES.reduce((rest, [shape, instead]) => rest.replace(shape, instead), text);
}

/** Drizzle puts the values of a failed query into the message. */
function queryless(text: string): string {
  return text.replace(/^(.*Failed query:[^\n]*\n)params:[^\n]*/s, '$1params: [left out]');
}
