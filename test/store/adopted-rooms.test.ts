import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentRow } from '../../src/domain/incidents.ts';
import type { IncidentStore } from '../../src/domain/ports.ts';
import { createIncidentStore } from '../../src/store/incidents.ts';
import { sampleRow, slackRoom, teamsThread } from '../support/incident-records.ts';
import { onBothDatabases } from './databases.ts';

const QUIET = { topic: 'Shop talk', links: ['https://wiki.example.test/shop'] };
const LOUD = { topic: 'SEV1 · #1', links: [] };

onBothDatabases('rooms that were there before', (database) => {
  const open = () => createIncidentStore(database());

  test('of twenty at once one gets it, and gets it again when it asks again', async () => {
    const stores = [open(), open()];
    const room = slackRoom('C0CROWD');
    const take = (number: number) => stores[number % 2]?.takeRoom(room, number, QUIET);
    const numbers = Array.from({ length: 20 }, (_, index) => 100 + index);

    const taken = await Promise.all(numbers.map(take));
    const [winner = 0, ...others] = numbers.filter((_, index) => taken[index] !== undefined);

    assert.deepEqual(others, []);
    assert.deepEqual(await take(winner), QUIET);
    assert.deepEqual(await open().takenRoom(room, winner), QUIET);
  });

  test('it is taken over once its holder is closed, and was always like before the first of them', async () => {
    const store = open();
    const room = slackRoom('C0NEXT');
    await store.takeRoom(room, 200, QUIET);
    await record(store, { number: 200, status: 'resolved' });
    assert.equal(await store.takeRoom(room, 201, LOUD), undefined);

    await record(store, { number: 200, status: 'closed' }, 2);

    assert.deepEqual(await store.takeRoom(room, 201, LOUD), QUIET);
    assert.equal(await store.takenRoom(room, 200), undefined);
    await store.giveBackRoom(room, 200);
    assert.deepEqual(await store.takenRoom(room, 201), QUIET, 'who has it no more gives nothing back');
  });

  test('what was given back is as it is found the next time', async () => {
    const store = open();
    const room = slackRoom('C0BACK');
    await store.takeRoom(room, 300, QUIET);

    await store.giveBackRoom(room, 300);
    await store.giveBackRoom(room, 300);

    assert.equal(await store.takenRoom(room, 300), undefined);
    assert.deepEqual(await store.takeRoom(room, 301, LOUD), LOUD);
  });

  test('it is taken over from an incident that went on in private', async () => {
    const store = open();
    const room = slackRoom('C0LEFT');
    await store.takeRoom(room, 400, QUIET);

    await record(store, { number: 400, private: true });

    assert.deepEqual(await store.takeRoom(room, 401, LOUD), QUIET);
  });

  test('a room that another open incident has made for itself is none for a second one', async () => {
    const store = open();
    const room = slackRoom('C0OWN');
    await store.record({ ...sampleRow({ number: 500 }), revision: 1, rooms: [room] }, []);

    assert.equal(await store.takeRoom(room, 501, QUIET), undefined);
    assert.deepEqual(await store.takeRoom(room, 500, QUIET), QUIET);
  });

  test('two threads of one channel are two rooms', async () => {
    const store = open();

    assert.deepEqual(await store.takeRoom(teamsThread('1'), 600, QUIET), QUIET);
    assert.deepEqual(await store.takeRoom(teamsThread('2'), 601, QUIET), QUIET);
  });
});

async function record(
  store: IncidentStore,
  changes: Partial<IncidentRow> & { number: number },
  revision = 1,
): Promise<void> {
  await store.record({ ...sampleRow(changes), revision, rooms: [] }, []);
}
