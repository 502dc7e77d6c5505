import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ON_CALL_WATCH_ID } from '../../src/domain/ids.ts';
import { startOnCallWatch } from '../../src/temporal/incident-launchers.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { INCIDENTS_CHANNEL, openPurser } from '../support/purser.ts';
import { watched } from './acts.ts';
import { NOTHING, startCrashingWorker, untilKilled, type When } from './crashes.ts';

const SETTLED_MS = 120_000;

const purser = await watched(
  openPurser({
    incidents({ schedules }) {
      const managers = schedules.find(({ id }) => id === 'managers');
      assert.ok(managers);
      managers.rotations = [
        {
          people: ['ravi'],
          starts: '2026-01-05T09:00',
          every: '1w',
          hours: { from: '00:00', to: '24:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
        },
      ];
    },
  }),
);

test('a Sunday on which nobody is on call is said a week ahead, once, though workers are killed over it', async () => {
  await purser.startBot();
  for (const when of ['before', 'after'] satisfies When[]) {
    const worker = await startCrashingWorker(purser, [{ name: NOTHING, activity: 'reportGaps' }], when);
    await startOnCallWatch(purser.temporal);
    await untilKilled(worker);
  }
  const killedAfter = notices();
  await purser.startWorker();
  await eventually(async () => {
    const [pending] = await pendingActivities();
    return pending === undefined;
  }, SETTLED_MS);

  assert.ok(killedAfter.length > 0, 'all of it had happened');
  assert.deepEqual(notices(), killedAfter);
  assert.equal(new Set(killedAfter).size, killedAfter.length);
  assert.match(killedAfter.join('\n'), /Nobody is on call in “Managers on call” from/);
});

function notices(): string[] {
  const { messages } = purser.slack.workspace;
  const said = messages.filter(({ channel }) => channel === INCIDENTS_CHANNEL);
  return said.map(readable).filter((text) => text.includes('Nobody is on call'));
}

/** What the watch waits for: nothing, once it sleeps until tomorrow. */
async function pendingActivities(): Promise<unknown[]> {
  const { raw } = await purser.temporal.workflow.getHandle(ON_CALL_WATCH_ID).describe();
  return raw.pendingActivities ?? [];
}
