/** `npm run worker`: runs workflows and activities. */
import { runProcess } from './processes/run-process.ts';
import { startWorker } from './processes/start-worker.ts';

await runProcess('worker', startWorker);
