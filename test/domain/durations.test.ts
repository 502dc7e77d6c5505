import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, shortDuration } from '../../src/domain/durations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

for (const [ms, expected] of [
  [7 * DAY, '7 days'],
  [DAY + 12 * HOUR, '1 day 12 hours'],
  [90 * MINUTE, '1 hour 30 minutes'],
  [MINUTE, '1 minute'],
  [20_000, 'less than a minute'],
  [-5, 'less than a minute'],
] as const) {
  test(`${ms} ms is ${expected}`, () => {
    const text = formatDuration(ms);

    assert.equal(text, expected);
  });
}

for (const [ms, expected] of [
  [0, '0 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [59 * MINUTE + 29_000, '59 min'],
  [59 * MINUTE + 59_000, '1 h'],
  [90 * MINUTE, '1 h 30 min'],
  [DAY, '1 d'],
  [2 * DAY + 4 * HOUR + 29 * MINUTE, '2 d 4 h'],
] as const) {
  test(`${ms} ms is ${expected} for short`, () => {
    assert.equal(shortDuration(ms), expected);
  });
}
