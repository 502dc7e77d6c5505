import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inBatches } from '../../src/store/in-batches.ts';

test('what is asked while a call is at work is done as one call, in order', async () => {
  const began = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const batches: string[][] = [];
  const add = inBatches(async (items: string[]) => {
    batches.push(items);
    began.resolve();
    if (batches.length === 1) await first.promise;
    return items.length;
  });

  const one = add('a');
  await began.promise;
  const others = ['b', 'c', 'd'].map(add);
  first.resolve();

  assert.equal(await one, 1);
  assert.deepEqual(await Promise.all(others), [3, 3, 3]);
  assert.deepEqual(batches, [['a'], ['b', 'c', 'd']]);
});

test('what is asked in one turn of the event loop is done as one call, though nothing was at work', async () => {
  const add = inBatches(async (items: string[]) => items.length);

  const one = add('a');
  await Promise.resolve();
  const other = add('b');

  assert.deepEqual(await Promise.all([one, other]), [2, 2]);
});

test('a call that fails fails for those it was made for, and for nobody else', async () => {
  let calls = 0;
  const add = inBatches(async (items: string[]) => {
    calls += 1;
    if (items.includes('bad')) throw new Error('refused');
  });

  const bad = add('bad');

  await assert.rejects(bad, /refused/);
  await add('good');
  assert.equal(calls, 2);
});
