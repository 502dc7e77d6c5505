import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { named } from '../../src/domain/ids.ts';
import { peopleOf } from './fake-incident-activities.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';
import { refusalOf } from './theatre.ts';

const MINUTE = 60_000;

describe('the escalation of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const minutesAfter = (start: string, then: string) =>
    Math.round((Date.parse(then) - Date.parse(start)) / MINUTE);

  it('goes through levels and loops, then the fallback, and stays open until somebody answers', async () => {
    const play = await theatre.declare('exhausted');

    await theatre.pass('24 minutes');
    const before = await play.state();
    await theatre.pass('2 minutes');
    const { escalations, times } = await play.state();
    await play.act('lee', { kind: 'acknowledge' });

    const [chain] = escalations;
    assert.deepEqual(
      chain?.pages.map(({ person, level, round }) => [person, level, round]),
      [
        ['kim', 1, 1],
        ['lee', 2, 1],
        ['kim', 1, 2],
        ['lee', 2, 2],
        ['ops-1', 3, 3],
      ],
    );
    assert.deepEqual(
      chain?.pages.map(({ at }) => minutesAfter(times.declaredAt, at)),
      [0, 5, 10, 15, 20],
    );
    assert.equal(before.escalations[0]?.exhausted, false);
    assert.deepEqual(before.escalations[0]?.next?.people, []);
    assert.equal(chain?.exhausted, true);
    assert.equal(chain?.next, undefined);
    assert.ok(play.told().some((headline) => headline.includes('Nobody answered the page of main')));
    assert.equal((await play.state()).escalations[0]?.acknowledged?.by, 'lee');
  });

  it('stops when somebody answers, and shows who and when', async () => {
    const play = await theatre.declare('answered');

    await theatre.pass('6 minutes');
    await play.act('lee', { kind: 'acknowledge' });
    const refusal = await refusalOf(play.act('kim', { kind: 'acknowledge' }));
    await theatre.pass('20 minutes');

    const { escalations, times } = await play.state();
    assert.deepEqual(play.paged(), ['kim', 'lee']);
    assert.equal(escalations[0]?.acknowledged?.by, 'lee');
    assert.equal(times.acknowledgedAt, escalations[0]?.acknowledged?.at);
    assert.equal(refusal.type, 'WrongState');
    assert.match(refusal.message, /^\u2068lee\u2069 has answered already/);
  });

  it('asks the next level at once when nobody is there, and says so', async () => {
    const play = await theatre.declare('nobody-there', {
      activities: { resolveTargets: async ({ targets }) => peopleOf(targets, {}) },
    });

    await play.called('page');

    assert.deepEqual(play.paged(), ['lee']);
    await theatre.pass('1 minute');
    const texts = play.timeline().map(({ text }) => text);
    assert.ok(texts.includes('Not found: schedule primary'));
    assert.ok(texts.some((text) => text.startsWith('Paged level 1 of main: there is nobody else')));
  });

  it('does not go round and round when there is nobody at all', async () => {
    const play = await theatre.declare('deserted', {
      input: { declaredBy: 'alerts' },
      activities: { resolveTargets: async () => ({ people: [], gaps: [] }) },
    });

    await theatre.pass('1 minute');

    const { escalations, resources } = await play.state();
    assert.equal(escalations[0]?.exhausted, true);
    assert.equal(play.paged().length, 0);
    assert.equal(play.timeline().filter(({ text }) => text.includes('nobody else to ask')).length, 3);
    assert.equal(resources.find(({ id }) => id === 'page')?.state, 'failed');
  });

  it('asks the next level at once when those asked cannot be reached', async () => {
    const play = await theatre.declare('unreachable', {
      activities: {
        page: async ({ record }) =>
          record.person === 'kim' ? { reached: false, reason: 'no account' } : { reached: true },
      },
    });

    await play.called('page', ({ escalations }) => (escalations[0]?.pages.length ?? 0) > 1);

    const { times, escalations } = await play.state();
    assert.equal(minutesAfter(times.declaredAt, escalations[0]?.pages[1]?.at ?? ''), 0);
    await theatre.pass('1 minute');
    assert.ok(
      play.timeline().some(({ text }) => text === `${named('kim')} could not be reached: no account`),
    );
  });

  it('goes on with the levels while chat is down, and sends nothing once it was answered', async () => {
    let down = true;
    const play = await theatre.declare('chat-down', {
      activities: {
        page: async () => {
          if (down) throw new Error('chat is down');
          return { reached: true };
        },
      },
    });

    await theatre.pass('7 minutes');
    const { escalations } = await play.state();
    await play.act('sam', { kind: 'acknowledge' });
    down = false;
    await theatre.pass('3 minutes');
    const sent = play.of('page').length;
    await theatre.pass('10 minutes');

    assert.deepEqual(
      escalations[0]?.pages.map(({ person }) => person),
      ['kim', 'lee'],
    );
    assert.equal(play.of('page').length, sent);
  });

  it('pages again when an answered incident is left alone, never once it is resolved', async () => {
    const play = await theatre.declare('left-alone', { input: { severity: 'sev2' } });
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' });
    await play.act('kim', { kind: 'acknowledge' });

    await theatre.pass('20 minutes');
    await play.act('kim', { kind: 'note', key: 'n1', text: 'looking' });
    await theatre.pass('25 minutes');
    const quiet = play.paged().length;
    await theatre.pass('6 minutes');
    const again = play.paged().length;
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await theatre.pass('3 hours');

    assert.equal(quiet, 1);
    assert.equal(again, 2);
    assert.equal(play.paged().length, again);
    const { escalations } = await play.state();
    assert.equal(escalations.length, 2);
    assert.equal(escalations[1]?.acknowledged?.by, 'kim');
  });

  it('finds out what was typed when it pages: a schedule, a team, a person', async () => {
    const play = await theatre.declare('by-hand', {
      input: { severity: 'sev3' },
      activities: {
        resolveTargets: async ({ targets }) =>
          'team' in (targets[0] ?? {}) ? { people: [], gaps: ['team'] } : peopleOf(targets, {}),
      },
    });

    await play.act('sam', { kind: 'page', target: 'ravi', message: 'Please look' });
    await play.called('page');
    const lost = await play.act('sam', { kind: 'page', target: 'nobody-known', message: '' });
    await theatre.pass('1 minute');

    const { escalations } = await play.state();
    assert.ok(lost > 0);
    assert.deepEqual(play.paged(), ['ravi']);
    assert.equal(escalations[0]?.message, 'Please look');
    assert.deepEqual(escalations[0]?.levels, [{ notify: [{ person: 'ravi' }], waitMs: 5 * MINUTE }]);
    assert.equal(escalations[1]?.exhausted, true);
    assert.equal(escalations[0]?.exhausted, false);
  });

  it('starts the path of a worse severity, and no second one beside it', async () => {
    const play = await theatre.declare('worse', { input: { severity: 'sev3' } });

    await play.act('sam', { kind: 'severity', to: 'sev2', reason: 'spreading' });
    await play.called('page');
    await play.act('sam', { kind: 'severity', to: 'sev1', reason: 'everywhere' });
    await theatre.pass('1 minute');
    const { escalations, update } = await play.state();

    assert.equal(escalations.length, 1);
    assert.match(escalations[0]?.message ?? '', /SEV2 now: spreading/);
    assert.notEqual(update.dueAt, undefined);
  });
});
