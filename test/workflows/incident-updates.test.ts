import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { sampleRules } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

const MINUTE = 60_000;

describe('the updates of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  /** Answered and led, so that only updates are asked for. */
  async function led(requestId: string): Promise<IncidentPlay> {
    const rules = sampleRules();
    const timers = { ...rules.timers, pageAgain: 1_000 * MINUTE };
    const play = await theatre.declare(requestId, { input: { rules: { ...rules, timers } } });
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' });
    await play.act('kim', { kind: 'acknowledge' });
    return play;
  }

  const asked = (play: IncidentPlay) => play.reminded().filter((line) => line.endsWith('update-due'));
  const minutesUntil = async (play: IncidentPlay) => {
    const { update } = await play.state();
    return Math.round((Date.parse(update.dueAt ?? '') - (await theatre.env.currentTimeMs())) / MINUTE);
  };

  it('asks the lead, then the next on call, then pages the path, then begins anew', async () => {
    const play = await led('chain');

    await theatre.pass('31 minutes');
    const first = await play.state();
    await theatre.pass('10 minutes');
    const second = await play.state();
    const pages = play.paged().length;
    await theatre.pass('10 minutes');
    const third = await play.state();
    await theatre.pass('10 minutes');

    assert.deepEqual(asked(play), ['kim update-due', 'lee update-due', 'kim update-due']);
    assert.equal(first.update.stage, 'asked');
    assert.equal(first.update.then, 'lee');
    assert.equal(second.update.stage, 'deputy-asked');
    assert.equal(second.update.missed, 1);
    assert.equal(third.update.stage, 'path-paged');
    assert.equal(pages, 1);
    assert.equal(third.escalations.length, 2);
    assert.match(third.escalations[1]?.message ?? '', /The update due at .* did not come/);
  });

  it('asks communications first where somebody has that role, and the lead after them', async () => {
    const play = await led('comms');
    await play.act('noor', { kind: 'role', role: 'comms', person: 'noor' });

    const { update } = await until(play, ({ update }) => update.by === 'noor');
    await theatre.pass('41 minutes');

    assert.equal(update.then, 'kim');
    assert.deepEqual(asked(play), ['noor update-due', 'kim update-due']);
  });

  it('counts from the last update, whichever way it came', async () => {
    const play = await led('counted');

    await theatre.pass('20 minutes');
    await play.act('kim', { kind: 'update', what: 'rolled back', impact: 'nobody can pay' });
    assert.equal(await minutesUntil(play), 30);
    await theatre.pass('31 minutes');
    await play.act('kim', { kind: 'status', to: 'monitoring', note: 'better' });
    const { update, times } = await play.state();

    assert.equal(update.kept, 2);
    assert.equal(update.missed, 0);
    assert.equal(update.stage, 'quiet');
    assert.equal(update.last?.what, 'better');
    assert.equal(update.last?.impact, 'nobody can pay');
    assert.notEqual(times.mitigatedAt, undefined);
    assert.equal(await minutesUntil(play), 30);
  });

  it('counts what came too late as missed, once', async () => {
    const play = await led('late');

    await theatre.pass('45 minutes');
    await play.act('kim', { kind: 'update', what: 'here it is', nextMs: 90 * MINUTE });
    const { update } = await play.state();

    assert.deepEqual([update.kept, update.missed], [0, 1]);
    assert.equal(await minutesUntil(play), 90);
  });

  it('is quiet while it is snoozed, and begins with the first person after that', async () => {
    const play = await led('snoozed');

    await theatre.pass('32 minutes');
    await play.act('kim', { kind: 'snooze', ms: 60 * MINUTE, reason: 'waiting for the vendor' });
    await theatre.pass('55 minutes');
    const before = asked(play).length;
    await theatre.pass('6 minutes');

    assert.equal(before, 1);
    assert.deepEqual(asked(play), ['kim update-due', 'kim update-due']);
    assert.equal((await play.state()).update.snooze, undefined);
    assert.ok(play.timeline().some(({ text }) => text.endsWith('waiting for the vendor')));
  });

  it('goes by the cadence of the new severity', async () => {
    const play = await led('recounted');

    await theatre.pass('10 minutes');
    await play.act('kim', { kind: 'severity', to: 'sev2', reason: 'less' });
    const slower = await minutesUntil(play);
    await theatre.pass('45 minutes');
    await play.act('kim', { kind: 'severity', to: 'sev1', reason: 'more' });
    const overdue = await minutesUntil(play);
    await play.act('kim', { kind: 'severity', to: 'sev3', reason: 'much less' });

    assert.equal(slower, 50);
    assert.equal(overdue, 10);
    assert.equal((await play.state()).update.dueAt, undefined);
  });

  it('asks nobody for anything once it is resolved', async () => {
    const play = await led('over');

    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await theatre.pass('3 hours');

    const { update } = await play.state();
    assert.deepEqual(asked(play), []);
    assert.equal(update.dueAt, undefined);
    assert.equal(update.by, undefined);
  });

  async function until(
    play: IncidentPlay,
    fits: (state: Awaited<ReturnType<IncidentPlay['state']>>) => boolean,
  ) {
    const { state } = await play.called('announceIncident', fits);
    return state;
  }
});
