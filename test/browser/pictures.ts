import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** It reaches this machine alone. */
export const BROWSER_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...[
    '--disable-component-update',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  ],
];

/** Where pictures are kept, to be looked at. */
export async function picturesDirectory(): Promise<string> {
  const directory = process.env.TEST_PICTURES ?? join(tmpdir(), 'purser-pictures');
  await mkdir(directory, { recursive: true });
  return directory;
}
