import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/activity';
import { createActivities } from '../../activities/index.ts';
import type { ChangeInput, HoldingInput } from '../../activities/systems.ts';
import { type Holding, SystemError } from '../../src/domain/systems.ts';
import { createMemorySystem, type MemorySystem } from '../support/memory-system.ts';
import { createStage, type Scene } from './scene.ts';

const SHOP: Holding = { kind: 'group', group: 'shop' };
const CHANGE: HoldingInput & ChangeInput = {
  system: 'memory',
  person: 'kim',
  holding: SHOP,
  request: 'grant/kim/01ABC',
  actor: 'lee',
};

describe('what workflows do in systems', () => {
  const stage = createStage();
  let scene: Scene;
  let system: MemorySystem;

  before(() => stage.open());
  after(() => stage.close());
  beforeEach(async () => {
    const { deps, ...rest } = await stage.scene();
    system = createMemorySystem('memory');
    const withSystem = { ...deps, systems: async () => [system.connector] };
    scene = { ...rest, deps: withSystem, activities: createActivities(withSystem) };
  });

  function run<Output>(activity: (input: typeof CHANGE) => Promise<Output>): Promise<Output> {
    return scene.run(activity, CHANGE);
  }

  test('is audited before it is done, once, however often it is tried', async () => {
    system.fail(new SystemError('memory does not answer', { retryable: true }));
    await assert.rejects(run(scene.activities.giveHolding));
    assert.equal(system.holds('kim', SHOP), false);
    system.fail(undefined);
    await run(scene.activities.giveHolding);
    assert.equal(system.holds('kim', SHOP), true);
    const rows = (await scene.audit()).filter(({ action }) => action === 'system.give');
    assert.deepEqual(
      rows.map(({ actor, subject, outcome, detail }) => ({ actor, subject, outcome, detail })),
      [
        {
          actor: 'lee',
          subject: 'grant/kim/01ABC',
          outcome: 'intended',
          detail: { person: 'kim', system: 'memory', holding: 'group', group: 'shop' },
        },
      ],
    );
  });

  test('takes away what was given for the same request, and leaves what was there before', async () => {
    system.give('kim', SHOP);
    assert.deepEqual(await run(scene.activities.planHolding), { held: true, elsewhere: true });
    await run(scene.activities.giveHolding);
    await run(scene.activities.takeHolding);
    assert.equal(await run(scene.activities.readHolding), true);
  });

  test('waits as long as the system asks for, and gives up where another try cannot help', async () => {
    system.fail(new SystemError('memory cannot do it now (429)', { retryable: true, retryAfterMs: 7_000 }));
    await assert.rejects(run(scene.activities.giveHolding), (failure: ApplicationFailure) => {
      assert.equal(failure.nonRetryable, false);
      assert.equal(failure.nextRetryDelay, 7_000);
      return true;
    });
    system.fail(new SystemError('memory refuses it (400)', { retryable: false }));
    await assert.rejects(run(scene.activities.giveHolding), (failure: ApplicationFailure) => {
      assert.equal(failure.nonRetryable, true);
      assert.deepEqual(failure.details?.[0], {
        type: 'SystemRefused',
        reason: 'memory refuses it (400).',
        events: [],
        next: 'Mend it in memory, then try again.',
      });
      return true;
    });
  });

  test('says which system or person is gone', async () => {
    const gone = { ...CHANGE, system: 'gone' };
    await assert.rejects(scene.run(scene.activities.giveHolding, gone), /no system “gone” any more/);
    const nobody = { ...CHANGE, person: 'nobody' };
    await assert.rejects(scene.run(scene.activities.giveHolding, nobody), /does not know “nobody”/);
    const newcomer = { person: 'nobody', name: 'No Body', email: 'nobody@example.com' };
    await scene.run(scene.activities.giveHolding, { ...nobody, newcomer });
    assert.equal(system.holds('nobody', SHOP), true);
  });
});
