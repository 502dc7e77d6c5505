import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { deleteUpdate } from '../../workflows/environments/messages.ts';
import { openTheatre, type Theatre } from './theatre.ts';

const HOUR = 3_600_000;

describe('the end of an environment', () => {
  let theatre: Theatre;
  before(async () => {
    theatre = await openTheatre();
  });
  after(() => theatre.close());

  const by = (requestId: string, person = 'kim') => ({
    args: [{ requestId, person }] as [{ requestId: string; person: string }],
  });

  it('warns before it expires, then is deleted', async () => {
    const play = await theatre.playUntilReady('expired');

    await play.handle.result();

    const state = await play.state();
    assert.equal(state.end, 'expired');
    const left = play
      .of('warnOfExpiry')
      .map(({ input }) => Math.round((input as { leftMs: number }).leftMs / HOUR));
    assert.deepEqual(left, [48, 2]);
    assert.ok(Date.parse(state.endedAt ?? '') >= Date.parse(state.expiresAt ?? ''));
    assert.equal(
      Math.round((Date.parse(state.expiresAt ?? '') - Date.parse(state.readyAt ?? '')) / HOUR),
      168,
    );
  });

  it('is not deleted before the last warning got through', async () => {
    let tries = 0;
    const play = await theatre.playUntilReady('unwarned', {
      activities: {
        warnOfExpiry: async () => {
          tries += 1;
          if (tries <= 3) throw ApplicationFailure.nonRetryable('channel archived', 'Undeliverable');
        },
      },
    });

    await play.handle.result();

    const state = await play.state();
    const lived = Date.parse(state.endedAt ?? '') - Date.parse(state.readyAt ?? '');
    assert.equal(state.end, 'expired');
    assert.equal(tries, 4);
    assert.equal(state.unwarnedSince, undefined);
    // The first, two days before, is let go; the last is tried three times, each putting the end off by its window.
    assert.equal(Math.round(lived / HOUR), 168 + 2 * 2);
  });

  it('expires after a day in which the last warning reached nobody', async () => {
    const play = await theatre.playUntilReady('unreachable', {
      activities: {
        warnOfExpiry: async () => {
          throw ApplicationFailure.nonRetryable('channel archived', 'Undeliverable');
        },
      },
    });

    await play.handle.result();

    const state = await play.state();
    const lived = Date.parse(state.endedAt ?? '') - Date.parse(state.readyAt ?? '');
    assert.equal(state.end, 'expired');
    assert.equal(Math.round(lived / HOUR), 168 + 24);
    const [teardown] = play.of('teardown');
    const since = Date.parse(teardown?.state?.unwarnedSince ?? '') - Date.parse(state.readyAt ?? '');
    assert.equal(Math.round(since / HOUR), 166);
  });

  it('puts the end off by the last window when chat took the warning too late', async () => {
    const play = await theatre.playUntilReady('late', {
      input: { lifecycle: { ttlMs: 4 * HOUR, warnMs: [5 * 60_000] } },
      activities: {
        warnOfExpiry: async ({ state }) => {
          const left = Date.parse(state.expiresAt ?? '') - (await theatre.env.currentTimeMs());
          if (left > 4 * 60_000) throw new Error('chat is down');
        },
      },
    });

    await play.handle.result();

    const state = await play.state();
    const lived = Date.parse(state.endedAt ?? '') - Date.parse(state.readyAt ?? '');
    assert.equal(state.end, 'expired');
    assert.ok(lived > 4 * HOUR + 30_000, `lived ${lived} ms`);
  });

  it('goes on when chat is down, and shows the end of it once it is back', async () => {
    const back = Promise.withResolvers<void>();
    const play = await theatre.play('silent', {
      activities: {
        announce: async () => {
          await back.promise;
          return { undelivered: [] };
        },
      },
    });
    await play.called('announce', ({ phase }) => phase === 'ready');

    await play.handle.executeUpdate(deleteUpdate, by('silent'));
    await play.called('settle');
    back.resolve();
    await play.handle.result();

    assert.deepEqual(
      play.of('announce').map(({ state }) => state?.phase),
      ['ready', 'gone'],
    );
  });
});
