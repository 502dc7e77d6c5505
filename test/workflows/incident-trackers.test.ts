import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { IncidentActivities, TrackerNews } from '../../activities/incidents/contract.ts';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import type { ProposedReview } from '../../src/domain/trackers.ts';
import { sampleRules } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

const FOLLOW_UP: IncidentAct = { kind: 'task', text: 'bigger disks', owner: 'lee', followUp: true };
const RESOLVE: IncidentAct = { kind: 'resolve', cause: 'disk', fix: 'space' };
const REFUSED = ApplicationFailure.create({ message: 'GitHub refuses it (422)', nonRetryable: true });

describe('an incident and its tracker', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const declare = (
    requestId: string,
    activities: Partial<IncidentActivities> = {},
    rules = sampleRules({
      tracker: 'acme/ops',
      reviews: 'acme/reviews',
      // Seldom, for histories that need not be cut: this server does not let a run be continued while time jumps.
      timers: { ...sampleRules().timers, follow: 6 * 3_600_000 },
    }),
  ) => theatre.declare(requestId, { input: { severity: 'sev3', rules }, activities });

  const nagged = (play: IncidentPlay) => play.reminded().filter((line) => line === 'lee task-due').length;

  it('makes an issue of a follow-up at once, and of a task when it is asked to', async () => {
    const play = await declare('opened');

    await play.act('kim', FOLLOW_UP);
    await play.act('kim', { kind: 'task', text: 'call', followUp: false });
    await play.called('openIssue');
    await theatre.pass('1 minute');
    const before = play.of('openIssue').map(({ task }) => task);
    await play.act('kim', { kind: 'task-issue', id: 't2' });
    await theatre.pass('1 minute');

    assert.deepEqual(before, ['t1']);
    assert.deepEqual(
      play.of('openIssue').map(({ task }) => task),
      ['t1', 't2'],
    );
    assert.equal((await play.state()).tasks[1]?.issue?.number, 2);
    const entry = play.timeline().find(({ text }) => text === 't1 is issue 1 of acme/ops');
    assert.equal(entry?.link, 'https://github.test/acme/ops/issues/1');
  });

  it('makes none without a tracker', async () => {
    const play = await declare('without', {}, sampleRules());

    await play.act('kim', FOLLOW_UP);
    await play.act('kim', RESOLVE);
    await theatre.pass('2 days');

    assert.deepEqual(play.of('openIssue'), []);
    assert.deepEqual(play.of('proposeReview'), []);
    assert.deepEqual(play.of('lookAtTracker'), []);
  });

  it('closes the issue of what is done here, once', async () => {
    const play = await declare('done-here');
    await play.act('kim', FOLLOW_UP);
    await theatre.pass('1 minute');

    await play.act('lee', { kind: 'task-done', id: 't1' });
    await theatre.pass('1 day');

    assert.deepEqual(
      play.of('closeIssue').map(({ task }) => task),
      ['t1'],
    );
    assert.equal((await play.state()).tasks[0]?.issue?.closed, true);
    assert.equal(play.of('lookAtTracker').length, 0);
  });

  it('ticks off what is closed there, and asks nobody any more', async () => {
    let news: TrackerNews = { closed: [] };
    const play = await declare('done-there', { lookAtTracker: async () => news });
    await play.act('kim', FOLLOW_UP);
    await play.act('kim', RESOLVE);
    await theatre.pass('30 hours');
    const asked = nagged(play);

    news = { closed: [{ task: 't1', how: 'closed there' }] };
    await theatre.pass('5 days');

    const [task] = (await play.state()).tasks;
    assert.equal(task?.doneBy, 'purser');
    assert.equal(asked, 1);
    assert.equal(nagged(play), asked);
    assert.equal(play.of('closeIssue').length, 0);
    assert.ok(play.timeline().some(({ text }) => text === 'Done: bigger disks (closed there)'));
  });

  it('goes on while GitHub is down, and makes one issue and closes it when it is back', async () => {
    let down = true;
    let opened = 0;
    const play = await declare('down', {
      openIssue: async () => {
        if (down) throw new Error('GitHub does not answer');
        opened += 1;
        return { repository: 'acme/ops', number: 7, url: 'https://github.test/acme/ops/issues/7' };
      },
    });
    await play.act('kim', FOLLOW_UP);
    await theatre.pass('1 hour');
    await play.act('lee', { kind: 'task-done', id: 't1' });
    await theatre.pass('10 minutes');
    down = false;
    await theatre.pass('20 minutes');

    const { tasks, resources } = await play.state();
    assert.equal(opened, 1);
    assert.equal(tasks[0]?.issue?.closed, true);
    assert.equal(play.of('closeIssue').length, 1);
    assert.ok(!resources.some(({ id }) => id.startsWith('issue:')));
  });

  it('says what is refused, with a way to try again also after it was closed', async () => {
    let refuses = true;
    const play = await declare('refused', {
      openIssue: async () => {
        if (refuses) throw REFUSED;
        return { repository: 'acme/ops', number: 7, url: 'https://github.test/acme/ops/issues/7' };
      },
    });
    await play.act('kim', FOLLOW_UP);
    await play.act('kim', RESOLVE);
    await play.act('kim', { kind: 'close' });
    await theatre.pass('1 minute');
    const failed = (await play.state()).resources.find(({ id }) => id === 'issue:t1');

    refuses = false;
    await play.act('kim', { kind: 'retry-resource', id: 'issue:t1' });
    await theatre.pass('1 minute');

    assert.deepEqual([failed?.state, failed?.note], ['failed', 'GitHub refuses it (422)']);
    const { tasks, resources } = await play.state();
    assert.equal(tasks[0]?.issue?.number, 7);
    assert.equal(resources.find(({ id }) => id === 'issue:t1')?.state, 'done');
  });

  it('proposes the review once, and tells the room where', async () => {
    const play = await declare('proposed');

    await play.act('kim', RESOLVE);
    await play.called('proposeReview');
    await theatre.pass('1 minute');

    assert.equal((await play.state()).review?.state, 'open');
    const told = play.of('tellRooms').filter(({ message }) => message.links !== undefined);
    assert.match(told[0]?.message.headline ?? '', /waits in a pull request/);
    assert.equal(told.length, 1);
  });

  it('brings it up to date when it is asked for again, and says when people have changed it', async () => {
    const answers: ProposedReview[] = [
      reviewOf('open'),
      reviewOf('open'),
      { ...reviewOf('open'), kept: true },
    ];
    const play = await declare('again', { proposeReview: async () => answers.shift() ?? reviewOf('open') });
    await play.act('kim', RESOLVE);
    await theatre.pass('1 minute');

    await play.act('kim', { kind: 'review' });
    await theatre.pass('1 minute');
    const before = play.told().length;
    await play.act('kim', { kind: 'review' });
    await theatre.pass('1 minute');

    assert.equal(play.of('proposeReview').length, 3);
    assert.deepEqual(play.told().slice(before), [
      'People have changed its review, so I have left it as it is.',
    ]);
  });

  it('asks for the review until it is merged, also after closing, and then it is over', async () => {
    let news: TrackerNews = { closed: [], review: 'open' };
    const play = await declare('merged', { lookAtTracker: async () => news });
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' });
    await play.act('kim', RESOLVE);
    await play.act('kim', { kind: 'close' });
    await theatre.pass('20 days');
    const asked = play.reminded().filter((line) => line === 'kim review-due').length;

    news = { closed: [], review: 'merged' };
    await play.handle.result();

    const reminders = play.reminded().filter((line) => line === 'kim review-due').length;
    assert.ok(asked >= 14 && asked <= 16, `asked ${asked} times`);
    // One more may be due before it is looked at again.
    assert.ok(reminders <= asked + 1, `${reminders} in all, ${asked} before`);
    assert.equal((await play.state()).review?.state, 'merged');
    assert.ok(play.timeline().some(({ text }) => text === 'Its review is published.'));
  });

  it('made private, it exports nothing more, and says what is out already', async () => {
    const play = await declare('private-now');
    await play.act('kim', FOLLOW_UP);
    await play.called('announceIncident', ({ tasks }) => tasks[0]?.issue !== undefined);

    await play.act('kim', { kind: 'make-private', reason: 'names' });
    await play.act('kim', { kind: 'task', text: 'secret follow-up', followUp: true });
    await play.act('kim', RESOLVE);
    await theatre.pass('10 minutes');

    assert.deepEqual(
      play.of('openIssue').map(({ task }) => task),
      ['t1'],
    );
    assert.deepEqual(play.of('proposeReview'), []);
    const told = play.of('tellRooms').find(({ message }) => message.glyph === '🔓');
    assert.deepEqual(told?.message.links, [
      { label: 'Issue of t1', url: 'https://github.test/acme/ops/issues/1' },
    ]);
  });

  it('asks nobody for a review that was closed without merging', async () => {
    const play = await declare('declined', { lookAtTracker: async () => ({ closed: [], review: 'closed' }) });
    await play.act('kim', RESOLVE);
    await play.act('kim', { kind: 'close' });

    await play.handle.result();

    assert.deepEqual(
      play.reminded().filter((line) => line.endsWith('review-due')),
      [],
    );
    assert.equal((await play.state()).review?.state, 'closed');
  });
});

function reviewOf(state: ProposedReview['state']): ProposedReview {
  return {
    repository: 'acme/reviews',
    number: 9,
    url: 'https://github.test/acme/reviews/pull/9',
    state,
    kept: false,
  };
}
