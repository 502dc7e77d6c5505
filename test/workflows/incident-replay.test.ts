import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Worker } from '@temporalio/worker';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

/** Longer than the first pause after a failure. */
const PRESSED_FOR_MS = 4_000;

describe('an incident on which people press buttons that are refused', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  after(() => theatre.close());

  it('is replayed as it happened, though a refusal is in no history', async () => {
    let failures = 1;
    const play = await theatre.declare('pressed', {
      activities: {
        async announceIncident() {
          if (failures-- > 0) throw new Error('chat does not answer');
          return { undelivered: [] };
        },
      },
    });

    const since = performance.now();
    let refused = 0;
    while (performance.now() - since < PRESSED_FOR_MS) {
      await assert.rejects(play.act('kim', { kind: 'close' }));
      refused += 1;
    }

    assert.ok(refused > 0 && failures < 0);
    const workflowsPath = new URL('../../workflows/index.ts', import.meta.url).pathname;
    await Worker.runReplayHistory({ workflowsPath }, await play.handle.fetchHistory(), 'pressed');
    await theatre.clear();
  });
});
