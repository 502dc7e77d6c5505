import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { createProgress } from '../../src/local/progress.ts';
import { TOOLS } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';
import { purserHome } from '../support/stack.ts';
import { needsApproval, sampleInput, vote } from '../workflows/fake-activities.ts';
import { openRealServer, quietRuntime, type RealServer } from './real-server.ts';

/** The real server suggests it after thousands of events; this one after twenty. */
describe('an environment whose history has grown long', () => {
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

  it('goes on in a new run with everything it knew', async () => {
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

  it('keeps votes and deadline while it is asking', async () => {
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
