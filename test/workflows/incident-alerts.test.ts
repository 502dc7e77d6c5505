import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { AlertSummary } from '../../src/domain/incidents.ts';
import { alertsChangedSignal } from '../../workflows/incidents/messages.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';
import { refusalOf } from './theatre.ts';

describe('the alerts of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  /** An incident whose alerts are what the test says. */
  async function monitored(requestId: string) {
    let summary = alerts(1, 1);
    let down = false;
    const play = await theatre.declare(requestId, {
      input: { declaredBy: 'alerts' },
      activities: {
        readAlerts: async () => {
          if (down) throw new Error('the database is down');
          return summary;
        },
      },
    });
    return {
      ...play,
      async fire(firing: number, total: number) {
        summary = alerts(firing, total);
        await play.handle.signal(alertsChangedSignal);
        await theatre.pass('20 seconds');
      },
      breakDown(isDown: boolean) {
        down = isDown;
      },
    };
  }

  it('reads a storm of signals a few times, and says it once', async () => {
    const play = await monitored('storm');

    for (let batch = 0; batch < 20; batch += 1) {
      await Promise.all(Array.from({ length: 25 }, () => play.handle.signal(alertsChangedSignal)));
    }
    await play.fire(500, 500);

    const { alerts, entries } = await play.state();
    assert.equal(alerts?.total, 500);
    assert.ok(play.of('readAlerts').length <= 4, `${play.of('readAlerts').length} readings`);
    assert.equal(play.timeline().filter(({ kind }) => kind === 'alert').length, 1);
    assert.ok(entries < 20, `${entries} entries`);
    const { events = [] } = await play.handle.fetchHistory();
    const own = events?.filter(({ eventType }) => eventType !== 26 && ![5, 6, 7].includes(Number(eventType)));
    assert.ok((own?.length ?? 0) < 200, `${own?.length} events`);
  });

  it('counts all resolved as an answer to the page, and suggests to resolve', async () => {
    const play = await monitored('over');
    await play.fire(3, 3);

    await play.fire(0, 3);

    const { escalations, times, status } = await play.state();
    assert.equal(escalations[0]?.acknowledged?.by, 'alerts');
    assert.notEqual(times.acknowledgedAt, undefined);
    assert.equal(status, 'declared');
    assert.deepEqual(play.told(), ['All its alerts have resolved. If it is over, /incident resolve.']);
    // What is over wakes nobody again.
    const paged = play.paged().length;
    await theatre.pass('4 minutes');
    assert.equal(play.paged().length, paged);
  });

  it('suggests to reopen when it fires again soon after it was resolved', async () => {
    const play = await monitored('flapping');
    await play.fire(1, 1);
    await play.fire(0, 1);
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });

    await play.fire(1, 2);
    await play.act('kim', { kind: 'reopen', reason: 'it is back' });

    assert.ok(play.reminded().includes('kim alert-again'));
    assert.ok(play.told().includes('It fires again. If it is not over, /incident reopen.'));
    const { status, times, resolution } = await play.state();
    assert.equal(status, 'triaging');
    assert.equal(times.resolvedAt, undefined);
    assert.equal(resolution, undefined);
    assert.equal(play.of('closeAlerts').length, 0);
  });

  it('lets go of its alerts once it has stayed quiet after resolving', async () => {
    const play = await monitored('quiet');
    await play.fire(1, 1);
    await play.fire(0, 1);
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });

    await theatre.pass('14 minutes');
    const early = play.of('closeAlerts').length;
    await theatre.pass('2 minutes');

    assert.equal(early, 0);
    assert.equal(play.of('closeAlerts').length, 1);
  });

  it('catches up once the store answers again', async () => {
    const play = await monitored('store-down');

    play.breakDown(true);
    await play.fire(2, 2);
    play.breakDown(false);
    await theatre.pass('1 minute');

    assert.equal((await play.state()).alerts?.firing, 2);
  });

  it('silences what they have in common, and says so when that fails', async () => {
    const play = await monitored('silenced');
    const tooEarly = await refusalOf(play.act('kim', { kind: 'silence', ms: 3_600_000, comment: 'known' }));
    await play.fire(1, 1);

    await play.act('kim', { kind: 'silence', ms: 3_600_000, comment: 'known' });
    await play.called('announceIncident', ({ silences }) => silences.length > 0);

    assert.equal(tooEarly.type, 'WrongState');
    const { silences } = await play.state();
    assert.deepEqual(silences, [
      { id: 'silence-1', until: '2030-01-01T00:00:00.000Z', by: 'kim', comment: 'known' },
    ]);
    assert.equal(play.of('silenceAlerts')[0]?.ms, 3_600_000);
  });
});

function alerts(firing: number, total: number): AlertSummary {
  return {
    firing,
    total,
    repeats: 0,
    names: ['CheckoutDown'],
    matchers: [{ name: 'service', value: 'checkout' }],
  };
}
