import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLanes } from '../../src/temporal/lanes.ts';

/** Work that ends when it is told to. */
function createWork() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    begun,
    work: (name: string) => () => {
      begun.push(name);
      const ending = Promise.withResolvers<string>();
      ends.set(name, ending);
      return ending.promise;
    },
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  };
}

test('work for one key waits in order once the lane is full, and other keys do not', async () => {
  const lanes = createLanes(2);
  const { begun, work, end } = createWork();

  const running = ['a', 'b', 'c', 'd'].map((name) => lanes('one', work(name)));
  const other = lanes('other', work('x'));
  assert.deepEqual(begun, ['a', 'b', 'x']);
  end('b');
  await running[1];

  assert.deepEqual(begun, ['a', 'b', 'x', 'c']);
  for (const name of ['a', 'x', 'c']) end(name);
  await running[2];
  end('d');
  assert.deepEqual(await Promise.all([...running, other]), ['a', 'b', 'c', 'd', 'x']);
});

test('work that fails lets the next one go, and a lane that was full is free again', async () => {
  const lanes = createLanes(1);
  const { begun, work, end, fail } = createWork();

  const failing = lanes('one', work('a'));
  const next = lanes('one', work('b'));
  fail('a');
  await assert.rejects(failing, /a/);
  end('b');
  await next;
  const later = lanes('one', work('c'));

  assert.deepEqual(begun, ['a', 'b', 'c']);
  end('c');
  await later;
});
