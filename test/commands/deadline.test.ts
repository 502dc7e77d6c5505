import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../../src/commands/deadline.ts';

const LATE = new Error('late');

test('an answer in time is passed on and leaves no timer behind', async (t) => {
  const clear = t.mock.method(globalThis, 'clearTimeout');

  const value = await within(60_000, Promise.resolve('answer'), LATE);

  assert.equal(value, 'answer');
  assert.equal(clear.mock.callCount(), 1);
});

test('what fails in time fails as it did', async () => {
  const work = Promise.reject(new Error('broken'));

  await assert.rejects(within(60_000, work, LATE), /broken/);
});

test('what takes longer is late, and its own failure later on is nobody’s', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const work = Promise.withResolvers<string>();

  const waiting = within(1_000, work.promise, LATE);
  t.mock.timers.tick(1_000);
  work.reject(new Error('too late to matter'));

  await assert.rejects(waiting, LATE);
});
