import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { createDirectory } from '../../src/directory/connector.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { lookNowSignal } from '../../workflows/users/messages.ts';
import type { watchLinks } from '../../workflows/users/watch-links.ts';
import { createStage, type Scene } from '../activities/scene.ts';
import { openTimeSkipping, type TimeSkipping } from './time-skipping.ts';

const DAY_MS = 86_400_000;

const stage = createStage();
let time: TimeSkipping;
let scene: Scene;
let looks: number[] = [];
let failing = false;
/** How far the server's clock, which jumps, is ahead of the database's, which does not. */
let aheadMs = 0;

before(async () => {
  await stage.open();
  time = await openTimeSkipping({
    async tellOfLinks() {
      const now = (await time.env.currentTimeMs()) - aheadMs;
      looks.push(now);
      if (failing) throw ApplicationFailure.nonRetryable('chat is down');
      scene.deps.now = () => new Date(now);
      await scene.activities.tellOfLinks();
    },
  });
});
after(async () => {
  await time.close();
  await stage.close();
});

/** Sam has an account that was linked now, for a year. */
async function watched(workflowId: string) {
  scene = await stage.scene();
  looks = [];
  aheadMs = (await time.env.currentTimeMs()) - Date.now();
  const { deps, directory } = scene;
  const account = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0SAM' } as const;
  await deps.links.link({ requestId: 'request-1', account, person: 'sam', decidedBy: 'ravi' });
  const linkedAt = (await deps.links.list())[0]?.decidedAt.getTime() ?? Number.NaN;
  deps.directory = createDirectory({ name: 'sample', read: async () => directory }, deps.links, {
    linksLast: async () => 365 * DAY_MS,
    now: () => deps.now(),
  });
  const handle = await time.env.client.workflow.start<typeof watchLinks>('watchLinks', {
    workflowId,
    taskQueue: QUEUES.main,
  });
  return { handle, linkedAt, account };
}

test('a link of a year is told of once, a week before it ends, through chat that is down', async () => {
  const { handle, linkedAt } = await watched('a-year');

  await time.env.sleep('357 days');
  const early = scene.chat.messages.length;
  failing = true;
  await time.env.sleep('2 days');
  failing = false;
  await time.env.sleep('12 days');
  await handle.terminate();

  assert.equal(early, 0);
  assert.equal(scene.chat.in('DU0SAM').length, 1);
  assert.equal(scene.chat.messages.length, 1);
  const pauses = looks.slice(1).map((at, index) => Math.round((at - (looks[index] ?? 0)) / DAY_MS));
  assert.deepEqual(new Set(pauses), new Set([1]));
  assert.ok((looks.at(-1) ?? 0) - linkedAt > 370 * DAY_MS);
});

test('somebody whose account was taken is told at once', async () => {
  const { handle, account } = await watched('at-once');
  await time.env.sleep('1 hour');

  await scene.deps.links.unlink(account, 'sam', 'ravi');
  await handle.signal(lookNowSignal);
  await time.env.sleep('1 minute');
  await handle.terminate();

  assert.equal(looks.length, 2);
  assert.equal(scene.chat.in('DU0SAM').length, 1);
});
