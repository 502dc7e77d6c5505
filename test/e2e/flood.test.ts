import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { watched } from './acts.ts';

const FLOOD = 1_000;
const AT_ONCE = 50;

const purser = await watched(
  openPurser({
    manifests: (directory) => cp('manifests/policies/limits.yaml', join(directory, 'policies/limits.yaml')),
  }),
);

describe('one person sends a thousand commands', () => {
  before(() => purser.startBot());

  test('they read that it is too much, and somebody else is answered beside it as ever', async () => {
    const { slack } = purser;
    let left = FLOOD;
    const flood = Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0; ) {
        left -= 1;
        const { status } = await slack.command('U0KIM', CHANNEL, 'templates');
        assert.equal(status, 200);
      }
    });
    const beside = [];
    for (let number = 0; number < 20; number += 1) {
      beside.push(await slack.command('U0NOOR', CHANNEL, 'templates'));
    }
    await Promise.all(flood);

    assert.equal(left, 0);
    for (const { status, text, tookMs } of beside) {
      assert.equal(status, 200);
      assert.match(text, /Developer environment/);
      assert.ok(tookMs < 3_000, `Slack waits 3 s, this took ${tookMs} ms`);
    }
    const told = slack.privateTo('U0KIM').map(readable);
    const done = told.filter((text) => text.includes('Developer environment')).length;
    const refused = told.filter((text) => /faster than I can follow[\s\S]*try again in 1 s/.test(text));
    assert.ok(done >= 60 && done < FLOOD / 2, `${done} of ${FLOOD} were done`);
    assert.ok(refused.length >= 1 && refused.length < 20, `told ${refused.length} times`);
    assert.deepEqual(slack.workspace.messages, []);
  });
});
