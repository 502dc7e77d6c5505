import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import {
  type Activities,
  type DeparturePlay,
  type DepartureTheatre,
  openDepartureTheatre,
} from './departure-theatre.ts';
import { refusalOf } from './theatre.ts';

const DAY = 86_400_000;
const ASK = { because: 'an administrator approves', needed: 1, approvers: ['ravi', 'noor'] };

describe('who decides that somebody leaves', () => {
  let theatre: DepartureTheatre;
  before(async () => {
    theatre = await openDepartureTheatre();
  });
  after(() => theatre.close());

  async function ask(
    person: string,
    activities: Partial<Activities> = {},
    at?: string,
  ): Promise<DeparturePlay> {
    const play = await theatre.leave(person, { activities, input: { at } });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval' || phase === 'ended');
    return play;
  }

  const inDays = async (days: number) =>
    new Date((await theatre.env.currentTimeMs()) + days * DAY).toISOString();

  it('is neither who asked nor who leaves', async () => {
    const play = await ask('leaver');

    const own = await refusalOf(play.vote('lee'));
    const leaver = await refusalOf(play.vote('leaver'));
    await play.vote('ravi', 'deny');
    await play.handle.result();

    assert.deepEqual([own.type, leaver.type], ['SelfDecision', 'SelfDecision']);
    assert.match(leaver.message, /about you/);
    assert.equal(play.of('authorizeDepartureVote').length, 1);
  });

  it('denies with one vote, and nothing is taken', async () => {
    const play = await ask('denied');

    await play.vote('ravi', 'deny');
    await play.handle.result();

    const { end, approval } = await play.state();
    assert.deepEqual([end, approval.decision?.by], ['denied', ['ravi']]);
    assert.equal(play.of('takeHolding').length, 0);
    assert.equal(play.of('settleDeparture').length, 1);
  });

  it('is not somebody whom the rules do not let, and it stays open', async () => {
    const play = await ask('forbidden', {
      authorizeDepartureVote: async ({ vote }) => {
        if (vote.person === 'kim') throw ApplicationFailure.nonRetryable('You may not', 'Forbidden');
      },
    });

    const refusal = await refusalOf(play.vote('kim'));
    const { phase } = await play.state();
    await play.vote('noor');
    await play.handle.result();

    assert.deepEqual([refusal.type, phase], ['Forbidden', 'awaiting-approval']);
    assert.equal((await play.state()).end, 'done');
  });

  it('is one of two who answer at once, the other of whom reads so', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await ask('race', { authorizeDepartureVote: () => gate.promise });

    const votes = [play.vote('ravi'), play.vote('noor', 'deny')];
    await play.called('authorizeDepartureVote');
    gate.resolve();
    const results = await Promise.allSettled(votes);
    await play.handle.result();

    const { approval } = await play.state();
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(approval.votes.length, 1);
  });

  it('is two of them where so many leave', async () => {
    const play = await ask('two', { admitDeparture: async () => ({ ...ASK, needed: 2 }) });

    await play.vote('ravi');
    await play.vote('ravi');
    const half = (await play.state()).phase;
    await play.vote('noor');
    await play.handle.result();

    const { approval, end } = await play.state();
    assert.deepEqual([half, end], ['awaiting-approval', 'done']);
    assert.deepEqual(approval.decision?.by, ['ravi', 'noor']);
  });

  it('is asked again when who approved has left before the time came', async () => {
    const play = await ask(
      'approver-left',
      {
        confirmDeparture: async ({ state }) => ({
          ...ASK,
          approvers: ['noor'],
          standing: state.approval.votes.map(({ person }) => person).filter((person) => person !== 'ravi'),
        }),
      },
      await inDays(1),
    );
    await play.vote('ravi');
    await theatre.pass('25 hours');
    const reopened = await play.state();

    const stale = await refusalOf(play.vote('noor', 'approve', 1));
    await play.vote('noor', 'approve', 2);
    await play.handle.result();

    assert.deepEqual([reopened.phase, reopened.round, reopened.approval.votes], ['awaiting-approval', 2, []]);
    assert.equal(reopened.approval.decision, undefined);
    assert.equal(stale.type, 'StaleRequest');
    assert.equal((await play.state()).end, 'done');
  });

  it('is asked whether that is meant when too many would leave at once', async () => {
    const play = await ask('crowd', {
      confirmDeparture: async ({ state }) => ({
        ...ASK,
        needed: 2,
        standing: state.approval.votes.map(({ person }) => person),
        ...(state.crowd === undefined ? { crowd: 7 } : {}),
      }),
    });
    await play.vote('ravi');
    await play.called('showDeparture', ({ round }) => round === 2);
    const held = await play.state();

    await play.vote('ravi', 'approve', 2);
    const half = play.of('takeHolding').length;
    await play.vote('noor', 'approve', 2);
    await play.handle.result();

    assert.deepEqual([held.crowd, held.approval.votes, half], [7, [], 0]);
    assert.equal((await play.state()).end, 'done');
  });

  it('are reminded every day, and after three it is over', async () => {
    const play = await ask('forgotten');

    await play.handle.result();

    const { end, approval } = await play.state();
    assert.deepEqual([end, approval.decision?.outcome], ['timed-out', 'timed-out']);
    assert.deepEqual(
      play.of('remindOfDeparture').map(({ daysLeft }) => daysLeft),
      [2, 1],
    );
    assert.equal(play.of('takeHolding').length, 0);
  });

  it('is nobody where it is refused at once, and the card says why', async () => {
    const play = await ask('refused', {
      admitDeparture: async () => {
        const trouble = { reason: 'Kim is protected.', next: 'Ask first.', events: [] };
        throw ApplicationFailure.create({ type: 'Forbidden', nonRetryable: true, details: [trouble] });
      },
    });
    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.deepEqual([end, trouble], ['refused', 'Kim is protected. Ask first.']);
  });

  it('can be taken back until it begins', async () => {
    const play = await ask('withdrawn', {}, await inDays(5));
    await play.vote('ravi');

    await play.act('lee', 'withdraw');
    await play.handle.result();

    const { end, endedBy } = await play.state();
    assert.deepEqual([end, endedBy], ['withdrawn', 'lee']);
    assert.equal(play.of('takeHolding').length, 0);
  });

  it('is nobody any more when an operator cancels it, and what has begun goes on all the same', async () => {
    const waiting = await ask('cancelled', {}, await inDays(5));
    await waiting.handle.cancel();
    await waiting.handle.result();
    const begun = await ask('cancelled-late');
    await begun.vote('ravi');
    await begun.called('certifyDeparture');
    await begun.handle.cancel();
    await begun.handle.result();

    assert.equal((await waiting.state()).end, 'withdrawn');
    assert.equal((await begun.state()).end, 'done');
    assert.equal(begun.hasAnything(), false);
  });
});
