import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { deleteUpdate } from '../../workflows/environments/messages.ts';
import { workingActivities } from './fake-activities.ts';
import { openTheatre, type Theatre } from './theatre.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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
    const left = play.of('warnOfExpiry').map(({ leftMs }) => Math.round(leftMs / HOUR));
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
    const lived = (Date.parse(state.endedAt ?? '') - Date.parse(state.readyAt ?? '')) / HOUR;
    assert.equal(state.end, 'expired');
    // A day, and up to one window more.
    assert.ok(lived > 168 + 23.9 && lived < 168 + 26.1, `lived ${lived} hours`);
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

  it('stays responsible for a namespace that does not go away, with growing pauses', async () => {
    const at: number[] = [];
    const play = await theatre.playUntilReady('stuck', {
      activities: {
        teardown: async () => {
          at.push(await theatre.env.currentTimeMs());
          if (at.length === 2) throw ApplicationFailure.nonRetryable('may not delete', 'AdmissionDenied');
          return { gone: at.length === 10, blockers: ['Namespace env-stuck: finalizer example.com/keep'] };
        },
      },
    });

    await play.handle.executeUpdate(deleteUpdate, by('stuck'));
    await play.handle.result();

    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    // One is cut short, to tell in time.
    assert.ok(pauses.every((pause, index) => pause >= (pauses[index - 2] ?? 0) * 0.9));
    assert.ok((pauses.at(-1) ?? 0) >= HOUR);
    const shown = play.of('announce').flatMap(({ state }) => state?.leftovers ?? []);
    assert.ok(shown.includes('Namespace env-stuck: finalizer example.com/keep'));
    assert.ok(shown.includes('may not delete'));
    assert.equal((await play.state()).end, 'deleted');
  });

  it('tells of a removal that is stuck after five minutes, of one that stays so in the channels, and no more', async () => {
    const play = await theatre.playUntilReady('told', {
      activities: {
        teardown: async ({ state }) => {
          const lasted = (await theatre.env.currentTimeMs()) - Date.parse(state.removal?.since ?? '');
          return { gone: lasted > 5 * HOUR, blockers: ['Namespace env-told: finalizer example.com/keep'] };
        },
      },
    });

    await play.handle.executeUpdate(deleteUpdate, by('told'));
    await play.handle.result();

    const since = Date.parse((await play.state()).removal?.since ?? '');
    const told = play.of('announce').flatMap(({ state }) => state?.removal?.told ?? []);
    assert.deepEqual(told, ['requester', 'approval-channels', 'approval-channels']);
    const stuck = play.of('announce').find(({ state }) => state?.removal?.told === 'requester')?.state;
    assert.deepEqual(stuck?.leftovers, ['Namespace env-told: finalizer example.com/keep']);
    const during = play.of('teardown').find(({ state }) => state?.removal?.told === 'requester');
    assert.equal(during?.state?.phase, 'deleting');
    assert.ok(Date.parse((await play.state()).endedAt ?? '') - since > 5 * HOUR);
  });

  it('has the namespace say when it ends, and say so again when the end moves', async () => {
    let noted: string | undefined;
    const play = await theatre.playUntilReady('noted', {
      activities: {
        applyStep: async (input) => {
          noted = input.expiresAt ?? noted;
          return await workingActivities().applyStep(input);
        },
        // The last warning reaches nobody: the end is put off.
        warnOfExpiry: async ({ leftMs }) => {
          if (leftMs < 3 * HOUR) throw ApplicationFailure.nonRetryable('nobody to tell', 'Undeliverable');
        },
      },
    });

    const { expiresAt: first = '' } = await play.state();
    await play.handle.result();
    const [moved] = play.of('noteExpiry');

    assert.ok(Math.abs(Date.parse(first) - Date.parse(noted ?? '')) < MINUTE);
    assert.ok(Date.parse(moved?.state?.expiresAt ?? '') > Date.parse(first) + HOUR);
  });

  it('is said of an environment that failed as well, and not a second time of one that is ready', async () => {
    const failed = await theatre.play('noted-failed', {
      activities: {
        applyStep: async () => {
          throw ApplicationFailure.nonRetryable('no such image', 'WorkloadFailed');
        },
      },
    });
    const note = await failed.called('noteExpiry');
    const ready = await theatre.playUntilReady('noted-once');
    await ready.handle.executeUpdate(deleteUpdate, by('noted-once'));
    await ready.handle.result();

    assert.equal(note.state?.phase, 'failed');
    assert.deepEqual(ready.of('noteExpiry'), []);
  });

  it('tells in time of a removal that cannot even begin, because the cluster does not answer', async () => {
    const told: Record<string, number> = {};
    const play = await theatre.playUntilReady('unreachable', {
      activities: {
        teardown: async ({ state }) => {
          const lasted = (await theatre.env.currentTimeMs()) - Date.parse(state.removal?.since ?? '');
          if (lasted < HOUR) throw new Error('the cluster did not answer');
          return { gone: true, blockers: [] };
        },
        announce: async ({ state }) => {
          const { removal } = state;
          if (removal?.told !== undefined) {
            told[removal.told] ??= (await theatre.env.currentTimeMs()) - Date.parse(removal.since);
          }
          return { undelivered: [] };
        },
      },
    });

    await play.handle.executeUpdate(deleteUpdate, by('unreachable'));
    await play.handle.result();

    const { requester = 0, 'approval-channels': channels = 0 } = told;
    assert.ok(requester >= 5 * MINUTE && requester < 6 * MINUTE, `the requester heard after ${requester} ms`);
    assert.ok(channels >= 30 * MINUTE && channels < 31 * MINUTE, `the channels heard after ${channels} ms`);
    const heard = play.of('announce').find(({ state }) => state?.removal?.told === 'requester')?.state;
    assert.deepEqual(heard?.leftovers, ['the cluster did not answer']);
    assert.equal((await play.state()).end, 'deleted');
  });

  it('says nothing of a removal that is over before anybody would wonder', async () => {
    let attempts = 0;
    const play = await theatre.playUntilReady('soon-gone', {
      activities: {
        teardown: async () => {
          attempts += 1;
          return { gone: attempts > 2, blockers: ['Namespace env-soon-gone is still being removed'] };
        },
      },
    });

    await play.handle.executeUpdate(deleteUpdate, by('soon-gone'));
    await play.handle.result();

    assert.ok(play.of('announce').every(({ state }) => state?.removal?.told === undefined));
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
