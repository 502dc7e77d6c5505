import { parentPort, workerData } from 'node:worker_threads';
import type { IncidentStats } from '../domain/incident-stats.ts';
import { drawIncidentStats } from './incident-stats-picture.ts';

/** What `drawInThread` starts: one picture, and it is over. */
parentPort?.postMessage(drawIncidentStats(workerData as IncidentStats));
