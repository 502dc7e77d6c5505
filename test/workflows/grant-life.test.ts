import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { GrantState } from '../../src/domain/access.ts';
import { goneSignal } from '../../workflows/access/messages.ts';
import { HOUR_MS } from '../support/grant-samples.ts';
import { type GrantTheatre, openGrantTheatre, stageOf } from './grant-theatre.ts';
import { refusalOf } from './theatre.ts';

const MINUTE_MS = 60_000;
const isActive = ({ phase }: GrantState) => phase === 'active';
const isAsked = ({ stages }: GrantState) => stages[0]?.deadline !== undefined;
const EDIT = { kind: 'group', group: 'edit', scope: 'default' } as const;
const TWO_SYSTEMS = [
  { system: 'cluster', group: 'edit', scope: 'default' },
  { system: 'sso', group: 'on-duty' },
];

describe('the life of a grant', () => {
  let theatre: GrantTheatre;
  before(async () => {
    theatre = await openGrantTheatre();
  });
  after(() => theatre.close());

  it('is armed, given, read back, warned of and taken away again', async () => {
    const play = await theatre.ask('kim-expired', { entitlement: { approval: [] } });

    await play.handle.result();

    const state = await play.state();
    assert.deepEqual([state.phase, state.end], ['ended', 'expired']);
    assert.deepEqual(play.done(), ['give cluster edit', 'take cluster edit', 'end sessions in cluster edit']);
    const order = play.calls.map(({ activity }) => activity);
    assert.ok(order.indexOf('recheckGrant') < order.indexOf('planHolding'));
    assert.ok(order.indexOf('planHolding') < order.indexOf('armGrant'));
    assert.ok(order.indexOf('armGrant') < order.indexOf('giveHolding'));
    assert.ok(order.indexOf('releaseHolding') < order.indexOf('takeHolding'));
    assert.ok(order.indexOf('noteRevoked') > order.lastIndexOf('planHolding'));
    assert.equal(order.filter((activity) => activity === 'settleGrant').length, 1);
    const { activatedAt = '', endsAt = '', endedAt = '' } = state;
    assert.equal(Date.parse(endsAt) - Date.parse(activatedAt), 2 * HOUR_MS);
    assert.ok(Date.parse(endedAt) - Date.parse(endsAt) < MINUTE_MS);
    assert.deepEqual(
      play.of('holdGrant').map((input) => input.endsAt),
      [endsAt],
    );
    assert.equal(play.of('warnOfGrantEnd').length, 1);
    assert.equal(play.of('showGrant').at(-1)?.state.phase, 'ended');
  });

  it('warns of the last tenth, or the last five minutes, once', async () => {
    const warnedAt: number[] = [];
    const play = await theatre.ask('kim-warned', {
      entitlement: { approval: [] },
      input: { durationMs: 10 * MINUTE_MS },
      activities: {
        warnOfGrantEnd: async () => void warnedAt.push(await theatre.env.currentTimeMs()),
      },
    });
    await play.handle.result();
    const { endsAt = '' } = await play.state();
    const short = await theatre.ask('kim-short', {
      entitlement: { approval: [] },
      input: { durationMs: 4 * MINUTE_MS },
    });
    await short.handle.result();

    assert.equal(warnedAt.length, 1);
    const left = Date.parse(endsAt) - (warnedAt[0] ?? 0);
    assert.ok(left > 4 * MINUTE_MS && left <= 5 * MINUTE_MS, `${left}`);
    assert.equal(short.of('warnOfGrantEnd').length, 0);
  });

  it('is refused where it may not be asked for, and says why', async () => {
    const play = await theatre.ask('kim-refused', {
      activities: {
        admitGrant: async () => {
          throw ApplicationFailure.nonRetryable('Kim is not among those it is for.', 'Forbidden');
        },
      },
    });

    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.equal(end, 'refused');
    assert.match(trouble ?? '', /not among those/);
    assert.deepEqual(play.done(), []);
  });

  it('keeps what they have anyway, and never takes it', async () => {
    const play = await theatre.ask('kim-elsewhere', {
      entitlement: { approval: [], gives: TWO_SYSTEMS },
      activities: {
        planHolding: async ({ system }) => ({ held: system === 'sso', elsewhere: system === 'sso' }),
      },
    });

    await play.handle.result();

    const { end, holdings } = await play.state();
    assert.equal(end, 'expired');
    assert.deepEqual(
      holdings.map(({ state }) => state),
      ['revoked', 'elsewhere'],
    );
    assert.ok(!play.done().some((what) => what.includes('sso')), play.done().join());
  });

  it('keeps what their role gave them through Purser before, and ends all the same', async () => {
    const play = await theatre.ask('kim-by-role', {
      entitlement: { approval: [], gives: TWO_SYSTEMS },
      activities: { planHolding: async ({ system }) => ({ held: system === 'sso', elsewhere: false }) },
    });

    await play.handle.result();

    const { end, holdings } = await play.state();
    assert.equal(end, 'expired');
    assert.deepEqual(
      holdings.map(({ state }) => state),
      ['revoked', 'elsewhere'],
    );
    assert.ok(!play.done().some((what) => what.includes('sso')), play.done().join());
  });

  it('is nothing to give where they have all of it', async () => {
    for (const [person, elsewhere] of [
      ['kim-all', true],
      ['kim-all-by-role', false],
    ] as const) {
      const play = await theatre.ask(person, {
        entitlement: { approval: [] },
        activities: { planHolding: async () => ({ held: true, elsewhere }) },
      });

      await play.handle.result();

      const { end, trouble } = await play.state();
      assert.equal(end, 'refused');
      assert.match(trouble ?? '', /have all of it anyway/);
      assert.deepEqual(play.done(), []);
    }
  });

  it('ends at once when who has it gives it back, or somebody who may takes it', async () => {
    for (const [person, by, how] of [
      ['kim-returns', 'kim-returns', 'returned'],
      ['kim-loses', 'ravi', 'revoked'],
    ] as const) {
      const play = await theatre.ask(person, {
        entitlement: { approval: [] },
        input: { durationMs: 8 * HOUR_MS },
      });
      await play.called('showGrant', isActive);

      await play.end(by);
      await play.end('lee');
      await play.handle.result();

      const { end, endedBy, endsAt, endedAt } = await play.state();
      assert.deepEqual([end, endedBy], [how, by]);
      assert.ok(Date.parse(endedAt ?? '') < Date.parse(endsAt ?? ''));
      assert.ok(play.done().includes('take cluster edit'));
    }
  });

  it('ends when a system does not show it any more, with everything else it gave and whoever waits for more time', async () => {
    const play = await theatre.ask('kim-gone', {
      entitlement: { approval: [stageOf(['lee'])], gives: TWO_SYSTEMS },
      input: { durationMs: 8 * HOUR_MS },
    });
    const gone = () => play.handle.signal(goneSignal, { system: 'cluster', holding: EDIT });
    await play.called('askGrantApprovers', isAsked);
    await gone();
    await play.vote('lee');
    await play.called('showGrant', isActive);
    await play.extend('more', HOUR_MS);

    await gone();
    await gone();
    await play.handle.result();

    const { end, endedBy, endReason, extensions, endsAt, endedAt } = await play.state();
    assert.deepEqual([end, endedBy, endReason], ['outside', undefined, 'cluster does not show it any more.']);
    assert.equal(extensions[0]?.outcome, 'too-late');
    assert.ok(Date.parse(endedAt ?? '') < Date.parse(endsAt ?? ''));
    assert.ok(play.done().includes('take sso on-duty'));
    assert.equal(play.of('noteRevoked').length, 2);
  });

  it('is not ended by somebody who may not', async () => {
    const play = await theatre.ask('kim-keeps', {
      entitlement: { approval: [] },
      activities: {
        authorizeGrantEnd: async () => {
          throw ApplicationFailure.nonRetryable('You may not do that.', 'Forbidden');
        },
      },
    });
    await play.called('showGrant', isActive);

    const refusal = await refusalOf(play.end('sam'));
    await play.handle.result();

    assert.equal(refusal.type, 'Forbidden');
    assert.equal((await play.state()).end, 'expired');
  });

  it('is taken back when it is withdrawn while it is being given', async () => {
    const reached = Promise.withResolvers<void>();
    const play = await theatre.ask('kim-changes-mind', {
      entitlement: { approval: [], gives: TWO_SYSTEMS },
      activities: {
        giveHolding: async ({ system }) => {
          if (system === 'cluster') return;
          reached.resolve();
          throw new Error('does not answer');
        },
        readHolding: async () => true,
        planHolding: async () => ({ held: false, elsewhere: false }),
      },
    });
    await reached.promise;

    await play.end('kim-changes-mind');
    await play.handle.result();

    const { end, holdings, activatedAt } = await play.state();
    assert.equal(end, 'withdrawn');
    assert.equal(activatedAt, undefined);
    assert.deepEqual(
      holdings.map(({ state }) => state),
      ['revoked', 'revoked'],
    );
  });

  it('is refused beside what excludes it and was given by somebody else', async () => {
    const rival = {
      title: 'Pays',
      gives: [{ system: 'sso', holding: { kind: 'group' as const, group: 'pays' } }],
    };
    const play = await theatre.ask('kim-rival', {
      activities: {
        admitGrant: async () => ({ stages: [], rivals: [rival] }),
        readHolding: async () => true,
      },
    });

    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.equal(end, 'refused');
    assert.match(trouble ?? '', /together with “Pays”, which they have/);
  });

  it('is ended and taken away when an operator cancels the workflow', async () => {
    const play = await theatre.ask('kim-cancelled', { entitlement: { approval: [] } });
    await play.called('showGrant', isActive);

    await play.handle.cancel();
    await play.handle.result();

    const { end, endedBy } = await play.state();
    assert.deepEqual([end, endedBy], ['revoked', 'purser']);
    assert.ok(play.done().includes('take cluster edit'));
  });

  it('is withdrawn before anybody has decided', async () => {
    const play = await theatre.ask('kim-withdrawn');
    await play.called('askGrantApprovers', isAsked);

    await play.end('kim-withdrawn');
    await play.handle.result();

    const { end, endedBy } = await play.state();
    assert.deepEqual([end, endedBy], ['withdrawn', 'kim-withdrawn']);
    assert.deepEqual(play.done(), []);
  });
});
