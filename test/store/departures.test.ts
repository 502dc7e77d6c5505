import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { createDepartureStore } from '../../src/store/departures.ts';
import { onBothDatabases } from './databases.ts';

const since = new Date(Date.now() - 86_400_000);

onBothDatabases('departures', (database) => {
  async function store() {
    await database().execute(sql`truncate departures`);
    return createDepartureStore(database());
  }

  function ids(many: number): string[] {
    return Array.from({ length: many }, () => randomUUID());
  }

  test('of many who ask at once for one person, one gets it, also when it asks again', async () => {
    const departures = await store();
    const asked = ids(5);

    const claim = (id: string) => departures.claim({ id, person: 'kim', since });
    const answers = await Promise.all(asked.map(claim));
    const again = await Promise.all(asked.map(claim));

    const [open] = await departures.open();
    assert.equal(answers.filter((answer) => 'asked' in answer).length, 1);
    assert.deepEqual(again, answers);
    for (const answer of answers) assert.ok('asked' in answer || answer.other === open?.id);
    assert.deepEqual(open, { id: asked[answers.findIndex((answer) => 'asked' in answer)], person: 'kim' });
  });

  test('counts what was asked for, without what came to nothing', async () => {
    const departures = await store();
    const [first = '', second = '', third = ''] = ids(3);

    await departures.claim({ id: first, person: 'kim', since });
    await departures.end(first);
    await departures.claim({ id: second, person: 'lee', since });
    await departures.begin({ id: second, since, most: 9 });
    await departures.end(second);
    const answer = await departures.claim({ id: third, person: 'kim', since });

    assert.deepEqual(answer, { asked: 2 });
    assert.deepEqual(await departures.open(), [{ id: third, person: 'kim' }]);
  });

  test('of many that begin at once no more do than may, and who has begun goes on', async () => {
    const departures = await store();
    const asked = ids(5);
    for (const id of asked) await departures.claim({ id, person: id, since });

    const begin = (id: string) => departures.begin({ id, since, most: 2 });
    const answers = await Promise.all(asked.map(begin));
    const again = await Promise.all(asked.map(begin));
    const [held = ''] = asked.filter((_, at) => answers[at]?.crowd !== undefined);
    const meant = await departures.begin({ id: held, since, most: Number.MAX_SAFE_INTEGER });

    assert.equal(answers.filter(({ crowd }) => crowd === undefined).length, 2);
    assert.ok(answers.every(({ crowd }) => crowd === undefined || crowd === 3));
    assert.deepEqual(again, answers);
    assert.deepEqual(meant, {});
  });

  test('who came back may leave again', async () => {
    const departures = await store();
    const [first = '', second = ''] = ids(2);
    await departures.claim({ id: first, person: 'kim', since });
    await departures.begin({ id: first, since, most: 9 });

    const meanwhile = await departures.claim({ id: second, person: 'kim', since });
    await departures.end(first);
    const afterwards = await departures.claim({ id: second, person: 'kim', since });

    assert.deepEqual(meanwhile, { other: first });
    assert.deepEqual(afterwards, { asked: 2 });
  });
});
