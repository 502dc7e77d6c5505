import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { GrantState } from '../../src/domain/access.ts';
import { HOUR_MS, sampleEntitlement, sampleVote } from '../support/grant-samples.ts';
import { blankStage, workingActivities } from './fake-grant-activities.ts';
import { type GrantTheatre, openGrantTheatre, stageOf } from './grant-theatre.ts';
import { refusalOf } from './theatre.ts';

const asks = (at: number) => (state: GrantState) => state.stages[at]?.deadline !== undefined;
const isActive = ({ phase }: GrantState) => phase === 'active';

describe('the approval of a grant', () => {
  let theatre: GrantTheatre;
  before(async () => {
    theatre = await openGrantTheatre();
  });
  after(() => theatre.close());

  it('takes one step after the other, and gives nothing before the last', async () => {
    const play = await theatre.ask('kim-steps', {
      entitlement: { approval: [stageOf(['lee', 'noor'], { need: 2 }), stageOf(['ravi'])] },
    });
    await play.called('askGrantApprovers', asks(0));

    const early = await refusalOf(play.vote('ravi', 'approve', { stage: 1 }));
    await play.vote('lee');
    await play.vote('lee');
    await play.vote('noor');
    await play.called('askGrantApprovers', asks(1));
    const late = await refusalOf(play.vote('sam'));
    assert.equal(play.of('giveHolding').length, 0);
    await play.vote('ravi', 'approve', { stage: 1 });
    await play.handle.result();

    const { end, stages } = await play.state();
    assert.equal(end, 'expired');
    assert.equal(early.type, 'StaleRequest');
    assert.equal(late.type, 'AlreadyDecided');
    assert.deepEqual(
      stages.map(({ votes }) => votes.map(({ person }) => person)),
      [['lee', 'noor'], ['ravi']],
    );
  });

  it('ends with a denial and its reason', async () => {
    const play = await theatre.ask('kim-denied');
    await play.called('askGrantApprovers', asks(0));

    await play.vote('lee', 'deny');
    await play.handle.result();

    const { end, endedBy, endReason } = await play.state();
    assert.deepEqual([end, endedBy, endReason], ['denied', 'lee', 'not now']);
    assert.deepEqual(play.done(), []);
    assert.equal(play.of('settleGrant').length, 1);
  });

  it('reminds at a quarter, half and three quarters, asks others as well, and gives up', async () => {
    const play = await theatre.ask('kim-unheard', {
      entitlement: { approval: [stageOf(['lee'], { otherwise: [{ person: 'noor' }] })] },
    });

    await play.handle.result();

    const { end, stages, requestedAt, endedAt } = await play.state();
    assert.equal(end, 'timed-out');
    assert.deepEqual([stages[0]?.escalated, stages[0]?.approvers], [true, ['lee', 'noor']]);
    assert.deepEqual(
      play.of('remindGrantApprovers').map(({ round }) => round),
      [1, 2, 3, 1, 2, 3],
    );
    const lasted = Date.parse(endedAt ?? '') - Date.parse(requestedAt);
    assert.ok(lasted >= 8 * HOUR_MS && lasted < 8.1 * HOUR_MS, `${lasted}`);
  });

  it('is refused where nobody is left who could approve it', async () => {
    const play = await theatre.ask('kim-alone', {
      activities: {
        askStage: async ({ entitlement }) => ({
          ...blankStage(entitlement.approval[0] ?? stageOf([])),
          approvers: [],
        }),
      },
    });

    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.deepEqual([end, trouble], ['refused', 'Nobody is left who could approve it.']);
  });

  it('asks once the directory answers, and loses nothing meanwhile', async () => {
    let asked = 0;
    const play = await theatre.ask('kim-patient', {
      activities: {
        askStage: async (input) => {
          asked += 1;
          if (asked < 40) throw new Error('the directory does not answer');
          return await workingActivities().askStage(input);
        },
      },
    });

    await play.handle.result();

    const { end, stages } = await play.state();
    assert.equal(end, 'timed-out');
    assert.ok(stages[0]?.deadline);
  });

  it('refuses who asked, buttons of other rules, and whom the directory does not allow', async () => {
    const play = await theatre.ask('kim-strict', {
      activities: {
        authorizeGrantVote: async () => {
          throw ApplicationFailure.nonRetryable('You are not among them.', 'Forbidden');
        },
      },
    });
    await play.called('askGrantApprovers', asks(0));

    const own = await refusalOf(play.vote('kim-strict'));
    const stale = await refusalOf(play.vote('lee', 'approve', { digest: 'rules-0' }));
    const forbidden = await refusalOf(play.vote('sam'));
    const { stages, phase } = await play.state();
    await play.end('kim-strict');
    await play.handle.result();

    assert.deepEqual([own.type, stale.type, forbidden.type], ['SelfDecision', 'StaleRequest', 'Forbidden']);
    assert.deepEqual([phase, stages[0]?.votes], ['awaiting-approval', []]);
  });

  it('of two who decide at once, one does', async () => {
    const play = await theatre.ask('kim-raced', {
      entitlement: { approval: [stageOf(['lee', 'noor'])] },
    });
    await play.called('askGrantApprovers', asks(0));

    const [one, other] = await Promise.allSettled([play.vote('lee'), play.vote('noor', 'deny')]);
    await play.handle.result();
    const { end } = await play.state();

    assert.deepEqual([one?.status, other?.status].toSorted(), ['fulfilled', 'rejected']);
    assert.equal(end, one?.status === 'fulfilled' ? 'expired' : 'denied');
  });

  it('is asked again of others when an approver has left before it is given', async () => {
    const play = await theatre.ask('kim-reopened', {
      activities: {
        recheckGrant: async (input) => {
          if (input.state.stages[0]?.votes[0]?.person !== 'lee') {
            return await workingActivities().recheckGrant(input);
          }
          const stages = [blankStage(stageOf(['noor']))];
          return { kind: 'ask', entitlement: input.entitlement, digest: 'rules-1', stages };
        },
      },
    });
    await play.called('askGrantApprovers', asks(0));

    await play.vote('lee');
    await play.called(
      'askGrantApprovers',
      (state) => asks(0)(state) && state.stages[0]?.approvers[0] === 'noor',
    );
    const between = await play.state();
    await play.vote('noor');
    await play.handle.result();

    assert.deepEqual([between.phase, between.activatedAt], ['awaiting-approval', undefined]);
    const { end, stages } = await play.state();
    assert.equal(end, 'expired');
    assert.deepEqual(
      stages[0]?.votes.map(({ person }) => person),
      ['noor'],
    );
    assert.equal(play.of('recheckGrant').length, 2);
  });

  it('is asked again under rules that became stricter, and old buttons are void', async () => {
    const stricter = sampleEntitlement({ approval: [stageOf(['lee']), stageOf(['ravi'])] });
    const play = await theatre.ask('kim-stricter', {
      activities: {
        recheckGrant: async (input) =>
          input.state.digest === 'rules-2'
            ? await workingActivities().recheckGrant(input)
            : {
                kind: 'ask',
                entitlement: stricter,
                digest: 'rules-2',
                stages: [
                  { ...blankStage(stageOf(['lee'])), votes: [sampleVote('lee')] },
                  blankStage(stageOf(['ravi'])),
                ],
              },
      },
    });
    await play.called('askGrantApprovers', asks(0));

    await play.vote('lee');
    await play.called('askGrantApprovers', asks(1));
    const old = await refusalOf(play.vote('ravi', 'approve', { stage: 1 }));
    await play.vote('ravi', 'approve', { stage: 1, digest: 'rules-2' });
    await play.handle.result();

    assert.equal(old.type, 'StaleRequest');
    assert.equal((await play.state()).end, 'expired');
    assert.equal(play.of('recheckGrant').at(-1)?.entitlement.approval.length, 2);
  });

  it('is refused, with nothing given, when who gets it has left meanwhile', async () => {
    const play = await theatre.ask('kim-left', {
      activities: {
        recheckGrant: async () => {
          throw ApplicationFailure.nonRetryable('Kim is not here any more.', 'Forbidden');
        },
      },
    });
    await play.called('askGrantApprovers', asks(0));

    await play.vote('lee');
    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.equal(end, 'refused');
    assert.match(trouble ?? '', /not here any more/);
    assert.deepEqual(play.done(), []);
  });

  describe('for longer', () => {
    const approved = { entitlement: { approval: [stageOf(['lee'])] }, input: { durationMs: 8 * HOUR_MS } };
    const extensionAsks = ({ extensions }: GrantState) => extensions[0]?.stages[0]?.deadline !== undefined;

    it('prolongs once it is approved, counted from the end as it was', async () => {
      const play = await theatre.ask('kim-extends', approved);
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee');
      await play.called('showGrant', isActive);
      const { endsAt: before = '' } = await play.state();

      await play.extend('more', HOUR_MS);
      await play.extend('more', HOUR_MS);
      await play.called('askGrantApprovers', extensionAsks);
      const another = await refusalOf(play.extend('even-more', HOUR_MS));
      const pending = await play.state();
      await play.vote('lee', 'approve', { extension: 'more' });
      await play.handle.result();

      const { endsAt = '', endedAt = '', durationMs, extensions, end } = await play.state();
      assert.equal(pending.endsAt, before);
      assert.equal(another.type, 'WrongState');
      assert.equal(Date.parse(endsAt) - Date.parse(before), HOUR_MS);
      assert.deepEqual(
        [durationMs, end, extensions.map(({ outcome }) => outcome)],
        [9 * HOUR_MS, 'expired', ['approved']],
      );
      assert.ok(Date.parse(endedAt) >= Date.parse(endsAt));
      assert.deepEqual(
        play.of('holdGrant').map((input) => input.endsAt),
        [before, endsAt],
      );
    });

    it('changes nothing when it is denied, or nobody answers', async () => {
      const play = await theatre.ask('kim-not-longer', approved);
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee');
      await play.called('showGrant', isActive);
      const { endsAt } = await play.state();

      await play.extend('first', HOUR_MS);
      await play.called('askGrantApprovers', extensionAsks);
      await play.vote('lee', 'deny', { extension: 'first' });
      await play.extend('second', HOUR_MS);
      await play.handle.result();

      const state = await play.state();
      assert.equal(state.endsAt, endsAt);
      assert.deepEqual(
        state.extensions.map(({ outcome }) => outcome),
        ['denied', 'timed-out'],
      );
      assert.equal(state.end, 'expired');
    });

    it('puts nothing off while it is pending, and comes too late then', async () => {
      const play = await theatre.ask('kim-too-late', {
        entitlement: { approval: [stageOf(['lee'], { within: 24 * HOUR_MS })] },
      });
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee');
      await play.called('showGrant', isActive);

      await play.extend('more', HOUR_MS);
      await play.handle.result();

      const { extensions, end, activatedAt = '', endedAt = '' } = await play.state();
      assert.deepEqual([end, extensions[0]?.outcome], ['expired', 'too-late']);
      assert.ok(Date.parse(endedAt) - Date.parse(activatedAt) < 2.1 * HOUR_MS);
    });

    it('is warned of anew', async () => {
      const play = await theatre.ask('kim-warned-twice', {
        entitlement: { approval: [] },
        input: { durationMs: HOUR_MS },
      });
      await play.called('showGrant', isActive);

      await play.extend('more', HOUR_MS);
      await play.handle.result();

      const warned = play.of('warnOfGrantEnd').map(({ state }) => state.endsAt);
      assert.deepEqual(warned, [(await play.state()).endsAt]);
    });
  });
});
