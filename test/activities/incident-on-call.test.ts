import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { incidentScene, lastOf } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

/** Nobody at night: seven gaps within a week. */
const WORKING_HOURS = {
  schedules: [
    {
      id: 'shop',
      title: 'Shop',
      timeZone: 'UTC',
      rotations: [
        {
          people: ['kim'],
          starts: '2026-03-01T09:00',
          every: '1w',
          hours: { from: '09:00', to: '18:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
        },
      ],
    },
  ],
};

function report(scene: Scene): Promise<void> {
  return scene.run(scene.activities.reportGaps as (input: undefined) => Promise<void>, undefined);
}

test('the first gaps of the coming week are said where incidents are announced, each once', async () => {
  const scene = await incidentScene(stage, { config: WORKING_HOURS });

  await report(scene);
  scene.deps.now = () => new Date('2026-04-01T10:30:00.000Z');
  await report(scene);

  const posted = scene.chat.in('C0NEWS');
  assert.equal(posted.length, 5);
  assert.equal(
    lastOf(posted[0], 'notice').text,
    'Nobody is on call in “Shop” from 2026-04-01 18:00 UTC to 2026-04-02 09:00 UTC.',
  );
});

test('where somebody always is, and without rules, nothing is said', async () => {
  const covered = await incidentScene(stage);
  const off = await incidentScene(stage);
  off.deps.incidentConfig = async () => undefined;

  await report(covered);
  await report(off);

  assert.deepEqual([...covered.chat.messages, ...off.chat.messages], []);
});
