import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { linkedSignal } from '../../workflows/incidents/messages.ts';
import { workingIncidentActivities } from './fake-incident-activities.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';
import { refusalOf } from './theatre.ts';

describe('the end of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const minor = { input: { severity: 'sev3' } };

  it('is resolved, reviewed, closed, archived, and over', async () => {
    const play = await theatre.declare('whole');
    await play.act('kim', { kind: 'acknowledge' });
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' });

    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await theatre.pass('6 days');
    const reminded = play.reminded();
    await play.act('kim', { kind: 'close' });
    await theatre.pass('13 days');
    const early = play.of('archiveRoom').length;
    await play.handle.result();

    const state = await play.state();
    assert.equal(state.status, 'closed');
    assert.ok(reminded.includes('kim review-due'));
    assert.equal(play.of('publishReview').length, 1);
    assert.equal(early, 0);
    assert.equal(play.of('archiveRoom').length, 1);
    assert.equal(play.of('closeAlerts').length, 1);
    assert.equal(play.of('recordIncident').at(-1)?.state.revision, state.revision);
    assert.equal(play.of('announceIncident').at(-1)?.state.status, 'closed');
    assert.equal(state.entries, new Set(play.timeline().map(({ key }) => key)).size);
  });

  it('brings its review to the room also when that is there only after it was resolved', async () => {
    const { openRoom } = workingIncidentActivities();
    let down = true;
    const play = await theatre.declare('early', {
      ...minor,
      activities: {
        openRoom: (input) => (down ? Promise.reject(new Error('Slack does not answer')) : openRoom(input)),
      },
    });
    await play.called('openRoom');
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    down = false;

    await play.called('publishReview', ({ rooms }) => rooms.length === 1);
    assert.equal(play.of('publishReview').length, 1);
  });

  it('asks about follow-ups every day until they are done, also after it was archived', async () => {
    const play = await theatre.declare('follow-ups', minor);
    await play.act('kim', { kind: 'task', text: 'bigger disks', owner: 'lee', followUp: true });
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await play.act('kim', { kind: 'close' });

    await theatre.pass('20 days');
    const asked = play.reminded().filter((line) => line === 'lee task-due').length;
    const refusal = await refusalOf(play.act('lee', { kind: 'reopen', reason: 'again' }));
    await play.act('lee', { kind: 'task-done', id: 't1' });
    await play.handle.result();

    assert.match(refusal.message, /rooms of #142 are archived/);

    assert.ok(asked >= 19 && asked <= 20, `asked ${asked} times`);
    assert.equal((await play.state()).tasks[0]?.doneBy, 'lee');
    assert.equal(play.of('archiveRoom').length, 1);
  });

  it('asks about a task once, when it is due', async () => {
    const play = await theatre.declare('task', minor);
    const dueAt = new Date((await theatre.env.currentTimeMs()) + 3_600_000).toISOString();

    await play.act('kim', { kind: 'task', text: 'call the vendor', owner: 'lee', dueAt, followUp: false });
    await theatre.pass('59 minutes');
    const early = play.reminded().includes('lee task-due');
    await theatre.pass('10 hours');

    assert.equal(early, false);
    assert.equal(play.reminded().filter((line) => line === 'lee task-due').length, 1);
  });

  it('is not archived when it was reopened in the meantime', async () => {
    const play = await theatre.declare('reopened', minor);
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await play.act('kim', { kind: 'close' });

    await theatre.pass('10 days');
    await play.act('kim', { kind: 'reopen', reason: 'again' });
    await theatre.pass('10 days');

    assert.equal(play.of('archiveRoom').length, 0);
    assert.equal((await play.state()).status, 'triaging');
  });

  it('goes on at the other one when it was merged: no page, no timer', async () => {
    const play = await theatre.declare('merged');

    await play.act('kim', { kind: 'merge', into: 7 });
    const refusal = await refusalOf(play.act('kim', { kind: 'update', what: 'here?' }));
    await theatre.pass('1 day');
    const paged = play.paged().length;
    await play.handle.result();

    const { status, links, escalations } = await play.state();
    assert.equal(status, 'closed');
    assert.equal(links.mergedInto, 7);
    assert.equal(escalations[0]?.acknowledged?.by, 'kim');
    assert.equal(paged, 1);
    assert.deepEqual(play.reminded(), []);
    assert.deepEqual(
      play.of('tellIncident').map(({ other, as }) => [other, as]),
      [[7, 'merged']],
    );
    assert.match(refusal.message, /was merged into #7\. Go on there/);
  });

  it('knows what others are to it, however often they say it', async () => {
    const play = await theatre.declare('linked', minor);

    await play.handle.signal(linkedSignal, { other: 7, as: 'merged' });
    await play.handle.signal(linkedSignal, { other: 7, as: 'merged' });
    await play.handle.signal(linkedSignal, { other: 8, as: 'parent' });
    await play.act('kim', { kind: 'link', to: 9, as: 'child' });
    await play.called('tellIncident');
    await theatre.pass('1 minute');

    assert.deepEqual((await play.state()).links, { related: [], children: [9], merged: [7], parent: 8 });
    assert.deepEqual(
      play.of('tellIncident').map(({ other, as }) => [other, as]),
      [
        [8, 'child'],
        [9, 'parent'],
      ],
    );
  });

  it('is closed when an operator cancels its workflow', async () => {
    const play = await theatre.declare('operator');

    await play.handle.cancel();
    await play.handle.result();

    const { status, cancelled } = await play.state();
    assert.equal(status, 'closed');
    assert.deepEqual(cancelled, { by: 'purser', reason: 'An operator stopped it.' });
    assert.equal(play.of('archiveRoom').length, 1);
  });

  it('follows kept messages, and keeps what was said before, struck out', async () => {
    const play = await theatre.declare('notes', minor);

    await play.act('kim', { kind: 'note', key: 'm1', text: 'db is full', author: 'Lee' });
    await play.act('kim', { kind: 'note', key: 'm1', text: 'db is full', author: 'Lee' });
    await play.act('kim', { kind: 'amend-note', key: 'm1', text: 'db is nearly full' });
    await play.act('kim', { kind: 'note', key: 'm2', text: 'wrong room' });
    await play.act('kim', { kind: 'strike-note', key: 'm2' });
    await theatre.pass('1 minute');

    const notes = play.timeline().filter(({ kind }) => kind === 'note');
    const shown = new Map<string, string>();
    for (const { key, text, struck } of notes) shown.set(key, struck ? 'struck' : text);
    assert.deepEqual([...shown.values()], ['struck', 'Lee: db is nearly full', 'struck']);
  });

  it('goes on while chat is down, and catches up in order and without doubles', async () => {
    let down = false;
    const posted: string[] = [];
    const play = await theatre.declare('silent', {
      ...minor,
      activities: {
        announceIncident: async () => {
          if (down) throw new Error('Slack does not answer.');
          return { undelivered: [] };
        },
        tellRooms: async ({ state, message }) => {
          if (down) throw new Error('Slack does not answer.');
          if (state.rooms.length > 0) posted.push(message.headline);
        },
      },
    });
    await play.called('dressRoom');

    down = true;
    await play.act('kim', { kind: 'status', to: 'triaging', note: '' });
    await theatre.pass('3 minutes');
    await play.act('kim', { kind: 'status', to: 'mitigating', note: '' });
    await theatre.pass('7 minutes');
    down = false;
    await theatre.pass('10 minutes');

    assert.deepEqual(posted, [
      'It is triaging now, after declared.',
      'It is mitigating now, after triaging.',
    ]);
    assert.ok((play.of('announceIncident').at(-1)?.state.revision ?? 0) >= (await play.state()).revision);
  });
});
