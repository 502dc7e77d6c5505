import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LocalStackError } from './errors.ts';

const NEEDED_BYTES = 500 * 1024 * 1024;

/** Makes sure that local state can be kept. Throws `LocalStackError` with what to do when it cannot. */
export async function prepareHome(home: string): Promise<void> {
  const probe = join(home, '.probe');
  try {
    await mkdir(home, { recursive: true });
    await writeFile(probe, 'x');
    await rm(probe);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : String(error);
    throw new LocalStackError(
      `Nothing can be written to ${resolve(home)} (${reason}). Set PURSER_HOME to a folder of yours.`,
    );
  }
  const { bavail, bsize } = await statfs(home);
  if (bavail * bsize < NEEDED_BYTES) {
    const megabytes = Math.floor((bavail * bsize) / 1024 / 1024);
    throw new LocalStackError(
      `Only ${megabytes} MB are free at ${resolve(home)}, and Purser needs 500 MB: make room, or set PURSER_HOME to another disk.`,
    );
  }
}
