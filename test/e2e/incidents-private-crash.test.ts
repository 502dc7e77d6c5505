import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { openPurser, type Purser } from '../support/purser.ts';
import { assertPostedOnce } from './acts.ts';
import { startCrashingWorker, untilKilled } from './crashes.ts';
import { declare, inc, postsOf, roomOf, untilIncident, untilSetUp } from './incident-acts.ts';

const ACTIVITIES = ['redactIncident', 'openRoom', 'dressRoom invite', 'tellRooms'];
const SETTLED_MS = 180_000;

describe('a worker that is killed while an incident is made private', { timeout: 600_000 }, () => {
  let purser: Purser;

  before(async () => {
    purser = await openPurser();
    await purser.startBot();
  });
  after(async () => {
    assertPostedOnce(purser);
    const { problems } = purser.slack;
    await purser.close();
    assert.deepEqual(problems, []);
  });

  test('goes on from there: one private room with its people, and nothing public tells of it', async () => {
    const worker = await purser.startWorker();
    const victims = ACTIVITIES.map((activity) => ({ name: `sparrow at ${activity}`, activity }));
    const numbers: number[] = [];
    for (const { name } of victims) numbers.push(await declare(purser, `sev2 ${name}`));
    for (const number of numbers) await untilSetUp(purser, number);
    worker.signal('SIGKILL');
    await worker.exited;

    const first = await startCrashingWorker(purser, victims, 'before');
    for (const number of numbers) await makePrivate(number);
    await untilKilled(first);
    await untilKilled(await startCrashingWorker(purser, victims, 'after'));
    await purser.startWorker();

    for (const number of numbers) await assertMoved(number);
  });

  /** A worker that has just started may take longer than people are let wait. */
  async function makePrivate(number: number): Promise<void> {
    await eventually(async () => {
      const said = await inc(purser, `${number} private names`, { user: 'U0RAVI' });
      return /is private (from now on|already)/.test(said);
    });
  }

  async function assertMoved(number: number): Promise<void> {
    const state = await untilIncident(
      purser,
      number,
      ({ rooms, resources }) => rooms.length === 1 && resources.every((each) => each.state === 'done'),
      SETTLED_MS,
    );
    const { workspace } = purser.slack;
    const marked = [...workspace.channels.values()].filter(({ purpose = '' }) =>
      purpose.includes(state.requestId),
    );
    assert.deepEqual(
      marked.map(({ name, isPrivate }) => [name.replace(/-sparrow.*/, ''), isPrivate]),
      [
        [`inc-${number}`, false],
        [`priv-inc-${number}`, true],
      ],
    );
    const room = roomOf(state).channel;
    assert.ok(workspace.channels.get(room)?.members.includes('U0LEE'));
    const outside = postsOf(purser, state).filter(
      ({ channel }) => channel !== room && !channel.startsWith('D0'),
    );
    assert.ok(outside.length >= 3);
    for (const message of outside)
      assert.match(readable(message), new RegExp(`#${number} goes on in private`));
    assert.equal(postsOf(purser, state, 'moved:').length, 1);
    assert.equal(postsOf(purser, state, 'header:').length, 2);
  }
});
