import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStackError } from './errors.ts';

export interface InstanceLock {
  /** What a second instance is told about this one. */
  describe(where: string): void;
  release(): Promise<void>;
}

/**
 * At most one instance a home. The lock is a listening socket, so it is gone with the process, however that ends.
 * Throws `LocalStackError` when another instance holds it.
 */
export async function acquireInstanceLock(home: string): Promise<InstanceLock> {
  const path = socketPath(home);
  let where = 'it is still starting';
  const answer = () => `pid ${process.pid}, ${where}`;
  // Between a holder's end and our next try somebody else may be first, and then answers the next question.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const server = await listen(path, answer);
    if (server !== undefined) {
      return {
        describe: (text) => {
          where = text;
        },
        release: () => new Promise((done) => server.close(() => done())),
      };
    }
    const holder = await ask(path);
    if (holder !== undefined) {
      throw new LocalStackError(
        `Purser is already running with ${resolve(home)} (${holder}). ` +
          'End that one first, or give this one another folder with PURSER_HOME.',
      );
    }
    // Without abstract names the file of a holder that was killed stays behind.
    if (!path.startsWith('\0') && existsSync(path)) rmSync(path, { force: true });
    await delay(50);
  }
  throw new LocalStackError(
    `Another Purser seems to be starting with ${resolve(home)}. Try again in a moment.`,
  );
}

/** Abstract on Linux: nothing in the file system, nothing to clean up. */
function socketPath(home: string): string {
  const digest = createHash('sha256').update(resolve(home)).digest('hex').slice(0, 32);
  const name = `purser-${digest}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(path: string, answer: () => string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(answer());
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(undefined);
      else fail(error);
    });
    server.listen(path, () => done(server.unref()));
  });
}

async function ask(path: string): Promise<string | undefined> {
  const socket = connect(path);
  socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
  return await text(socket).catch(() => undefined);
}
