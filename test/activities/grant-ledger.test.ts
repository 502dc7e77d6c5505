import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createActivities } from '../../activities/index.ts';
import type { GrantState } from '../../src/domain/access.ts';
import { sampleEntitlement, sampleGrantState } from '../support/grant-samples.ts';
import { createMemorySystem } from '../support/memory-system.ts';
import { createStage } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

test('what they have anyway is not given, unless it is there for another request in a system that forgets', async () => {
  const scene = await stage.scene();
  const { connector } = createMemorySystem('plain', { remembers: false, sessions: true });
  const activities = createActivities({ ...scene.deps, systems: async () => [connector] });
  const context = (state: Partial<GrantState>) => ({
    state: sampleGrantState(state),
    entitlement: sampleEntitlement(),
  });
  let attempts = 0;
  function run<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> {
    attempts += 1;
    return scene.run(activity, input, `activity-${attempts}`);
  }
  const place = { system: 'plain', holding: { kind: 'group' as const, group: 'shop' } };
  const arm = (id: string, elsewhere: boolean) =>
    run(activities.armGrant, {
      ...context({ id }),
      plans: [{ ...place, elsewhere }],
      endsAt: '2026-11-30T12:00:00.000Z',
    });
  const release = (id: string) => run(activities.releaseHolding, { ...context({ id }), place });

  const anyway = await arm('01', true);
  const [given, beside] = [await arm('02', false), await arm('03', true)];
  const early = await release('02');
  await run(activities.noteRevoked, { ...context({ id: '02' }), place });
  const late = await release('03');

  assert.deepEqual([anyway, given, beside], [['elsewhere'], ['waiting'], ['waiting']]);
  assert.deepEqual([early.isKept, late.isKept, early.remembers, early.sessions], [true, false, false, true]);
  await assert.rejects(arm('04', true), /just being taken away/);
});
