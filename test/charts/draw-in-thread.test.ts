import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawInThread } from '../../src/charts/draw-in-thread.ts';
import { drawIncidentStats } from '../../src/charts/incident-stats-picture.ts';
import type { IncidentStats } from '../../src/domain/incident-stats.ts';
import { sampleStats } from '../support/sample-stats.ts';

test('it is the same picture as one drawn here, also when several ask at once', async () => {
  const drawn = await Promise.all([30, 90, 30].map((days) => drawInThread(sampleStats(days))));

  assert.deepEqual(
    drawn,
    [30, 90, 30].map((days) => drawIncidentStats(sampleStats(days))),
  );
});

test('others go on while it draws', async () => {
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 5);

  await drawInThread(sampleStats(30));
  clearInterval(counting);

  assert.ok(turns > 5, `${turns} turns`);
});

test('a picture that cannot be drawn is said to be so, and the next one can', async () => {
  await assert.rejects(drawInThread({} as IncidentStats), TypeError);

  assert.ok((await drawInThread(sampleStats(30))).length > 0);
});
