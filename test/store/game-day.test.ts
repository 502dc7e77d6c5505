import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGameDayStore } from '../../src/store/game-day.ts';
import { onBothDatabases } from './databases.ts';

const UNTIL = '2026-04-01T10:00:00.000Z';

onBothDatabases('game day', (database) => {
  test('a fault is on until its end, and the latest of a platform counts', async () => {
    const gameDay = createGameDayStore(database());
    await gameDay.begin({ target: 'slack', kind: 'down', until: '2026-04-01T09:00:00.000Z' });
    await gameDay.begin({ target: 'slack', kind: '429', until: UNTIL });

    const faults = await gameDay.faults(new Date('2026-04-01T09:59:59.999Z'));

    assert.deepEqual(faults, [{ target: 'slack', kind: '429', until: UNTIL }]);
    assert.deepEqual(await gameDay.faults(new Date(UNTIL)), []);
  });

  test('all of them end at once', async () => {
    const gameDay = createGameDayStore(database());
    await gameDay.begin({ target: 'slack', kind: 'down', until: UNTIL });
    await gameDay.begin({ target: 'teams', kind: '429', until: UNTIL });

    await gameDay.end();

    assert.deepEqual(await gameDay.faults(new Date(0)), []);
  });
});
