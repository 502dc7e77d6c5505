import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../src/local/ports.ts';
import { run } from '../../src/local/run.ts';
import { purserHome } from '../support/stack.ts';

const START_TIMEOUT_MS = 90_000;

interface Purser {
  child: ChildProcess;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
  /** Resolves once it has written the text. */
  says(text: string): Promise<void>;
}

/** As `npm start` runs it, without anything configured. */
function startPurser(env: Record<string, string>, args: string[] = []): Purser {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!written.includes(text)) return;
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(
        () => reject(new Error(`It never said “${text}”:\n${written}`)),
        START_TIMEOUT_MS,
      );
      child.stdout.on('data', check);
      child.stderr.on('data', check);
      void exited.then(() => {
        clearTimeout(timer);
        reject(new Error(`It ended before it said “${text}”:\n${written}`));
      });
      check();
    });
  return { child, output: () => written, exited, says };
}

async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'purser-start-'));
  await symlink(join(purserHome(), 'bin'), join(home, 'bin'));
  return home;
}

/** Everything that was started for the home, by command line. */
async function processesOf(home: string): Promise<string[]> {
  const all = await run('ps', ['-ww', '-A', '-o', 'args=']);
  return all.split('\n').filter((line) => line.includes(home) && !line.startsWith('ps '));
}

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

describe('npm start, refused', () => {
  let home: string;
  before(async () => {
    home = await temporaryHome();
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('names the port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };

    const purser = startPurser({ PURSER_HOME: home, PORT: String(port) });
    const code = await purser.exited;

    server.close();
    assert.equal(code, 1);
    assert.equal(
      purser.output(),
      `Port ${port} is in use by another program: end that one, or set PORT to another port.\n`,
    );
  });

  it('names the folder that cannot be written', async () => {
    const file = join(home, 'a-file');
    await writeFile(file, '');

    const purser = startPurser({ PURSER_HOME: join(file, 'home') });
    const code = await purser.exited;

    assert.equal(code, 1);
    assert.equal(
      purser.output(),
      `Nothing can be written to ${file}/home (ENOTDIR). Set PURSER_HOME to a folder of yours.\n`,
    );
  });

  it('names the variable that is wrong', async () => {
    const purser = startPurser({ PURSER_HOME: home, PORT: 'sixty' });

    const code = await purser.exited;

    assert.equal(code, 78);
    assert.match(purser.output(), /PORT must be a port number/);
  });
});
