import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterMs } from '../../src/domain/retry-after.ts';

test('waits for as long as it is asked, by seconds or by a date, and never for long', () => {
  const inAYear = new Date(Date.now() + 365 * 86_400_000).toUTCString();

  assert.equal(retryAfterMs('7'), 7_000);
  assert.equal(retryAfterMs('86400'), 3_600_000);
  assert.equal(retryAfterMs(inAYear), 3_600_000);
  for (const nothing of [undefined, null, '', '0', 'soon', '-5', new Date(0).toUTCString()]) {
    assert.equal(retryAfterMs(nothing), undefined, String(nothing));
  }
});
