import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../src/local/ports.ts';
import { run } from '../../src/local/run.ts';
import { type Purser, processesOf, startPurser, temporaryHome } from './npm-start.ts';

/** A Playground that shows nothing but the file it was given. */
async function standInForNpx(directory: string): Promise<void> {
  await mkdir(directory);
  const program = `#!${process.execPath}
const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const port = Number(process.argv[process.argv.indexOf('-p') + 1]);
const file = readFileSync('.m365agentsplayground.yml');
createServer((_request, response) => response.end(file)).listen(port, '127.0.0.1');
`;
  await writeFile(join(directory, 'npx'), program, { mode: 0o755 });
}

async function pidOf(home: string, component: string): Promise<number> {
  return Number(await readFile(join(home, 'cluster/clusters/purser/pids', `${component}.pid`), 'utf8'));
}

async function writtenAddress(output: string): Promise<string> {
  return output.match(/server at (127\.0\.0\.1:\d+)/)?.[1] ?? '';
}

describe('npm start', () => {
  let home: string;
  let port: string;
  let running: Purser;
  const started: Purser[] = [];
  const tool = (name: string) => join(home, 'bin', name);
  const kubectl = (...args: string[]) =>
    run(tool('kubectl'), ['--kubeconfig', join(home, 'cluster', 'kubeconfig'), ...args]);

  async function start(env: Record<string, string> = {}, args: string[] = []): Promise<Purser> {
    running = startPurser({ PURSER_HOME: home, PORT: port, ...env }, args);
    started.push(running);
    await running.says('Ctrl-C stops everything');
    return running;
  }

  async function stop(purser: Purser, signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    purser.child.kill(signal);
    return await purser.exited;
  }

  before(async () => {
    home = await temporaryHome();
    port = String(await freePort());
  });
  after(async () => {
    await Promise.all(started.map((purser) => stop(purser)));
    await rm(home, { recursive: true, force: true });
  });

  it('brings everything up, says where it is, and leaves nothing running', async () => {
    const purser = await start();

    const output = purser.output();
    const page = await fetch(output.match(/Slack +(http:\S+)/)?.[1] ?? '');
    const health = await fetch(`http://localhost:${port}/healthz`);
    const nodes = await kubectl('get', 'nodes', '-o', 'name');
    const code = await stop(purser);

    assert.equal(page.status, 200);
    assert.equal(health.status, 200);
    assert.equal(nodes.trim().split('\n').length, 3);
    assert.match(output, /Temporal +http:\/\/localhost:\d+/);
    assert.match(output, new RegExp(`export KUBECONFIG=${home}`));
    assert.match(output, new RegExp(`Purser +http://localhost:${port}`));
    assert.match(output, /Type first, in #general: {2}\/env create/);
    for (const variable of ['SLACK_BOT_TOKEN', 'TEMPORAL_ADDRESS', 'KUBECONFIG', 'DATABASE_URL']) {
      assert.match(output, new RegExp(variable));
    }
    assert.equal(code, 0);
    assert.deepEqual(await processesOf(home), []);
    assert.deepEqual(await readdir(join(home, 'run')), []);
  });

  it('serves two people a Teams when asked to, after saying whose it is', async () => {
    const programs = join(home, 'programs');
    await standInForNpx(programs);
    const purser = await start({ PATH: `${programs}:${process.env.PATH}` }, ['--teams']);

    const output = purser.output();
    const pages = [...output.matchAll(/Teams +(http:\S+) +open this to be (\w+)/g)];
    const answers = await Promise.all(pages.map(async ([, url = '']) => (await fetch(url)).text()));
    const refused = await fetch(`http://localhost:${port}/api/messages`, { method: 'POST', body: '{}' });
    await stop(purser);

    assert.ok(output.indexOf('Microsoft’s own terms') < output.indexOf('is ready'));
    assert.deepEqual(
      pages.map(([, , name]) => name),
      ['Kim', 'Noor'],
    );
    for (const [index, answer] of answers.entries()) {
      assert.match(answer, new RegExp(`currentUser:\\s+id: 29:${['kim', 'noor'][index]}`));
    }
    assert.equal(refused.status, 401);
    assert.deepEqual(await processesOf(home), []);
  });

  it('says in one line what it was not asked in a way it understands', async () => {
    const purser = startPurser({ PURSER_HOME: home, PORT: port }, ['--slack']);

    const code = await purser.exited;

    assert.equal(code, 1);
    assert.match(purser.output(), /--slack/);
    assert.match(purser.output(), /Usage: npm start \[-- --teams\]/);
  });

  it('still has what was there the second time', async () => {
    const first = await start();
    await kubectl('create', 'namespace', 'kept');
    const address = await writtenAddress(first.output());
    const workflow = ['--workflow-id', 'kept', '--type', 'nobodyRunsThis', '--task-queue', 'nobody'];
    await run(tool('temporal'), ['workflow', 'start', '--address', address, ...workflow]);
    await stop(first, 'SIGTERM');

    const second = await start();

    const namespace = await kubectl('get', 'namespace', 'kept', '-o', 'name');
    const described = await run(tool('temporal'), [
      ...['workflow', 'describe', '--address', await writtenAddress(second.output())],
      ...['--workflow-id', 'kept'],
    ]);
    assert.equal(namespace.trim(), 'namespace/kept');
    assert.match(described, /nobodyRunsThis/);
  });

  it('tells a second instance that one is running, and where', async () => {
    const second = startPurser({ PURSER_HOME: home, PORT: String(await freePort()) });

    const code = await second.exited;

    assert.equal(code, 1);
    const page = running.output().match(/Slack +(http:\S+)/)?.[1];
    assert.equal(
      second.output(),
      `Purser is already running with ${home} (pid ${running.child.pid}, ${page}). ` +
        'End that one first, or give this one another folder with PURSER_HOME.\n',
    );
  });

  it('stops the rest when a part of the cluster was killed before', async () => {
    process.kill(await pidOf(home, 'kube-scheduler'), 'SIGKILL');

    await stop(running);

    assert.deepEqual(await processesOf(home), []);
  });

  it('starts again after it was killed itself, and ends what that left running', async () => {
    const killed = await start();
    killed.child.kill('SIGKILL');
    await killed.exited;
    const left = await processesOf(home);

    const next = await start();

    assert.ok(left.length >= 7, left.join('\n'));
    assert.match(next.output(), /ended temporal, left by an earlier run/);
    const now = await processesOf(home);
    assert.equal(now.length, 7, now.join('\n'));
    await stop(next);
    assert.deepEqual(await processesOf(home), []);
  });

  it('stops everything when Temporal goes away by itself', async () => {
    const purser = await start();
    const { pid } = JSON.parse(await readFile(join(home, 'run', 'temporal.json'), 'utf8'));

    process.kill(pid, 'SIGKILL');
    const code = await purser.exited;

    assert.equal(code, 1);
    assert.match(purser.output(), /Temporal stopped by itself/);
    assert.deepEqual(await processesOf(home), []);
  });

  it('can be stopped while it is still starting', async () => {
    const purser = startPurser({ PURSER_HOME: home, PORT: port });
    started.push(purser);
    await purser.says('Starting Purser');

    const code = await stop(purser);

    assert.equal(code, 0);
    assert.deepEqual(await processesOf(home), []);
  });
});
