import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/temporal/worker.ts';
import { silentLog } from '../temporal/real-server.ts';

const HISTORIES = globSync('*/*.json', { cwd: import.meta.dirname }).sort();

describe('histories of earlier versions', () => {
  let workflowBundle: Awaited<ReturnType<typeof bundleWorkflows>>;
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    workflowBundle = await bundleWorkflows(silentLog);
  });

  it('cover each shape of life', () => {
    for (const shape of ['approved', 'denied', 'timed-out', 'failed-and-rolled-back', 'retried', 'expired']) {
      assert.ok(HISTORIES.includes(`environment/${shape}.json`), shape);
    }
    for (const shape of ['linked', 'denied', 'shown-anew']) {
      assert.ok(HISTORIES.includes(`linkAccount/${shape}.json`), shape);
    }
    for (const shape of ['granted', 'denied', 'timed-out']) {
      assert.ok(HISTORIES.includes(`moreQuota/${shape}.json`), shape);
    }
    for (const shape of [
      'expired',
      'denied',
      'timed-out',
      'extended',
      'failed',
      'withdrawn-while-given',
      'gone',
    ]) {
      assert.ok(HISTORIES.includes(`grant/${shape}.json`), shape);
    }
    for (const shape of ['left', 'denied', 'timed-out', 'two-days-late', 'by-hand', 'undone', 'asked-anew']) {
      assert.ok(HISTORIES.includes(`departure/${shape}.json`), shape);
    }
    for (const watch of ['watchOnCall', 'watchLinks']) {
      assert.ok(HISTORIES.includes(`${watch}/a-month.json`), watch);
    }
    assert.ok(HISTORIES.includes('reconcileAccess/a-day.json'));
    for (const shape of ['came', 'agreed-and-moved', 'withdrawn', 'by-hand']) {
      assert.ok(HISTORIES.includes(`arrival/${shape}.json`), shape);
    }
    for (const shape of ['approved', 'denied', 'by-hand', 'lead-kept', 'created']) {
      assert.ok(HISTORIES.includes(`changeTeam/${shape}.json`), shape);
    }
    for (const shape of [
      'resolved',
      'exhausted',
      'merged',
      'unmerged',
      'merged-outside',
      'adopted',
      'part-of-another',
      'storm',
      'handed-over',
      'retried',
      'private-by-alert',
      'continued',
    ]) {
      assert.ok(HISTORIES.includes(`incident/${shape}.json`), shape);
    }
  });

  for (const file of HISTORIES) {
    it(`replay: ${file}`, async () => {
      const history = read(file);

      await Worker.runReplayHistory({ workflowBundle }, history, file);

      assert.match(JSON.stringify(history), /WORKFLOW_EXECUTION_(COMPLETED|CONTINUED_AS_NEW)/);
    });
  }

  it('are noticed when the workflow does something else', async () => {
    const history = read('environment/expired.json');
    const other = JSON.parse(JSON.stringify(history).replaceAll('"applyStep"', '"removeStep"'));

    await assert.rejects(Worker.runReplayHistory({ workflowBundle }, other, 'changed'), /[Nn]ondeterminism/);
  });
});

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'));
}
