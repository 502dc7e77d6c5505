import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { environmentWorkflowId } from '../../src/domain/ids.ts';
import { openPurser } from '../support/purser.ts';
import { answered, create, untilCard, untilPhase, watched } from './acts.ts';

/** Below it the SDK traces its own machinery, which knows of no requests. */
const EVERYTHING = { LOG_LEVEL: 'debug' };

const purser = await watched(openPurser());

describe('the log', () => {
  before(async () => {
    await Promise.all([purser.startBot(EVERYTHING), purser.startWorker(EVERYTHING)]);
  });

  test('names the workflow and the request in each line of a request’s life', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name}`);
    const card = await untilCard(purser, name, 'is ready');
    const question = await answered(purser, 'U0KIM', () => slack.click('U0KIM', card, 'environment.delete'));
    await slack.click('U0KIM', question, 'environment.delete-confirmed');
    await untilCard(purser, name, 'was deleted');
    const { requestId } = await untilPhase(purser, name, 'gone');
    const workflowId = environmentWorkflowId('local', name);
    await slack.until(() =>
      lines().some((line) => line.workflowId === workflowId && line.msg === 'Workflow completed'),
    );

    const life = lines().filter((line) => line.workflowId === workflowId || line.requestId === requestId);

    assert.deepEqual(
      life.filter((line) => line.workflowId !== workflowId || line.requestId !== requestId),
      [],
    );
    const said = (msg: string) => life.filter((line) => line.msg === msg);
    assert.equal(said('temporal took it').length, 2);
    assert.equal(said('Workflow started').length, 1);
    const activities = new Set(said('activity started').map(({ activityType }) => activityType));
    for (const activity of ['admit', 'applyStep', 'announce', 'authorizeChange', 'teardown', 'settle']) {
      assert.ok(activities.has(activity), `${activity} is not among them`);
      assert.ok(life.some((line) => line.msg === 'Activity completed' && line.activityType === activity));
    }
  });

  function lines(): Record<string, unknown>[] {
    return purser
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
});
