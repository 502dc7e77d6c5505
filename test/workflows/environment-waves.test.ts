import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { EnvironmentState, InventoryItem } from '../../src/domain/environments.ts';
import { deleteUpdate, retryUpdate } from '../../workflows/environments/messages.ts';
import { type Activities, workingActivities } from './fake-activities.ts';
import { openTheatre, type Play, type Theatre } from './theatre.ts';

const STEPS = [
  { id: 'space', title: 'Space' },
  { id: 'database', title: 'Database', wave: 1 },
  { id: 'app', title: 'Application', wave: 1 },
  { id: 'website', title: 'Website', wave: 2 },
  { id: 'publish', title: 'Published' },
];

describe('steps of one wave', () => {
  let theatre: Theatre;
  before(async () => {
    theatre = await openTheatre();
  });
  after(() => theatre.close());

  async function play(requestId: string, steps: Record<string, Activities['applyStep']>): Promise<Play> {
    const applyStep: Activities['applyStep'] = async (input) =>
      await (steps[input.stepId] ?? workingActivities().applyStep)(input);
    return await theatre.play(requestId, { input: { steps: STEPS }, activities: { applyStep } });
  }

  it('run side by side, each with its own time, and the next wave after all of them', async () => {
    const [database, app] = [gate(), gate()];
    const running = await play('side-by-side', { database: database.step, app: app.step });
    await Promise.all([database.reached, app.reached]);

    const both = await running.state();
    await theatre.env.sleep(200);
    database.open();
    const one = await until(running, (state) => stateOf(state, 'database') === 'done');
    await theatre.env.sleep(200);
    app.open();
    await running.called('announce', ({ phase }) => phase === 'ready');

    assert.deepEqual(statesOf(both), ['done', 'running', 'running', 'waiting', 'waiting']);
    assert.deepEqual(statesOf(one), ['done', 'done', 'running', 'waiting', 'waiting']);
    const { steps } = await running.state();
    const [databaseMs = 0, appMs = 0] = steps.slice(1).map(({ tookMs }) => tookMs);
    assert.ok(databaseMs >= 200 && appMs >= databaseMs + 200, `${databaseMs} and ${appMs} ms`);
    assert.deepEqual(appliedBy(running), ['app', 'database', 'publish', 'space', 'website']);
  });

  it('show on the card what is done while others take long', async () => {
    const [database, app] = [gate(), gate()];
    const running = await play('slow', { database: database.step, app: app.step });
    await Promise.all([database.reached, app.reached]);

    await theatre.env.sleep(6_000);
    database.open();
    const { state } = await running.called('announce', (seen) => stateOf(seen, 'database') === 'done');
    app.open();
    await running.called('announce', ({ phase }) => phase === 'ready');

    assert.equal(state && stateOf(state, 'app'), 'running');
  });

  it('stop when one of them fails, which alone is said to have failed, and are done on a retry', async () => {
    const app = stoppable();
    const seen = new Set<string>();
    const isFirst = (stepId: string) => seen.size < seen.add(stepId).size;
    const running = await play('one-fails', {
      database: async (input) => {
        if (!isFirst('database')) return await workingActivities().applyStep(input);
        await app.reached;
        throw ApplicationFailure.create({ type: 'WorkloadFailed', message: 'no disk', nonRetryable: true });
      },
      app: async (input) => (isFirst('app') ? await app.step() : await workingActivities().applyStep(input)),
    });

    await running.called('announce', ({ phase }) => phase === 'failed');
    const failed = await running.state();
    const args: [{ requestId: string; person: string }] = [{ requestId: 'one-fails', person: 'kim' }];
    await running.handle.executeUpdate(retryUpdate, { args });
    await running.called('announce', ({ phase }) => phase === 'ready');

    assert.equal(app.stopped(), true);
    assert.deepEqual(statesOf(failed), ['done', 'failed', 'waiting', 'waiting', 'waiting']);
    assert.equal(failed.trouble?.reason, 'no disk');
    assert.deepEqual(appliedBy(running), [
      'app',
      'app',
      'database',
      'database',
      'publish',
      'space',
      'website',
    ]);
  });

  it('have all stopped before a deletion takes anything down', async () => {
    const [database, app] = [stoppable(), stoppable()];
    let stoppedBefore: boolean[] = [];
    const running = await theatre.play('deleted-in-a-wave', {
      input: { steps: STEPS },
      activities: {
        applyStep: async (input) => {
          if (input.stepId === 'database') return await database.step();
          if (input.stepId === 'app') return await app.step();
          return await workingActivities().applyStep(input);
        },
        teardown: async () => {
          stoppedBefore = [database.stopped(), app.stopped()];
          return { gone: true, blockers: [] };
        },
      },
    });
    await Promise.all([database.reached, app.reached]);

    const args: [{ requestId: string; person: string }] = [{ requestId: 'deleted-in-a-wave', person: 'kim' }];
    await running.handle.executeUpdate(deleteUpdate, { args });
    await running.handle.result();

    assert.deepEqual(stoppedBefore, [true, true]);
    assert.equal((await running.state()).end, 'deleted');
  });
});

/** A step that is done when the test says so. */
function gate(): { step: Activities['applyStep']; reached: Promise<void>; open(): void } {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    step: async (input) => {
      reached.resolve();
      await opened.promise;
      return await workingActivities().applyStep(input);
    },
    reached: reached.promise,
    open: opened.resolve,
  };
}

/** A step that goes on until it is cancelled. */
function stoppable(): { step(): Promise<InventoryItem[]>; reached: Promise<void>; stopped(): boolean } {
  const reached = Promise.withResolvers<void>();
  let stopped = false;
  return {
    async step() {
      const { cancelled, heartbeat } = Context.current();
      const beat = setInterval(() => heartbeat(), 50);
      reached.resolve();
      try {
        return await cancelled;
      } finally {
        clearInterval(beat);
        stopped = true;
      }
    },
    reached: reached.promise,
    stopped: () => stopped,
  };
}

async function until(play: Play, holds: (state: EnvironmentState) => boolean): Promise<EnvironmentState> {
  for (;;) {
    const state = await play.state();
    if (holds(state)) return state;
  }
}

function statesOf({ steps }: EnvironmentState): string[] {
  return steps.map(({ state }) => state);
}

function stateOf({ steps }: EnvironmentState, id: string): string | undefined {
  return steps.find((step) => step.id === id)?.state;
}

/** Side by side has no order. */
function appliedBy(play: Play): string[] {
  return play
    .of('applyStep')
    .map(({ stepId }) => stepId)
    .sort();
}
