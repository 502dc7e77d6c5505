import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { acquireInstanceLock } from '../../src/local/instance-lock.ts';

async function temporaryHome(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'purser-lock-'));
}

describe('acquireInstanceLock', () => {
  it('tells a second instance who runs, and where', async () => {
    const home = await temporaryHome();
    const lock = await acquireInstanceLock(home);
    lock.describe('http://localhost:3001');

    const second = acquireInstanceLock(home);

    await assert.rejects(second, {
      name: 'LocalStackError',
      message: new RegExp(`already running with ${home} \\(pid ${process.pid}, http://localhost:3001\\)`),
    });
    await lock.release();
  });

  it('is free again once released, and never taken for another home', async () => {
    const [home, other] = await Promise.all([temporaryHome(), temporaryHome()]);
    const first = await acquireInstanceLock(home);
    const elsewhere = await acquireInstanceLock(other);
    await first.release();

    const second = await acquireInstanceLock(home);

    await Promise.all([second.release(), elsewhere.release()]);
  });

  it('is free again after its holder was killed', async () => {
    const home = await temporaryHome();
    const module = new URL('../../src/local/instance-lock.ts', import.meta.url).href;
    const program = `import { acquireInstanceLock } from ${JSON.stringify(module)};
      await acquireInstanceLock(${JSON.stringify(home)});
      process.stdout.write('held');
      setInterval(() => undefined, 1_000_000);`;
    const holder = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await assert.rejects(acquireInstanceLock(home), /already running/);
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const lock = await acquireInstanceLock(home);

    await lock.release();
  });

  it('lets exactly one of many in', async () => {
    const home = await temporaryHome();

    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => acquireInstanceLock(home)));

    const winners = attempts.filter((attempt) => attempt.status === 'fulfilled');
    assert.equal(winners.length, 1);
    await winners[0]?.value.release();
  });
});
