import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChatErrorReason } from '../../../src/chat/adapter.ts';
import { type Operation, toChatError } from '../../../src/chat/teams/errors.ts';

function refusal(statusCode: number, code: string, headers: Record<string, string> = {}) {
  return Object.assign(new Error(`a long text of Teams with ${code}`), {
    statusCode,
    details: { error: { code } },
    response: { headers: { get: (name: string) => headers[name] } },
  });
}

const CASES: [Operation, number, string, ChatErrorReason][] = [
  ['post', 401, 'Unauthorized', 'forbidden'],
  ['post', 403, 'MessageWritesBlocked', 'forbidden'],
  ['post', 403, 'BotNotInConversationRoster', 'forbidden'],
  ['update', 403, 'BotNotInConversationRoster', 'not-found'],
  ['post', 404, 'ConversationNotFound', 'not-found'],
  ['update', 404, 'ActivityNotFoundInConversation', 'not-found'],
  ['post', 412, 'PreconditionFailed', 'rate-limited'],
  ['post', 413, 'MessageSizeTooBig', 'invalid'],
  ['post', 429, 'TooManyRequests', 'rate-limited'],
  ['post', 400, 'BadSyntax', 'invalid'],
  ['update', 500, 'InternalServerError', 'unavailable'],
  ['update', 502, 'BadGateway', 'unavailable'],
  ['update', 504, 'GatewayTimeout', 'unavailable'],
];

for (const [operation, status, code, reason] of CASES) {
  test(`${operation} refused with ${status} ${code} is ${reason}`, () => {
    const failure = toChatError(operation, refusal(status, code));

    assert.equal(failure.reason, reason);
    assert.equal(failure.message, `${operation}: HTTP ${status} ${code}`);
    assert.equal(failure.retryAfterMs !== undefined, reason === 'rate-limited');
  });
}

test('Retry-After is obeyed, in seconds or as a date', () => {
  const inSeconds = toChatError('post', refusal(429, 'TooManyRequests', { 'retry-after': '17' }));
  const until = new Date(Date.now() + 60_000).toUTCString();
  const asDate = toChatError('post', refusal(429, 'TooManyRequests', { 'retry-after': until }));

  assert.equal(inSeconds.retryAfterMs, 17_000);
  assert.ok((asDate.retryAfterMs ?? 0) > 50_000 && (asDate.retryAfterMs ?? 0) <= 60_000);
});

test('a lost connection leaves it unknown whether Teams acted', () => {
  const failure = toChatError('post', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));

  assert.equal(failure.reason, 'unavailable');
  assert.equal(failure.message, 'post: no answer');
});
