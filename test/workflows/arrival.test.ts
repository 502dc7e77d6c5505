import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { HoldingStep } from '../../src/domain/people-requests.ts';
import { linkedSignal, moveArrivalUpdate, withdrawRequestUpdate } from '../../workflows/users/messages.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeSystems, inWords } from './fake-request-activities.ts';
import { openRequestTheatre, type RequestTheatre } from './request-theatre.ts';
import { refusalOf } from './theatre.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const approval = { approvers: ['ravi'], because: 'an administrator decides' };

const account = (system: string): HoldingStep => ({
  system,
  holding: { kind: 'account' },
  want: 'held',
  state: 'waiting',
});
const group = (system: string, name: string): HoldingStep => ({
  ...account(system),
  holding: { kind: 'group', group: name },
});
const STEPS = [account('purser'), account('sso'), group('purser', 'team/shop'), group('sso', '/shop')];

describe('somebody who comes', () => {
  let theatre: RequestTheatre;
  before(async () => {
    theatre = await openRequestTheatre();
  });
  after(() => theatre.close());

  const inDays = async (days: number) =>
    new Date((await theatre.env.currentTimeMs()) + days * DAY).toISOString();
  const withdraw = (person: string) => ({ requestId: 'request-1', person });

  it('gets everything on the first day: in each system the account first, and is welcomed', async () => {
    const systems = createFakeSystems();
    const startsAt = await inDays(30);
    const given: { at: number; what: string }[] = [];
    const play = await theatre.arrive('on-the-day', {
      input: { startsAt },
      activities: {
        ...systems.activities,
        admitArrival: async () => ({ steps: STEPS }),
        async giveHolding(input) {
          const { system, holding } = input;
          given.push({ at: await theatre.env.currentTimeMs(), what: `${system} ${holding.kind}` });
          await systems.activities.giveHolding(input);
        },
      },
    });

    await play.handle.result();

    const state = await play.state();
    assert.equal(state.phase, 'done');
    assert.deepEqual(
      state.steps.map(({ state: how }) => how),
      ['done', 'done', 'done', 'done'],
    );
    assert.ok(given.every(({ at }) => at >= Date.parse(startsAt) && at < Date.parse(startsAt) + HOUR));
    for (const system of ['purser', 'sso']) {
      const order = given.map(({ what }) => what).filter((what) => what.startsWith(system));
      assert.deepEqual(order, [`${system} account`, `${system} group`]);
    }
    assert.partialDeepStrictEqual(play.of('giveHolding')[0], {
      person: 'on-the-day',
      request: play.id,
      newcomer: {
        person: 'on-the-day',
        name: 'New Sample',
        email: 'on-the-day@example.test',
        manager: 'lee',
      },
    });
    assert.equal(play.of('welcomeNewcomer').length, 1);
    assert.deepEqual(
      [...new Set(play.of('announceRequest').map(({ state: { phase } }) => phase))].slice(-2),
      ['arriving', 'done'],
    );
  });

  it('is agreed to before, and again on the day where whoever approved may not any more', async () => {
    const asked: (string | undefined)[] = [];
    const play = await theatre.arrive('agreed', {
      input: { startsAt: await inDays(20) },
      activities: {
        async admitArrival({ approvedBy }) {
          asked.push(approvedBy);
          const isGone = approvedBy === 'ravi' && asked.length > 2;
          return { steps: STEPS, ...(approvedBy === undefined || isGone ? { approval } : {}) };
        },
      },
    });
    await play.called('announceRequest', ({ phase }) => phase === 'awaiting-approval');
    await play.decide('ravi');
    await play.called('announceRequest', ({ phase }) => phase === 'waiting');
    await theatre.env.sleep('21 days');
    await play.called(
      'announceRequest',
      (state) => state.phase === 'awaiting-approval' && state.revision > 4,
    );
    await play.decide('noor');
    await play.handle.result();

    assert.deepEqual(asked, [undefined, 'ravi', 'ravi', 'noor']);
    assert.equal((await play.state()).phase, 'done');
  });

  it('comes on another day where that is moved, and not at all where it is taken back', async () => {
    const activities = { admitArrival: async () => ({ steps: STEPS }), readHolding: async () => true };
    const [first, later] = [await inDays(5), await inDays(50)];
    const moved = await theatre.arrive('moved', { input: { startsAt: first }, activities });
    await moved.called('announceRequest', ({ phase }) => phase === 'waiting');
    const to = { requestId: 'request-1', person: 'lee', startsOn: '2026-06-01', startsAt: later };
    await moved.handle.executeUpdate(moveArrivalUpdate, { args: [to] });
    const withdrawn = await theatre.arrive('withdrawn', { input: { startsAt: first }, activities });
    await withdrawn.called('announceRequest', ({ phase }) => phase === 'waiting');
    await withdrawn.handle.executeUpdate(withdrawRequestUpdate, { args: [withdraw('lee')] });
    await theatre.env.sleep('10 days');
    const before = await moved.state();
    await moved.handle.result();
    await withdrawn.handle.result();

    assert.equal(before.phase, 'waiting');
    assert.ok((await theatre.env.currentTimeMs()) >= Date.parse(later));
    assert.deepEqual([(await moved.state()).startsOn, (await moved.state()).phase], ['2026-06-01', 'done']);
    const state = await withdrawn.state();
    assert.deepEqual([state.phase, state.withdrawnBy], ['refused', 'lee']);
    assert.equal(withdrawn.of('giveHolding').length, 0);
    assert.equal(withdrawn.of('welcomeNewcomer').length, 0);
  });

  it('is moved and taken back by those who may, and not after the first day has begun', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await theatre.arrive('late-words', {
      activities: {
        admitArrival: async () => ({ steps: STEPS }),
        giveHolding: () => gate.promise,
        readHolding: async () => true,
      },
    });
    await play.called('giveHolding');
    const late = await refusalOf(
      play.handle.executeUpdate(withdrawRequestUpdate, { args: [withdraw('lee')] }),
    );
    gate.resolve();
    const waiting = await theatre.arrive('not-theirs', {
      input: { startsAt: await inDays(3) },
      activities: {
        admitArrival: async () => ({ steps: STEPS }),
        async authorizeRequestChange({ person }) {
          if (person === 'noor') throw ApplicationFailure.nonRetryable('no', 'Forbidden');
        },
      },
    });
    const stranger = await refusalOf(
      waiting.handle.executeUpdate(withdrawRequestUpdate, { args: [withdraw('noor')] }),
    );
    await waiting.handle.executeUpdate(withdrawRequestUpdate, { args: [withdraw('lee')] });
    await waiting.handle.result();
    await play.handle.result();

    assert.deepEqual([late.type, stranger.type], ['WrongState', 'Forbidden']);
  });

  it('has the other systems while one is down for a day, and that one once it is back', async () => {
    const systems = createFakeSystems();
    const began = await theatre.env.currentTimeMs();
    const play = await theatre.arrive('down', {
      activities: {
        ...systems.activities,
        admitArrival: async () => ({ steps: STEPS }),
        async giveHolding(input) {
          const isDown = (await theatre.env.currentTimeMs()) - began < DAY;
          if (input.system === 'sso' && isDown) throw new Error('sso does not answer');
          await systems.activities.giveHolding(input);
        },
      },
    });

    await play.handle.result();

    const meanwhile = play.of('announceRequest').find(({ state }) => state.steps[1]?.state === 'trying');
    assert.deepEqual(meanwhile?.state.steps.map(inWords), [
      'purser account held: done',
      'sso account held: trying',
      'purser team/shop held: done',
      'sso /shop held: waiting',
    ]);
    assert.ok((await play.state()).steps.every(({ state }) => state === 'done'));
  });

  it('is a task for somebody where a system refuses, and has everything else', async () => {
    const play = await theatre.arrive('refused-there', {
      activities: {
        admitArrival: async () => ({ steps: STEPS }),
        async giveHolding({ system, holding }) {
          if (system === 'sso' && holding.kind === 'group')
            throw ApplicationFailure.nonRetryable('sso has no group “/shop”', 'SystemRefused');
        },
        readHolding: async () => true,
      },
    });

    await play.handle.result();

    const { phase, steps } = await play.state();
    assert.equal(phase, 'done');
    assert.deepEqual(
      steps.map(({ state }) => state),
      ['done', 'done', 'done', 'by-hand'],
    );
    assert.equal(steps[3]?.trouble, 'sso has no group “/shop”.');
  });

  it('does not come where it is denied, or cannot be any more', async () => {
    const denied = await theatre.arrive('denied', {
      activities: { admitArrival: async () => ({ approval, steps: STEPS }) },
    });
    await denied.called('announceRequest', ({ phase }) => phase === 'awaiting-approval');
    await denied.decide('ravi', 'deny', 'not in the budget');
    const detail = { reason: 'That is the address of Kim Sample (kim).', next: 'Ask again.' };
    const taken = await theatre.arrive('taken', {
      activities: {
        async admitArrival() {
          throw ApplicationFailure.create({ type: 'WrongState', nonRetryable: true, details: [detail] });
        },
      },
    });
    await denied.handle.result();
    await taken.handle.result();

    assert.deepEqual([(await denied.state()).phase, (await taken.state()).phase], ['refused', 'refused']);
    assert.deepEqual((await taken.state()).trouble, detail);
    assert.equal([...denied.of('giveHolding'), ...taken.of('giveHolding')].length, 0);
  });

  it('is welcomed as soon as their chat account is linked', async () => {
    let isLinked = false;
    const play = await theatre.arrive('linked-later', {
      activities: { welcomeNewcomer: async () => isLinked },
    });
    await play.called('welcomeNewcomer');
    await theatre.env.sleep('1 day');
    isLinked = true;
    const looks = play.of('welcomeNewcomer').length;
    await play.handle.signal(linkedSignal);
    // No time passes until the result is asked for.
    await eventually(() => play.of('welcomeNewcomer').length > looks);
    await play.handle.result();

    assert.ok(looks > 10 && looks < 30, `${looks} looks`);
    assert.equal(play.of('welcomeNewcomer').length, looks + 1);
  });

  it('is not waited for for ever', async () => {
    const began = await theatre.env.currentTimeMs();
    const play = await theatre.arrive('never-linked', {
      activities: { welcomeNewcomer: async () => false },
    });
    await play.handle.result();

    const days = ((await theatre.env.currentTimeMs()) - began) / DAY;
    assert.ok(days > 29 && days < 31, `${days} days`);
  });
});
