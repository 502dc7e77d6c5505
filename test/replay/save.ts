import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

export function isRecorded(file: string): boolean {
  return existsSync(urlOf(file));
}

function urlOf(file: string): URL {
  return new URL(`./${file}.json`, import.meta.url);
}

/** Writes what has happened so far to `<workflow>/<case>.json`; a file that exists is kept. */
export async function save(handle: Pick<WorkflowHandle, 'fetchHistory'>, file: string): Promise<void> {
  if (isRecorded(file)) return;
  const url = urlOf(file);
  await mkdir(dirname(url.pathname), { recursive: true });
  await writeFile(url, `${withoutMachine(historyToJSON(await handle.fetchHistory()))}\n`);
  process.stdout.write(`recorded ${file}\n`);
}

/** Which machine recorded it is nobody's business, and no part of what is replayed. */
function withoutMachine(history: string): string {
  const scrubbed = JSON.parse(history, (key, value) =>
    key === 'stackTrace' ? undefined : key === 'identity' ? 'recorder' : value,
  );
  return JSON.stringify(scrubbed, undefined, 1).replaceAll(`${process.pid}@${hostname()}`, 'recorder');
}
