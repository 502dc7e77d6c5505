import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { createProgress } from '../../src/local/progress.ts';
import { TOOLS } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';
import { sampleEntitlement, sampleGrantInput } from '../support/grant-samples.ts';
import { purserHome } from '../support/stack.ts';
import { needsApproval, sampleInput, vote } from '../workflows/fake-activities.ts';
import { openRealServer, quietRuntime, type RealServer } from './real-server.ts';

/** The real server suggests it after thousands of events; this one after twenty. */
describe('a workflow whose history has grown long', () => {
  let env: TestWorkflowEnvironment;
  let server: RealServer;
  before(async () => {
    const { temporal } = await prepareTools({
      specs: TOOLS,
      home: purserHome(),
      searchPath: (process.env.PATH ?? '').split(delimiter),
      progress: createProgress(process.stdout),
    });
    quietRuntime();
    env = await TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: temporal },
        extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=20'],
      },
    });
    server = await openRealServer(env.address);
  });
  after(async () => {
    await server?.close();
    await env?.teardown();
  });

  it('is an environment that goes on in a new run with everything it knew', async () => {
    const play = server.stage.enter('renewed', {});
    const input = sampleInput({ requestId: 'renewed' });
    await server.launchers.startEnvironment(input);
    const first = await server.client.workflow.getHandle('environment/local/renewed').describe();
    await play.called('announce', ({ phase }) => phase === 'ready');
    const renewed = await untilRun((runId) => runId !== first.runId, 'environment/local/renewed');

    const state = await server.launchers.getEnvironment('renewed');
    const repeated = await server.launchers.startEnvironment(input);
    const deleted = await server.launchers.deleteEnvironment('renewed', 'renewed', 'kim');
    await server.client.workflow.getHandle('environment/local/renewed').result();

    assert.equal(state?.phase, 'ready');
    assert.deepEqual(renewed.memo, { requestId: 'renewed', cluster: 'local', name: 'renewed' });
    assert.deepEqual(repeated, { ok: true });
    assert.deepEqual(deleted, { ok: true });
    const [teardown] = play.of('teardown');
    assert.equal(teardown?.inventory.length, 3);
    const ended = await server.launchers.getEnvironment('renewed');
    assert.equal(ended?.end, 'deleted');
    assert.equal(ended?.requestedAt, state?.requestedAt);
    assert.equal(play.of('admit').length, 1);
  });

  it('is an environment that keeps votes and deadline while it is asking', async () => {
    const play = server.stage.enter('asking', {
      authorizeDecision: async ({ person }) => {
        if (person === 'eve') throw ApplicationFailure.nonRetryable('Only FinOps may', 'Forbidden');
      },
    });
    await server.launchers.startEnvironment(sampleInput({ requestId: 'asking', approval: needsApproval(2) }));
    await play.called('announce', ({ phase }) => phase === 'awaiting-approval');
    await server.launchers.decide({ name: 'asking', ...vote('asking', 'noor') });
    const before = await server.launchers.getEnvironment('asking');
    const { runId } = await server.client.workflow.getHandle('environment/local/asking').describe();

    for (let tries = 0; tries < 6; tries += 1) {
      await server.launchers.decide({ name: 'asking', ...vote('asking', 'eve') });
    }
    await untilRun((current) => current !== runId, 'environment/local/asking');
    const between = await server.launchers.getEnvironment('asking');
    await server.launchers.decide({ name: 'asking', ...vote('asking', 'ravi') });
    await play.called('announce', ({ phase }) => phase === 'ready');

    assert.deepEqual(between, before);
    const state = await server.launchers.getEnvironment('asking');
    assert.deepEqual(state?.approval.decision?.by, ['noor', 'ravi']);
  });

  it('is a grant that gives nothing twice, and goes on taking it away', async () => {
    let taken = 0;
    const play = server.grantStage.enter('kim-renewed', {
      takeHolding: async () => {
        taken += 1;
        if (taken < 3) throw ApplicationFailure.nonRetryable('cluster refuses it (403).', 'SystemRefused');
      },
      planHolding: async () => ({ held: taken === 1, elsewhere: false }),
      readHolding: async () => true,
    });
    const ref = { beneficiary: 'kim-renewed', id: '01sample' };
    const workflowId = 'grant/kim-renewed/01sample';
    const entitlement = sampleEntitlement({ approval: [] });
    await server.grants.startGrant(sampleGrantInput({ ...ref, requester: 'kim-renewed', entitlement }));
    const first = await server.client.workflow.getHandle(workflowId).describe();
    await play.called('showGrant', ({ phase }) => phase === 'active');
    const second = await untilRun((runId) => runId !== first.runId, workflowId);
    const active = await server.grants.getGrant(ref);

    await server.grants.end(ref, { requestId: 'end', person: 'kim-renewed' });
    await untilRun((runId) => runId !== second.runId, workflowId);
    await server.client.workflow.getHandle(workflowId).result();

    const ended = await server.grants.getGrant(ref);
    assert.equal(active?.phase, 'active');
    assert.deepEqual([ended?.end, ended?.endsAt, taken], ['returned', active?.endsAt, 3]);
    for (const once of ['admitGrant', 'armGrant', 'giveHolding', 'noteRevoked', 'settleGrant'] as const) {
      assert.equal(play.of(once).length, 1, once);
    }
  });

  async function untilRun(fits: (runId: string) => boolean, workflowId: string) {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const description = await server.client.workflow.getHandle(workflowId).describe();
      if (fits(description.runId)) return description;
      if (Date.now() > deadline) throw new Error('it did not continue as new');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
