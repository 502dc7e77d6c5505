import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { decideUpdate, deleteUpdate } from '../../workflows/environments/messages.ts';
import { needsApproval, vote } from './fake-activities.ts';
import { openTheatre, type Play, refusalOf, type Theatre } from './theatre.ts';

describe('the approval of an environment', () => {
  let theatre: Theatre;
  before(async () => {
    theatre = await openTheatre();
  });
  after(() => theatre.close());

  async function asked(requestId: string, count = 1, activities = {}): Promise<Play> {
    const play = await theatre.play(requestId, { input: { approval: needsApproval(count) }, activities });
    await play.called('announce', ({ phase }) => phase === 'awaiting-approval');
    return play;
  }

  it('lets what needs none through, without saying so', async () => {
    const play = await theatre.play('auto');

    await play.called('announce', ({ phase }) => phase === 'ready');

    assert.equal(play.of('authorizeProvisioning').length, 0);
    const { approval, steps, urls, secretKeys, expiresAt, readyAt } = await play.state();
    assert.equal(approval.decision?.outcome, 'approved');
    assert.deepEqual(approval.decision?.by, []);
    assert.deepEqual(
      steps.map(({ state }) => state),
      ['done', 'done', 'done'],
    );
    assert.equal(urls.length, 1);
    assert.deepEqual(secretKeys, ['DATABASE_URL']);
    assert.equal(Date.parse(expiresAt ?? '') - Date.parse(readyAt ?? ''), 168 * 3_600_000);
  });

  it('provisions once one of the approvers has approved', async () => {
    const play = await asked('approved');

    await play.handle.executeUpdate(decideUpdate, { args: [vote('approved', 'noor')] });
    await play.called('announce', ({ phase }) => phase === 'ready');

    const { approval } = await play.state();
    assert.equal(approval.decision?.outcome, 'approved');
    assert.deepEqual(approval.decision?.by, ['noor']);
    assert.equal(play.of('eligibleApprovers').length, 1);
  });

  it('ends with a denial and its reason, and settles', async () => {
    const play = await asked('denied');

    await play.handle.executeUpdate(decideUpdate, { args: [vote('denied', 'noor', 'deny', 'no budget')] });
    await play.handle.result();

    const state = await play.state();
    assert.equal(state.phase, 'gone');
    assert.equal(state.end, 'denied');
    assert.deepEqual(state.approval.decision?.by, ['noor']);
    assert.equal(state.approval.decision?.reason, 'no budget');
    assert.equal(play.of('applyStep').length, 0);
    assert.equal(play.of('settle').length, 1);
    assert.equal(play.of('announce').at(-1)?.state?.phase, 'gone');
  });

  it('waits for two of three', async () => {
    const play = await asked('two-of-three', 2);

    await play.handle.executeUpdate(decideUpdate, { args: [vote('two-of-three', 'noor')] });
    const between = await play.state();
    await play.handle.executeUpdate(decideUpdate, { args: [vote('two-of-three', 'ravi')] });
    await play.called('announce', ({ phase }) => phase === 'ready');

    assert.equal(between.phase, 'awaiting-approval');
    assert.equal(between.approval.votes.length, 1);
    assert.deepEqual((await play.state()).approval.decision?.by, ['noor', 'ravi']);
  });

  it('lets one denial end what others approved', async () => {
    const play = await asked('one-denial', 2);

    await play.handle.executeUpdate(decideUpdate, { args: [vote('one-denial', 'noor')] });
    await play.handle.executeUpdate(decideUpdate, { args: [vote('one-denial', 'noor', 'deny')] });
    await play.handle.result();

    const { end, approval } = await play.state();
    assert.equal(end, 'denied');
    assert.equal(approval.votes.length, 1);
  });

  it('reminds twice and then gives up', async () => {
    const play = await asked('timed-out');

    await play.handle.result();

    const state = await play.state();
    assert.equal(state.end, 'timed-out');
    assert.equal(state.approval.decision?.outcome, 'timed-out');
    assert.deepEqual(
      play.of('remindApprovers').map(({ round }) => round),
      [1, 2],
    );
    const waited = Date.parse(state.endedAt ?? '') - Date.parse(state.requestedAt);
    assert.ok(waited >= 4 * 3_600_000 && waited < 4.1 * 3_600_000);
  });

  it('reminds nobody once it is decided', async () => {
    const play = await asked('decided-early');

    await play.handle.executeUpdate(decideUpdate, { args: [vote('decided-early', 'noor', 'deny')] });
    await play.handle.result();

    assert.equal(play.of('remindApprovers').length, 0);
  });

  it('refuses the requester', async () => {
    const play = await asked('self');

    const refusal = await refusalOf(play.handle.executeUpdate(decideUpdate, { args: [vote('self', 'kim')] }));

    assert.equal(refusal.type, 'SelfDecision');
    assert.equal(play.of('authorizeDecision').length, 0);
  });

  it('refuses a button of another request or another plan', async () => {
    const play = await asked('stale');

    const otherPlan = await refusalOf(
      play.handle.executeUpdate(decideUpdate, { args: [{ ...vote('stale', 'noor'), digest: 'digest-0' }] }),
    );
    const otherRequest = await refusalOf(
      play.handle.executeUpdate(decideUpdate, { args: [vote('earlier', 'noor')] }),
    );

    assert.equal(otherPlan.type, 'StaleRequest');
    assert.equal(otherRequest.type, 'StaleRequest');
  });

  it('refuses whom the directory does not allow, and counts nothing', async () => {
    const play = await asked('forbidden', 1, {
      authorizeDecision: async () => {
        throw ApplicationFailure.nonRetryable('Only FinOps may approve this', 'Forbidden');
      },
    });

    const refusal = await refusalOf(
      play.handle.executeUpdate(decideUpdate, { args: [vote('forbidden', 'lee')] }),
    );

    assert.deepEqual(refusal, { type: 'Forbidden', message: 'Only FinOps may approve this' });
    assert.equal((await play.state()).approval.votes.length, 0);
  });

  it('takes the same answer twice, and tells others who was first', async () => {
    const play = await asked('twice');

    await play.handle.executeUpdate(decideUpdate, { args: [vote('twice', 'noor')] });
    await play.called('announce', ({ phase }) => phase === 'ready');
    await play.handle.executeUpdate(decideUpdate, { args: [vote('twice', 'noor')] });
    const late = await refusalOf(
      play.handle.executeUpdate(decideUpdate, { args: [vote('twice', 'ravi', 'deny')] }),
    );

    assert.equal(late.type, 'AlreadyDecided');
    assert.match(late.message, /already approved by noor on \d{4}-\d\d-\d\d at \d\d:\d\d UTC/);
    assert.equal((await play.state()).approval.votes.length, 1);
    assert.equal(play.of('authorizeDecision').length, 1);
  });

  it('counts one of two who answer while the directory is being asked', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await asked('racing', 1, { authorizeDecision: () => gate.promise });

    const approving = play.handle.executeUpdate(decideUpdate, { args: [vote('racing', 'noor')] });
    const denying = play.handle.executeUpdate(decideUpdate, { args: [vote('racing', 'ravi', 'deny')] });
    await play.called('authorizeDecision');
    gate.resolve();
    const answers = await Promise.allSettled([approving, denying]);

    const { approval } = await play.state();
    assert.ok(answers.some(({ status }) => status === 'fulfilled'));
    assert.equal(approval.decision === undefined, false);
    if (approval.decision?.outcome === 'approved') assert.deepEqual(approval.decision.by, ['noor']);
    else assert.deepEqual(approval.decision?.by, ['ravi']);
  });

  it('voids the vote of somebody who is no approver any more, and goes on asking', async () => {
    let firstTime = true;
    const play = await asked('voided', 1, {
      eligibleApprovers: async ({ people }: { people: string[] }) => {
        const gone = firstTime;
        firstTime = false;
        return gone ? [] : people;
      },
    });

    await play.handle.executeUpdate(decideUpdate, { args: [vote('voided', 'noor')] });
    await play.called('announce', ({ phase, revision }) => phase === 'awaiting-approval' && revision > 2);
    const reopened = await play.state();
    await play.handle.executeUpdate(decideUpdate, { args: [vote('voided', 'noor')] });
    await play.called('announce', ({ phase }) => phase === 'ready');

    assert.equal(reopened.phase, 'awaiting-approval');
    assert.deepEqual(reopened.approval.votes, []);
    assert.deepEqual((await play.state()).approval.decision?.by, ['noor']);
  });

  it('asks once more before anything is built, and builds nothing for who may not have it any more', async () => {
    const play = await asked('left', 1, {
      authorizeProvisioning: async () => {
        throw ApplicationFailure.nonRetryable('Kim may no longer have it', 'Forbidden');
      },
    });

    await play.handle.executeUpdate(decideUpdate, { args: [vote('left', 'noor')] });
    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.equal(end, 'refused');
    assert.equal(trouble?.reason, 'Kim may no longer have it');
    assert.equal(play.of('applyStep').length, 0);
    assert.equal(play.of('settle').length, 1);
    assert.deepEqual(play.of('authorizeProvisioning')[0]?.by, { team: 'finops' });
  });

  it('is withdrawn by the requester', async () => {
    const play = await asked('withdrawn');

    await play.handle.executeUpdate(deleteUpdate, { args: [{ requestId: 'withdrawn', person: 'kim' }] });
    await play.handle.result();

    const { end, approval, deletedBy } = await play.state();
    assert.equal(end, 'deleted');
    assert.equal(approval.decision?.outcome, 'withdrawn');
    assert.equal(deletedBy, 'kim');
    assert.equal(play.of('teardown').length, 0);
  });

  it('is refused when there is no place left', async () => {
    const play = await theatre.play('no-place', {
      activities: {
        admit: async () => {
          throw ApplicationFailure.nonRetryable('You have 3 of 3 environments', 'NoPlace');
        },
      },
    });

    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.equal(end, 'refused');
    assert.equal(trouble?.type, 'NoPlace');
    assert.equal(trouble?.reason, 'You have 3 of 3 environments');
    assert.equal(play.of('settle').length, 1);
  });

  it('is refused when too few people could approve', async () => {
    const play = await theatre.play('nobody', {
      input: { approval: needsApproval(2) },
      activities: { admit: async () => ({ approvers: ['noor'] }) },
    });

    await play.handle.result();

    const { end, trouble } = await play.state();
    assert.equal(end, 'refused');
    assert.match(trouble?.reason ?? '', /2 approvals, and only one person/);
  });
});
