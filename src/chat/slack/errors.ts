import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { ChatError, type ChatErrorReason } from '../adapter.ts';

/** What Slack's own error codes mean to us; any other code is a request of ours that Slack does not take. */
const REASONS: Record<string, ChatErrorReason> = {
  ratelimited: 'rate-limited',
  rate_limited: 'rate-limited',
  message_limit_exceeded: 'rate-limited',
  not_in_channel: 'forbidden',
  is_archived: 'forbidden',
  restricted_action: 'forbidden',
  restricted_action_read_only_channel: 'forbidden',
  restricted_action_thread_only_channel: 'forbidden',
  cannot_dm_bot: 'forbidden',
  user_disabled: 'forbidden',
  access_denied: 'forbidden',
  missing_scope: 'forbidden',
  messages_tab_disabled: 'forbidden',
  invalid_auth: 'forbidden',
  not_authed: 'forbidden',
  account_inactive: 'forbidden',
  token_revoked: 'forbidden',
  token_expired: 'forbidden',
  channel_not_found: 'not-found',
  user_not_found: 'not-found',
  thread_not_found: 'not-found',
  message_not_found: 'not-found',
  cant_update_message: 'not-found',
  edit_window_closed: 'not-found',
  internal_error: 'unavailable',
  fatal_error: 'unavailable',
  service_unavailable: 'unavailable',
  team_added_to_org: 'unavailable',
  request_timeout: 'unavailable',
};

/** On an edit these mean that this message is lost for us, and a new one has to be posted. */
const GONE_ON_EDIT = new Set(['is_archived', 'not_in_channel', 'channel_not_found']);

const DEFAULT_RETRY_MS = 5_000;

export type Method = Parameters<WebClient['apiCall']>[0];

/** Anything a Web API call rejects with, as the one error adapters let out. The payload stays out of it. */
export function toChatError(method: Method, error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    return new ChatError('rate-limited', `${method}: ratelimited`, { retryAfterMs: error.retryAfter * 1000 });
  }
  if (error instanceof WebAPIPlatformError) return fromCode(method, error.data.error);
  if (error instanceof WebAPIHTTPError) {
    const reason = error.statusCode >= 500 || error.statusCode === 408 ? 'unavailable' : 'invalid';
    return new ChatError(reason, `${method}: HTTP ${error.statusCode}`);
  }
  // A lost connection, a timeout, an answer that is no JSON: whether Slack acted is unknown.
  return new ChatError('unavailable', `${method}: no answer`, { cause: error });
}

/** Slack's own error code, where there is one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof ChatError ? /: (\w+)$/.exec(error.message)?.[1] : undefined;
}

/** Another attempt may go through. */
export function isPassing(error: unknown): boolean {
  return error instanceof ChatError && (error.reason === 'unavailable' || error.reason === 'rate-limited');
}

function fromCode(method: Method, code: string): ChatError {
  const reason =
    method === 'chat.update' && GONE_ON_EDIT.has(code) ? 'not-found' : (REASONS[code] ?? 'invalid');
  return new ChatError(reason, `${method}: ${code}`, {
    ...(reason === 'rate-limited' ? { retryAfterMs: DEFAULT_RETRY_MS } : {}),
  });
}
