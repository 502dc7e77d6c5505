import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createTeamStore } from '../../src/store/teams.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('teams that were asked for', (database) => {
  test('are made for one request each, of however many at once', async () => {
    const store = createTeamStore(database());
    const id = randomUUID();
    const team = (key: string) => ({ id, title: `Search \0 ${key}`, key });

    const made = await Promise.all([store.create(team('one')), store.create(team('two'))]);
    const again = await store.create(team('one'));

    const first = made[0]?.mine ? 'one' : 'two';
    assert.deepEqual(made.map(({ mine }) => mine).sort(), [false, true]);
    assert.equal(again.mine, first === 'one');
    const listed = (await store.list()).filter((known) => known.id === id);
    assert.deepEqual(listed, [{ id, title: `Search \uFFFD ${first}`, key: first }]);
  });
});
