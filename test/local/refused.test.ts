import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../src/local/ports.ts';
import { run } from '../../src/local/run.ts';
import { processesOf, startPurser, temporaryHome } from './npm-start.ts';

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

  it('says in one line that the disk is full', async () => {
    const purser = startPurser({
      PURSER_HOME: home,
      ...changed('fs.statfs = async () => ({ bavail: 99, bsize: 1048576 });'),
    });

    const code = await purser.exited;

    assert.equal(code, 1);
    assert.equal(
      purser.output(),
      `Only 99 MB are free at ${home}, and Purser needs 500 MB: make room, or set PURSER_HOME to another disk.\n`,
    );
  });

  it('names the tools that are missing, and what to do', async () => {
    const empty = join(home, 'empty');
    const programs = await onlyThese(join(home, 'programs'), ['chmod', 'env', 'ps', 'tar']);
    const offline = changed("globalThis.fetch = async () => { throw new Error('offline'); };");

    const purser = startPurser({
      PURSER_HOME: empty,
      PORT: String(await freePort()),
      PATH: programs,
      ...offline,
    });
    const code = await purser.exited;

    assert.equal(code, 1);
    assert.match(
      purser.output(),
      /^Not found on PATH and not downloaded: temporal, .*kwok.* \(temporal: .*offline.*\)\. Install.*\n$/m,
    );
    assert.doesNotMatch(purser.output(), /at .*\.ts:\d+/);
    assert.deepEqual(await processesOf(empty), []);
  });

  it('names the variable that is wrong', async () => {
    const purser = startPurser({ PURSER_HOME: home, PORT: 'sixty' });

    const code = await purser.exited;

    assert.equal(code, 78);
    assert.match(purser.output(), /PORT must be a port number/);
  });
});

/** Has the program run a line of its own first, where `fs` is what everybody imports from `node:fs/promises`. */
function changed(line: string): Record<string, string> {
  const imports = "import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module';";
  const module = `${imports} ${line} syncBuiltinESMExports();`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}` };
}

/** A directory for `PATH` with nothing else on it. */
async function onlyThese(directory: string, programs: string[]): Promise<string> {
  await mkdir(directory);
  for (const program of programs) {
    const path = (await run('which', [program])).trim();
    await symlink(path, join(directory, program));
  }
  return directory;
}
