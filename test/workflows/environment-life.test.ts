import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cancelled, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Trouble } from '../../src/domain/environments.ts';
import { deleteUpdate, retryUpdate, rollBackUpdate } from '../../workflows/environments/messages.ts';
import { type Activities, workingActivities } from './fake-activities.ts';
import { openTheatre, type Play, refusalOf, type Theatre } from './theatre.ts';

const TROUBLE: Trouble = {
  type: 'WorkloadFailed',
  object: 'Deployment app',
  reason: 'ImagePullBackOff: no such image',
  events: ['Failed to pull image "app:nope"'],
  next: 'Fix the image and retry.',
};

describe('the life of an environment', () => {
  let theatre: Theatre;
  before(async () => {
    theatre = await openTheatre();
  });
  after(() => theatre.close());

  async function failed(requestId: string, activities: Partial<Activities> = {}): Promise<Play> {
    const play = await theatre.play(requestId, { activities: { ...failingOnce('app'), ...activities } });
    await play.called('announce', ({ phase }) => phase === 'failed');
    return play;
  }

  const by = (requestId: string, person = 'kim') => ({
    args: [{ requestId, person }] as [{ requestId: string; person: string }],
  });

  it('is deleted on request, everything we made by uid', async () => {
    const play = await theatre.playUntilReady('deleted');

    await play.handle.executeUpdate(deleteUpdate, by('deleted'));
    await play.handle.result();

    const state = await play.state();
    assert.equal(state.phase, 'gone');
    assert.equal(state.end, 'deleted');
    assert.equal(state.deletedBy, 'kim');
    assert.deepEqual(
      play.of('teardown')[0]?.inventory.map(({ uid }) => uid),
      ['deleted-space', 'deleted-app', 'deleted-publish'],
    );
    assert.equal(play.of('settle')[0]?.state?.end, 'deleted');
  });

  it('says what failed, and goes on from there when retried', async () => {
    const play = await failed('retried');

    const stopped = await play.state();
    await play.handle.executeUpdate(retryUpdate, by('retried'));
    await play.called('announce', ({ phase }) => phase === 'ready');

    assert.deepEqual(stopped.trouble, { ...TROUBLE, step: 'app' });
    assert.deepEqual(
      stopped.steps.map(({ state }) => state),
      ['done', 'failed', 'waiting'],
    );
    assert.deepEqual(
      play.of('applyStep').map(({ stepId }) => stepId),
      ['space', 'app', 'app', 'publish'],
    );
    const state = await play.state();
    assert.equal(state.trouble, undefined);
    assert.equal(state.phase, 'ready');
  });

  it('is not retried once the approval no longer holds, and says so on the card', async () => {
    const lapsed: Trouble = {
      type: 'Forbidden',
      reason: 'It was approved more than 24 hours ago.',
      events: [],
      next: 'Roll it back.',
    };
    const play = await failed('lapsed', {
      authorizeProvisioning: async () => {
        throw ApplicationFailure.create({
          type: 'Forbidden',
          message: lapsed.reason,
          details: [lapsed],
          nonRetryable: true,
        });
      },
    });

    const refusal = await refusalOf(play.handle.executeUpdate(retryUpdate, by('lapsed')));
    await play.called('announce', ({ trouble }) => trouble?.type === 'Forbidden');
    const refused = await play.state();
    await play.handle.executeUpdate(rollBackUpdate, by('lapsed'));
    await play.handle.result();

    assert.deepEqual(refusal, { type: 'Forbidden', message: lapsed.reason });
    assert.equal(refused.phase, 'failed');
    assert.deepEqual(refused.trouble, lapsed);
    assert.equal(play.of('applyStep').length, 2);
    assert.equal(play.of('teardown').length, 1);
  });

  it('is rolled back, naming what could not be undone until it is', async () => {
    let attempts = 0;
    const play = await failed('rolled-back', {
      teardown: async () => {
        attempts += 1;
        return attempts < 3
          ? { gone: false, blockers: ['PersistentVolumeClaim data: finalizer keep'] }
          : { gone: true, blockers: [] };
      },
    });

    await play.handle.executeUpdate(rollBackUpdate, by('rolled-back'));
    const stuck = await play.called('announce', ({ leftovers }) => leftovers.length > 0);
    await play.handle.result();

    assert.equal(stuck.state?.phase, 'rolling-back');
    assert.deepEqual(stuck.state?.leftovers, ['PersistentVolumeClaim data: finalizer keep']);
    const state = await play.state();
    assert.equal(state.end, 'rolled-back');
    assert.deepEqual(state.leftovers, []);
  });

  it('undoes a step that failed before it said what it had made', async () => {
    const play = await theatre.play('half-made', { activities: failingOnce('space') });
    await play.called('announce', ({ phase }) => phase === 'failed');

    await play.handle.executeUpdate(rollBackUpdate, by('half-made'));
    await play.handle.result();

    assert.equal(play.of('teardown').length, 1);
  });

  it('is kept for a look when it failed, but not for ever', async () => {
    const play = await failed('forgotten');

    await play.handle.result();

    const state = await play.state();
    assert.equal(state.end, 'expired');
    assert.equal(play.of('warnOfExpiry').length, 2);
  });

  it('stops the step under way when it is deleted while being set up', async () => {
    const stopped: string[] = [];
    const play = await theatre.play('stopped', {
      activities: {
        applyStep: async ({ stepId }) => {
          if (stepId === 'space') return [];
          const beat = setInterval(heartbeat, 50);
          try {
            return await cancelled();
          } finally {
            clearInterval(beat);
            stopped.push(stepId);
          }
        },
        teardown: async () => {
          assert.deepEqual(stopped, ['app']);
          return { gone: true, blockers: [] };
        },
      },
    });
    await play.called('applyStep', ({ steps }) => steps[1]?.state === 'running');

    await play.handle.executeUpdate(deleteUpdate, by('stopped'));
    await play.handle.result();

    const state = await play.state();
    assert.equal(state.end, 'deleted');
    assert.equal(play.of('teardown').length, 1);
    assert.equal(play.of('applyStep').length, 2);
  });

  it('is torn down when an operator cancels the workflow', async () => {
    const play = await theatre.playUntilReady('cancelled');

    await play.handle.cancel();
    await play.handle.result();

    const state = await play.state();
    assert.equal(state.end, 'deleted');
    assert.equal(state.deletedBy, undefined);
    assert.equal(play.of('teardown').length, 1);
  });

  it('repeats no effect when a change is asked for twice', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await failed('repeated', {
      teardown: async () => {
        await gate.promise;
        return { gone: true, blockers: [] };
      },
    });

    await play.handle.executeUpdate(rollBackUpdate, by('repeated'));
    await play.handle.executeUpdate(rollBackUpdate, by('repeated', 'lee'));
    const other = await refusalOf(play.handle.executeUpdate(retryUpdate, by('repeated')));
    gate.resolve();
    await play.handle.result();

    assert.equal(other.type, 'WrongState');
    assert.match(other.message, /cannot be retried: it is already being rolled back/);
    assert.equal(play.of('authorizeChange').length, 1);
    assert.equal(play.of('teardown').length, 1);
  });

  it('answers a second deletion and a second retry like the first', async () => {
    const gate = Promise.withResolvers<void>();
    const steps = failingOnce('app').applyStep;
    const play = await failed('again', {
      applyStep: async (input) => {
        if (input.state.steps.some(({ state }) => state === 'done') && input.stepId === 'publish')
          await gate.promise;
        return await steps(input);
      },
      teardown: async () => ({ gone: true, blockers: [] }),
    });

    await play.handle.executeUpdate(retryUpdate, by('again'));
    await play.handle.executeUpdate(retryUpdate, by('again'));
    gate.resolve();
    await play.called('announce', ({ phase }) => phase === 'ready');
    const answers = await Promise.allSettled([
      play.handle.executeUpdate(deleteUpdate, by('again')),
      play.handle.executeUpdate(deleteUpdate, by('again')),
    ]);
    await play.handle.result();

    assert.ok(answers.every(({ status }) => status === 'fulfilled'));
    assert.equal(play.of('teardown').length, 1);
  });

  it('asks for a fresh permission and refuses without it', async () => {
    const play = await theatre.playUntilReady('not-yours', {
      activities: {
        authorizeChange: async () => {
          throw ApplicationFailure.nonRetryable('Only the owner or the team may delete it', 'Forbidden');
        },
      },
    });

    const refusal = await refusalOf(play.handle.executeUpdate(deleteUpdate, by('not-yours', 'eve')));
    const stale = await refusalOf(play.handle.executeUpdate(deleteUpdate, by('another-request')));

    assert.equal(refusal.type, 'Forbidden');
    assert.equal(stale.type, 'StaleRequest');
    assert.equal((await play.state()).phase, 'ready');
  });
});

/** The step fails for good the first time it is tried. */
function failingOnce(step: string): Pick<Activities, 'applyStep'> {
  let failures = 0;
  return {
    applyStep: async (input) => {
      if (input.stepId !== step || failures > 0) return await workingActivities().applyStep(input);
      failures += 1;
      throw ApplicationFailure.create({
        type: TROUBLE.type,
        message: TROUBLE.reason,
        details: [TROUBLE],
        nonRetryable: true,
      });
    },
  };
}
