import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from './run.ts';
import type { Release } from './tool-catalogue.ts';

const CHECKSUM_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/** Downloads the program into `directory` as `name`. Rejects, with a reason to show, when it cannot be had or trusted. */
export async function downloadRelease(
  release: Release,
  directory: string,
  name: string,
  stop?: AbortSignal,
): Promise<void> {
  const expected = await expectedChecksum(release, stop);
  const archive = join(directory, `${name}.download`);
  // A connection that breaks half-way is common with files of this size; anything else will not get better.
  const actual = await fetchTo(release.url, archive, stop).catch((error: unknown) => {
    if (error instanceof RefusedDownload) throw error;
    return fetchTo(release.url, archive, stop);
  });
  if (actual !== expected) {
    throw new RefusedDownload(
      `${release.url} was refused: its SHA-256 is ${actual}, and the release says ${expected}`,
    );
  }
  if (release.member === undefined) {
    await rename(archive, join(directory, name));
    return;
  }
  await run('tar', ['-xzf', archive, '-C', directory, release.member]);
  if (release.member !== name) await rename(join(directory, release.member), join(directory, name));
}

/** The server's answer, or the file, is not what it has to be: asking again will not help. */
class RefusedDownload extends Error {}

async function expectedChecksum(release: Release, stop?: AbortSignal): Promise<string> {
  if ('sha256' in release.checksum) return release.checksum.sha256;
  const { url } = release.checksum;
  const response = await request(url, CHECKSUM_TIMEOUT_MS, stop);
  const lines = (await response.text()).trim().split('\n');
  const file = basename(new URL(release.url).pathname);
  const own = lines
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, listed]) => listed === file || (listed === undefined && lines.length === 1));
  const sum = own?.[0]?.toLowerCase();
  if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum)) {
    throw new RefusedDownload(`${url} names no SHA-256 for ${file}`);
  }
  return sum;
}

/** Returns the SHA-256 of what it wrote. */
async function fetchTo(url: string, file: string, stop?: AbortSignal): Promise<string> {
  const response = await request(url, DOWNLOAD_TIMEOUT_MS, stop);
  if (response.body === null) throw new RefusedDownload(`${url} answers with nothing`);
  const hash = createHash('sha256');
  await pipeline(
    Readable.fromWeb(response.body),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file),
  );
  return hash.digest('hex');
}

async function request(url: string, timeoutMs: number, stop?: AbortSignal): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new RefusedDownload(`${new URL(url).host} cannot be reached (${networkReason(error)})`);
  });
  if (!response.ok) throw new RefusedDownload(`${url} answers ${response.status}`);
  return response;
}

function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}
