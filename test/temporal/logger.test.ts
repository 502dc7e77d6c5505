import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Runtime } from '@temporalio/worker';
import { freePorts } from '../../src/local/ports.ts';
import { createLogger } from '../../src/operations/logger.ts';
import { installTemporalRuntime } from '../../src/temporal/logger.ts';

describe("temporal's runtime", () => {
  it('logs through our logger, with the workflow in one shape and secrets left out, and shows metrics', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = createLogger({
      level: 'info',
      destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
    });
    const [port] = (await freePorts(1)) as [number];
    installTemporalRuntime({ log, metricsAddress: `127.0.0.1:${port}` });

    const { logger } = Runtime.instance();
    logger.warn('core speaks', { workflow_id: 'environment/local/a', run_id: 'r1', token: 'xoxb-secret' });
    logger.info('a workflow speaks', { workflowId: 'environment/local/b' });
    logger.debug('nobody listens');
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
    await Runtime.instance().shutdown();

    const [core, workflow] = lines;
    assert.equal(lines.length, 2);
    assert.deepEqual([core?.level, core?.workflowId, core?.runId], ['warn', 'environment/local/a', 'r1']);
    assert.equal(core?.workflow_id, undefined);
    assert.doesNotMatch(JSON.stringify(core), /xoxb/);
    assert.deepEqual([workflow?.msg, workflow?.workflowId], ['a workflow speaks', 'environment/local/b']);
    assert.equal(metrics.status, 200);
  });
});
