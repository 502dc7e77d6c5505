import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort, isPortOpen } from '../../src/local/ports.ts';
import { startProcess } from '../../src/local/processes.ts';

/** Listens, and does not end when it is asked to. Its memory takes the kernel a while to give back. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  const ballast = Buffer.alloc(512 * 1024 * 1024, 1);
  require('node:http').createServer((_, response) => response.end(String(ballast.length)))
    .listen(Number(process.argv[1]), '127.0.0.1');
`;

describe('a process of the local stack', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'purser-processes-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('has given its port back once it is stopped, though it had to be killed', async () => {
    const port = await freePort();
    const stubborn = await startProcess({
      name: 'stubborn',
      command: process.execPath,
      args: ['-e', STUBBORN, String(port)],
      logFile: join(directory, 'stubborn.log'),
      ready: () => isPortOpen(port),
      readyTimeoutMs: 30_000,
      graceMs: 100,
    });

    await stubborn.stop();

    assert.equal(await isPortOpen(port), false);
  });

  it('can be stopped after it ended by itself', async () => {
    const brief = await startProcess({
      name: 'brief',
      command: process.execPath,
      args: ['-e', ''],
      logFile: join(directory, 'brief.log'),
      ready: async () => true,
      readyTimeoutMs: 30_000,
    });
    await brief.exited;

    await brief.stop();
  });
});
