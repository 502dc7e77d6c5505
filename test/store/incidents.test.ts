import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import type { IncidentRow, TimelineEntry } from '../../src/domain/incidents.ts';
import type { IncidentStore } from '../../src/domain/ports.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { createIncidentStore } from '../../src/store/incidents.ts';
import { sampleEntry, sampleRow, slackRoom, teamsThread } from '../support/incident-records.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('incidents', (database) => {
  const numbers = fresh(1_000);
  const open = () => createIncidentStore(database());

  test('fifty requests at once get numbers without a gap, and each the same one again', async () => {
    const stores = [open(), open()];
    const requests = Array.from({ length: 50 }, (_, index) => `request-${index}`);
    const claim = (request: string, index: number) => stores[index % 2]?.claimNumber(request);

    const claimed = await Promise.all([...requests, ...requests].map(claim));
    const again = await Promise.all(requests.map(claim));

    const first = claimed.slice(0, 50);
    const lowest = Math.min(...first.map(Number));
    assert.deepEqual(
      first.map(Number).sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, index) => lowest + index),
    );
    assert.deepEqual(claimed.slice(50), first);
    assert.deepEqual(again, first);
  });

  test('an older revision never overwrites a newer one, and its entries are kept all the same', async () => {
    const store = open();
    const number = numbers();
    await record(store, { number, status: 'resolved' }, 7);

    await record(store, { number, status: 'triaging' }, 6, [sampleEntry({ key: 'late' })]);

    assert.equal((await store.get(number))?.status, 'resolved');
    assert.equal(await store.hasEntry(number, 'late'), true);
    assert.equal(await store.hasEntry(number, 'never'), false);
  });

  test('a recording that is delivered twice, or twice at once, is one', async () => {
    const store = open();
    const number = numbers();
    const entries = Array.from({ length: 20 }, (_, index) =>
      sampleEntry({ key: `entry-${index}`, at: `2026-04-01T09:0${index % 3}:00.000Z` }),
    );

    await Promise.all([1, 2, 3, 4].map(() => record(open(), { number }, 3, entries)));
    await record(store, { number }, 3, entries);

    const kept = await store.timeline(number);
    assert.equal(kept.length, 20);
    assert.deepEqual(
      kept.map(({ at }) => at),
      entries.map(({ at }) => at).sort(),
    );
  });

  test('what happened in the same moment stays in the order in which it was told', async () => {
    const store = open();
    const number = numbers();
    const entries = ['b', 'a', 'd', 'c'].map((key) => sampleEntry({ key }));

    await record(store, { number }, 1, entries.slice(0, 2));
    await record(store, { number }, 2, entries.slice(2));

    assert.deepEqual(await store.timeline(number), entries);
  });

  test('what was merged into it is in its timeline, step by step and in order, until that is undone', async () => {
    const store = open();
    const [into, middle, first, secret] = [numbers(), numbers(), numbers(), numbers()];
    const at = (minute: number) => `2026-04-01T09:0${minute}:00.000Z`;
    const said = (minute: number, text: string) => [sampleEntry({ key: 'e1', at: at(minute), text })];
    await record(store, { number: into }, 1, [
      ...said(1, 'one'),
      sampleEntry({ key: 'e2', at: at(5), text: 'five' }),
    ]);
    await record(store, { number: middle, mergedInto: into }, 1, said(4, 'four'));
    await record(store, { number: first, mergedInto: middle }, 1, said(2, 'two'));
    await record(store, { number: secret, mergedInto: into, private: true }, 1, said(3, 'three'));
    const texts = async (number: number) => (await store.timeline(number)).map(({ text }) => text);

    assert.deepEqual(await texts(into), ['one', `#${first}: two`, `#${middle}: four`, 'five']);
    assert.deepEqual(await texts(middle), [`#${first}: two`, 'four']);
    assert.deepEqual(await texts(secret), ['three']);
    const keys = (await store.timeline(into)).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    await record(store, { number: middle, mergedInto: undefined }, 2);
    assert.deepEqual(await texts(into), ['one', 'five']);
  });

  test('what was struck stays struck, and stays', async () => {
    const store = open();
    const number = numbers();
    const note = sampleEntry({ key: 'note', kind: 'note', text: 'It is DNS' });
    await record(store, { number }, 1, [note]);

    await record(store, { number }, 2, [{ ...note, text: '', struck: true }]);
    await record(store, { number }, 3, [note]);

    assert.deepEqual(await store.timeline(number), [{ ...note, struck: true }]);
  });

  test('an amended note says what was said last, and what was said first is kept', async () => {
    const store = open();
    const number = numbers();
    const note = (text: string) => sampleEntry({ key: 'note', kind: 'note', text });
    await record(store, { number }, 1, [note('first')]);
    await record(store, { number }, 4, [note('second'), note('third')]);

    await record(store, { number }, 2, [note('late')]);

    assert.deepEqual(await texts(number), [{ text: 'third', first_text: 'first' }]);
    await record(store, { number }, 5, [note('fourth')]);
    assert.deepEqual(await texts(number), [{ text: 'fourth', first_text: 'first' }]);
  });

  test('a note amended before it was ever recorded keeps what was said first', async () => {
    const store = open();
    const number = numbers();
    const note = sampleEntry({ key: 'note', kind: 'note', text: 'first' });

    const amended = { ...note, text: 'second' };
    await record(store, { number }, 1, [note, amended, { ...note, text: '', struck: true }]);

    assert.deepEqual(await texts(number), [{ text: 'second', first_text: 'first' }]);
    assert.equal((await store.timeline(number))[0]?.struck, true);
  });

  test('only notes are amended', async () => {
    const store = open();
    const number = numbers();
    await record(store, { number }, 1, [sampleEntry({ text: 'Declared as sev1' })]);

    await record(store, { number }, 2, [sampleEntry({ text: 'Declared as sev4' })]);

    assert.deepEqual(await texts(number), [{ text: 'Declared as sev1', first_text: null }]);
  });

  test('a Slack room is its channel, whichever thread is spoken in', async () => {
    const store = open();
    const number = numbers();
    await store.record({ ...sampleRow({ number }), revision: 1, rooms: [slackRoom('C0ROOM')] }, []);
    const channel: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0ROOM' };

    assert.equal(await store.inRoom(channel), number);
    assert.equal(await store.inRoom({ ...channel, threadTs: '1.2' }), number);
    assert.equal(await store.inRoom({ ...channel, teamId: 'T0OTHER' }), undefined);
    assert.equal(await store.inRoom({ ...channel, channelId: 'C0ELSE' }), undefined);
  });

  test('threads of one Teams channel are rooms of their own, and the channel is none', async () => {
    const store = open();
    const [one, two] = [numbers(), numbers()];
    const rooms = [teamsThread(`${one}`), teamsThread(`${two}`)] as const;
    await store.record({ ...sampleRow({ number: one }), revision: 1, rooms: [rooms[0]] }, []);
    await store.record({ ...sampleRow({ number: two }), revision: 1, rooms: [rooms[1]] }, []);

    assert.equal(await store.inRoom(rooms[0].conversation), one);
    assert.equal(await store.inRoom(rooms[1].conversation), two);
    assert.equal(await store.inRoom(teamsThread('3').conversation), undefined);
    const channel = { ...rooms[0].conversation, conversationId: '19:incidents@thread.tacv2' };
    assert.equal(await store.inRoom(channel as ConversationRef), undefined);
  });

  test('a list is the newest first, within what is asked for, and says how many there are', async () => {
    const store = open();
    const [old, closed, minor, newest] = [numbers(), numbers(), numbers(), numbers()];
    const since = new Date('2030-01-02T00:00:00.000Z');
    const times = (at: string) => ({ detectedAt: at, declaredAt: at });
    const later = times('2030-01-03T00:00:00.000Z');
    await record(store, { number: old, severity: 'sev9', times: times('2030-01-01T00:00:00.000Z') }, 1);
    await record(store, { number: closed, severity: 'sev9', status: 'closed', times: later }, 1);
    await record(store, { number: minor, severity: 'sev8', times: later }, 1);
    await record(store, { number: newest, severity: 'sev9', times: later }, 1);

    assert.deepEqual(await listed(store, { severity: 'sev9' }), [[newest, closed, old], 3]);
    assert.deepEqual(await listed(store, { severity: 'sev9', open: true }), [[newest, old], 2]);
    assert.deepEqual(await listed(store, { since }), [[newest, minor, closed], 3]);
    assert.deepEqual(await listed(store, { since, open: true, limit: 1 }), [[newest], 2]);
    assert.deepEqual(await listed(store, { severity: 'sev7' }), [[], 0]);
  });

  test('a row comes back as it was recorded, whatever people type', async () => {
    const store = open();
    const number = numbers();
    const row = sampleRow({
      number,
      title: 'a \0 b',
      pages: [{ person: 'kim', at: '2026-04-01T09:03:00.000Z' }],
    });
    const entry = sampleEntry({ key: 'n\0', text: '\ud83d \0 👩‍👩‍👧‍👦', link: 'https://x.example.test/\0' });

    await store.record({ ...row, revision: 1, rooms: [] }, [entry]);

    assert.deepEqual(await store.get(number), { ...row, title: 'a \uFFFD b' });
    assert.equal((await store.timeline(number))[0]?.text, '\uFFFD \uFFFD 👩‍👩‍👧‍👦');
    assert.equal(await store.hasEntry(number, 'n\0'), true);
    assert.equal(await store.get(numbers()), undefined);
  });

  async function texts(number: number): Promise<unknown[]> {
    const found = await database().execute(
      sql`select text, first_text from incident_entries where number = ${number}`,
    );
    return (found as unknown as { rows: unknown[] }).rows;
  }
});

/** Numbers nobody has claimed. */
function fresh(first: number): () => number {
  let next = first;
  return () => next++;
}

async function record(
  store: IncidentStore,
  changes: Partial<IncidentRow>,
  revision: number,
  entries: TimelineEntry[] = [],
): Promise<void> {
  await store.record({ ...sampleRow(changes), revision, rooms: [] }, entries);
}

async function listed(
  store: IncidentStore,
  filter: Partial<Parameters<IncidentStore['list']>[0]>,
): Promise<[number[], number]> {
  const { items, total } = await store.list({ limit: 10, ...filter });
  return [items.map(({ number }) => number), total];
}
