import { Worker } from 'node:worker_threads';
import type { IncidentStats } from '../domain/incident-stats.ts';

const THREAD = new URL('./drawing-thread.ts', import.meta.url);

let last: Promise<unknown> = Promise.resolve();

/**
 * PNG, as base64. Loading what draws and drawing take seconds on a busy machine, and everybody else waits for an answer
 * meanwhile: it happens in a thread of its own, one at a time.
 */
export function drawInThread(stats: IncidentStats): Promise<string> {
  const drawn = last.then(() => draw(stats));
  last = drawn.catch(() => undefined);
  return drawn;
}

function draw(workerData: IncidentStats): Promise<string> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(THREAD, { workerData });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread that draws ended without a picture')));
  });
}
