import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { HOUR_MS } from '../support/grant-samples.ts';
import { type GrantTheatre, openGrantTheatre } from './grant-theatre.ts';

const TWO_SYSTEMS = [
  { system: 'cluster', group: 'edit', scope: 'default' },
  { system: 'sso', group: 'on-duty' },
];

describe('a grant while systems are in trouble', () => {
  let theatre: GrantTheatre;
  before(async () => {
    theatre = await openGrantTheatre();
  });
  after(() => theatre.close());

  it('takes everything back when a part is refused for good, and says why', async () => {
    const play = await theatre.ask('kim-failed', {
      entitlement: { approval: [], gives: TWO_SYSTEMS.toReversed() },
      activities: {
        giveHolding: async ({ system }) => {
          if (system === 'cluster')
            throw ApplicationFailure.nonRetryable('cluster refuses it (400)', 'SystemRefused');
        },
        readHolding: async () => true,
        planHolding: async () => ({ held: false, elsewhere: false }),
      },
    });

    await play.handle.result();

    const { end, trouble, holdings, activatedAt } = await play.state();
    assert.equal(end, 'failed');
    assert.match(trouble ?? '', /cluster refuses it/);
    assert.equal(activatedAt, undefined);
    assert.deepEqual(
      holdings.map(({ state }) => state),
      ['revoked', 'revoked'],
    );
    assert.deepEqual(
      play
        .done()
        .filter((what) => !what.startsWith('end'))
        .toSorted(),
      ['give cluster edit', 'give sso on-duty', 'take cluster edit', 'take sso on-duty'],
    );
  });

  it('waits for a system that is down, says so, and counts from when all is there', async () => {
    let downUntil = 0;
    const play = await theatre.ask('kim-down', {
      entitlement: { approval: [] },
      input: { durationMs: 4 * HOUR_MS },
      activities: {
        giveHolding: async () => {
          const now = await theatre.env.currentTimeMs();
          downUntil ||= now + HOUR_MS;
          if (now < downUntil) throw new Error('does not answer');
        },
        readHolding: async () => true,
      },
    });

    await play.handle.result();

    const state = await play.state();
    assert.equal(state.end, 'expired');
    const stuck = play.of('showGrant').find(({ state: { holdings } }) => holdings[0]?.state === 'stuck');
    assert.match(stuck?.state.holdings[0]?.trouble ?? '', /does not answer/);
    assert.ok(Date.parse(stuck?.state.holdings[0]?.nextTryAt ?? '') > 0);
    const { activatedAt = '', endsAt = '' } = state;
    assert.ok(Date.parse(activatedAt) >= downUntil);
    assert.equal(Date.parse(endsAt) - Date.parse(activatedAt), 4 * HOUR_MS);
  });

  it('gives up when it cannot be given in time, and takes back what there is', async () => {
    const play = await theatre.ask('kim-never', {
      entitlement: { approval: [], gives: TWO_SYSTEMS },
      activities: {
        giveHolding: async ({ system }) => {
          if (system === 'sso') throw new Error('does not answer');
        },
        readHolding: async () => true,
        planHolding: async () => ({ held: false, elsewhere: false }),
      },
    });

    await play.handle.result();

    const { end, trouble, requestedAt, endedAt } = await play.state();
    assert.equal(end, 'failed');
    assert.match(trouble ?? '', /could not be given in time/);
    assert.ok(Date.parse(endedAt ?? '') - Date.parse(requestedAt) < 4 * HOUR_MS);
    assert.ok(play.done().includes('take cluster edit'));
  });

  it('takes it away however long a system is down at the end, and shows it until then', async () => {
    let downUntil = 0;
    const play = await theatre.ask('kim-stuck', {
      entitlement: { approval: [], gives: TWO_SYSTEMS },
      activities: {
        takeHolding: async ({ system }) => {
          const now = await theatre.env.currentTimeMs();
          downUntil ||= now + 2 * 24 * HOUR_MS;
          if (system === 'sso' && now < downUntil) throw new Error('does not answer');
        },
        planHolding: async () => ({ held: false, elsewhere: false }),
        releaseHolding: async () => ({
          isShared: false,
          isKept: false,
          remembers: true,
          sessions: false,
          outlasts: ['an open shell'],
        }),
      },
    });

    await play.handle.result();

    const { end, holdings, endsAt, endedAt } = await play.state();
    assert.equal(end, 'expired');
    assert.deepEqual(
      holdings.map(({ state }) => state),
      ['revoked', 'revoked'],
    );
    assert.deepEqual(holdings[0]?.outlasts, ['an open shell']);
    assert.ok(Date.parse(endedAt ?? '') >= downUntil);
    const other = play.of('noteRevoked').findIndex(({ place }) => place.system === 'cluster');
    assert.equal(other, 0);
    const shown = play.of('showGrant').map(({ state }) => state.holdings.map((holding) => holding.state));
    assert.ok(
      shown.some((states) => states.join() === 'revoked,stuck'),
      JSON.stringify(shown),
    );
    assert.ok(Date.parse(endedAt ?? '') - Date.parse(endsAt ?? '') < 2.1 * 24 * HOUR_MS);
    assert.equal(play.of('endSessions').length, 0);
  });

  it('looks whether it is really gone before it says so', async () => {
    let looks = 0;
    const play = await theatre.ask('kim-lags', {
      entitlement: { approval: [] },
      activities: {
        readHolding: async () => true,
        planHolding: async () => {
          looks += 1;
          return { held: looks > 1 && looks < 4, elsewhere: false };
        },
      },
    });

    await play.handle.result();

    assert.equal(looks, 4);
    assert.equal(play.of('noteRevoked').length, 1);
  });
});
