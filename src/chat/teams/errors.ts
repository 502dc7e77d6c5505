import { ChatError, type ChatErrorReason } from '../adapter.ts';

export type Operation = 'create' | 'post' | 'update' | 'member' | 'members';

/** What the connector's status codes mean to us; any other is a request of ours that it does not take. */
const REASONS: Record<number, ChatErrorReason> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  408: 'unavailable',
  410: 'not-found',
  412: 'rate-limited',
  413: 'invalid',
  429: 'rate-limited',
};

/** After 412 somebody else's operation on the same conversation has to end first. */
const CONFLICT_MS = 1_000;
const DEFAULT_RETRY_MS = 5_000;

interface ConnectorFailure {
  statusCode?: number;
  code?: string;
  details?: { error?: { code?: string } };
  response?: { headers?: { get(name: string): string | undefined } };
}

/** Anything a connector call rejects with, as the one error adapters let out. The payload stays out of it. */
export function toChatError(operation: Operation, error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const { statusCode } = error as ConnectorFailure;
  // A lost connection, a timeout: whether Teams acted is unknown.
  if (typeof statusCode !== 'number') {
    return new ChatError('unavailable', `${operation}: no answer`, { cause: error });
  }
  const code = codeOf(error);
  const reason = reasonOf(operation, statusCode);
  const message = `${operation}: HTTP ${statusCode}${code === undefined ? '' : ` ${code}`}`;
  return new ChatError(
    reason,
    message,
    reason === 'rate-limited' ? { retryAfterMs: retryAfter(statusCode, error as ConnectorFailure) } : {},
  );
}

/** Teams' own word for what went wrong. */
export function codeOf(error: unknown): string | undefined {
  const { details, code } = error as ConnectorFailure;
  return details?.error?.code ?? code;
}

/** On an edit a conversation that is closed to us means that the message is lost, and a new one has to be posted. */
function reasonOf(operation: Operation, statusCode: number): ChatErrorReason {
  if (statusCode >= 500) return 'unavailable';
  const reason = REASONS[statusCode] ?? 'invalid';
  return operation === 'update' && reason === 'forbidden' && statusCode === 403 ? 'not-found' : reason;
}

/** In seconds, or as a date. */
function retryAfter(statusCode: number, { response }: ConnectorFailure): number {
  if (statusCode === 412) return CONFLICT_MS;
  const value = response?.headers?.get('retry-after');
  if (value === undefined) return DEFAULT_RETRY_MS;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : DEFAULT_RETRY_MS;
}
