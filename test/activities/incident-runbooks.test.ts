import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runbookSchema } from '../../src/domain/runbooks.ts';
import { sampleIncidentConfig } from '../support/incidents-context.ts';
import { openIncident } from './incident-stage.ts';
import { createStage } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const runbook = runbookSchema.parse({
  apiVersion: 'purser/v1',
  kind: 'Runbook',
  metadata: { name: 'one', version: 2, title: 'One' },
  on: [{ event: 'opened' }, { event: 'time', after: '5m' }],
  steps: [{ do: 'invite', who: { team: 'shop' }, approve: 'lead' }],
});

async function scene() {
  const made = await stage.scene();
  made.deps.incidentConfig = async () => sampleIncidentConfig();
  made.deps.runbooks = async () => ({
    runbooks: [runbook],
    problems: ['runbooks/two.yaml: steps: none', 'runbooks/three.yaml: on: wrong'],
  });
  return made;
}

test('those that begin are planned, with the times of others and what cannot be used', async () => {
  const { activities, run } = await scene();

  const found = await run(activities.findRunbooks, {
    state: openIncident(),
    happened: { event: 'opened' },
  });

  assert.deepEqual(
    found.plans.map(({ name, version, steps }) => [name, version, steps[0]?.approve]),
    [['one', 2, 'lead']],
  );
  assert.deepEqual([found.times, found.problems.length], [[300_000], 2]);
});

test('by hand, what is not there or cannot be used is refused for good, with why', async () => {
  const { activities, run } = await scene();
  const ask = (name: string) =>
    run(activities.findRunbooks, { state: openIncident(), happened: { event: 'by-hand', name } });

  assert.equal((await ask('one')).plans.length, 1);
  await assert.rejects(ask('four'), { message: 'There is no runbook “four”.', nonRetryable: true });
  await assert.rejects(ask('two'), { message: 'runbooks/two.yaml: steps: none', nonRetryable: true });
});

test('what came of a step is audited once, by whom and of which version', async () => {
  const { activities, run, audit } = await scene();
  const state = openIncident({
    runbooks: [
      {
        ...{ id: 'r1', name: 'one', version: 2, title: 'One', startedBy: 'purser' },
        startedAt: '2026-04-01T10:00:00.000Z',
        steps: [{ id: 'r1.1', title: 'Say', action: { do: 'message', text: 'x' }, state: 'done' }],
      },
    ],
  });
  const told = { state, step: 'r1.1', by: 'kim', key: 'press', outcome: 'done' } as const;

  await run(activities.auditStep, told);
  await run(activities.auditStep, told);

  const rows = await audit();
  assert.partialDeepStrictEqual(rows, [
    {
      action: 'incident.runbook-step',
      actor: 'kim',
      outcome: 'done',
      detail: { step: 'r1.1', does: 'message', runbook: 'one@2' },
    },
  ]);
  assert.equal(rows.length, 1);
});
