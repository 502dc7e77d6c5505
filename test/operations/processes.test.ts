import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { freePorts } from '../../src/local/ports.ts';
import { createPostgresDatabase } from '../store/databases.ts';
import { kubeconfigPath, temporalAddress } from '../support/stack.ts';

const CANARY = 'xoxb-canary-81c2';

/** Of our own: this worker must not take what other tests have asked for. */
const namespace = `processes-${randomUUID()}`;
let own: { url: string; drop(): Promise<void> };
before(async () => {
  own = await createPostgresDatabase();
  await createNamespace();
});
after(() => own.drop());

for (const mode of ['bot', 'worker'] as const) {
  test(`the ${mode} refuses a wrong configuration with every problem and exit code 78`, async () => {
    const child = start(mode, { PORT: 'none' });

    const [code] = await once(child.process, 'exit');

    assert.equal(code, 78);
    for (const variable of ['PORT', 'SLACK_BOT_TOKEN', 'TEMPORAL_ADDRESS', 'KUBECONFIG', 'DATABASE_URL']) {
      assert.match(child.output(), new RegExp(`${variable}=`));
    }
    assert.doesNotMatch(child.output(), /at .*\.ts:\d+/);
  });

  test(`the ${mode} says in one line what cannot be reached`, async () => {
    const child = start(mode, { ...configured(0), DATABASE_URL: 'postgres://purser@127.0.0.1:1/x' });

    const [code] = await once(child.process, 'exit');

    assert.equal(code, 1);
    assert.match(child.output(), new RegExp(`^Purser's ${mode} cannot go on: .*ECONNREFUSED.*\\n$`));
  });

  test(`the ${mode} becomes ready, and SIGTERM drains it`, { timeout: 120_000 }, async () => {
    const [port] = (await freePorts(1)) as [number];
    const child = start(mode, configured(port));

    const ready = await answerOf(child.process, `http://127.0.0.1:${port}/readyz`);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    child.process.kill('SIGTERM');
    const [code] = await once(child.process, 'exit');

    assert.deepEqual(ready, { status: 'ready', temporal: 'ok', kubernetes: 'ok', database: 'ok' });
    assert.match(metrics, /^process_cpu_seconds_total /m);
    if (mode === 'worker') assert.match(metrics, /^temporal_/m);
    assert.equal(code, 0);
    assert.match(child.output(), new RegExp(`"msg":"${mode} stopped"`));
    assert.doesNotMatch(child.output(), new RegExp(CANARY));
  });
}

/** The server knows a new namespace everywhere after some seconds. */
async function createNamespace(): Promise<void> {
  const connection = await Connection.connect({ address: temporalAddress() });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const isKnown = () =>
    connection.operatorService.listSearchAttributes({ namespace }).then(
      () => true,
      () => false,
    );
  while (!(await isKnown())) await delay(100);
  await connection.close();
}

function configured(port: number): Record<string, string> {
  return {
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_ADDRESS: temporalAddress(),
    KUBECONFIG: kubeconfigPath(),
    DATABASE_URL: own.url,
    SLACK_BOT_TOKEN: CANARY,
    SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    LOG_LEVEL: 'trace',
    ...(port === 0 ? {} : { PORT: String(port) }),
  };
}

function start(mode: string, env: Record<string, string>): { process: ChildProcess; output(): string } {
  const child = spawn(process.execPath, [`src/${mode}.ts`], { env: { HOME: '/nonexistent', ...env } });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { process: child, output: () => said };
}

/** The first time it is ready; what it says then. */
async function answerOf(child: ChildProcess, url: string): Promise<unknown> {
  while (child.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return await response.json();
    await delay(100);
  }
  return assert.fail(`it ended with ${child.exitCode}`);
}
