import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTakingTurns } from '../../src/webhooks/taking-turns.ts';

/** Everything that waits for promises alone has happened. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function scene(t: TestContext, call: (input: string) => Promise<string>) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const calls: string[] = [];
  const ask = createTakingTurns(1_000, async (input: string) => {
    calls.push(input);
    return await call(input);
  });
  return { ask, calls };
}

test('the first asks at once, and one call answers all who asked meanwhile', async (t) => {
  const { ask, calls } = scene(t, async (input) => `answer to ${input}`);

  const first = await ask(1, 'a');
  const others = Promise.all(['b', 'c', 'd'].map((input) => ask(1, input)));
  await settled();
  const before = calls.length;
  t.mock.timers.tick(1_000);

  assert.equal(first, 'answer to a');
  assert.equal(before, 1);
  assert.deepEqual(await others, ['answer to b', 'answer to b', 'answer to b']);
  assert.deepEqual(calls, ['a', 'b']);
});

test('who asks while a call is out is answered by the next one: the one that is out may have missed it', async (t) => {
  const out = Promise.withResolvers<string>();
  const { ask, calls } = scene(t, (input) =>
    input === 'a' ? out.promise : Promise.resolve(`answer to ${input}`),
  );

  const first = ask(1, 'a');
  await settled();
  const second = ask(1, 'b');
  t.mock.timers.tick(1_000);
  await settled();
  const whileOut = [...calls];
  out.resolve('answer to a');
  await first;

  assert.deepEqual(whileOut, ['a']);
  assert.equal(await second, 'answer to b');
});

test('other keys do not wait', async (t) => {
  const { ask } = scene(t, async (input) => input);

  const answers = await Promise.all([ask(1, 'a'), ask(2, 'b'), ask(3, 'c')]);

  assert.deepEqual(answers, ['a', 'b', 'c']);
});

test('a call that fails fails for those who waited for it, and for nobody else', async (t) => {
  const { ask } = scene(t, async (input) => {
    if (input === 'bad') throw new Error('down');
    return input;
  });

  await assert.rejects(ask(1, 'bad'), /down/);
  const next = ask(1, 'good');
  await settled();
  t.mock.timers.tick(1_000);

  assert.equal(await next, 'good');
});

test('a key nobody asks for any more is at once again', async (t) => {
  const { ask, calls } = scene(t, async (input) => input);

  await ask(1, 'a');
  t.mock.timers.tick(1_000);
  await settled();
  await ask(1, 'b');

  assert.deepEqual(calls, ['a', 'b']);
});
