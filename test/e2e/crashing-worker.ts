/**
 * The worker of production, except that it holds each activity that `TEST_CRASH_AT` names at its boundary, and kills
 * itself without any warning once all of them are held: one crash for many boundaries.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Activities } from '../../activities/index.ts';
import { loadConfig } from '../../src/config.ts';
import { freePort } from '../../src/local/ports.ts';
import { openDependencies } from '../../src/processes/open-dependencies.ts';
import { wireActivities } from '../../src/processes/start-worker.ts';
import { connectWorkers, namespaceOf } from '../../src/temporal/client.ts';
import { installTemporalRuntime } from '../../src/temporal/logger.ts';
import { bundleWorkflows, createWorkers } from '../../src/temporal/worker.ts';
import { type AnyInput, crashKey, type Victim, victimOf, type When } from './crashes.ts';

type AnyActivity = (input: AnyInput) => Promise<unknown>;

const BEAT_EVERY_MS = 1_000;

const crashes = new Set(JSON.parse(process.env.TEST_CRASH_AT ?? '') as string[]);
const held = new Set<string>();
const config = loadConfig('worker');
if (config.temporal === undefined) throw new TypeError('the configuration names no Temporal');
const shared = await openDependencies(config);
installTemporalRuntime({ log: shared.log, metricsAddress: `127.0.0.1:${await freePort()}` });
const workers = await createWorkers({
  connection: await connectWorkers(config.temporal),
  namespace: namespaceOf(config.temporal),
  bundle: await bundleWorkflows(shared.log),
  activities: crashing(wireActivities(shared)),
});
shared.log.info('worker started');
await workers.run();

function crashing(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    atBoundaries(name, run as AnyActivity),
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

function atBoundaries(name: string, run: AnyActivity): AnyActivity {
  return async (input) => {
    const victim = victimOf(name, input);
    await hold(victim, 'before');
    const result = await run(input);
    await hold(victim, 'after');
    return result;
  };
}

/** Held for as long as this process lives, which is until the last of all crashes is due. */
async function hold({ name, activity }: Victim, when: When): Promise<void> {
  const key = crashKey(name, activity, when);
  if (!crashes.has(key)) return;
  held.add(key);
  shared.log.info({ key, left: crashes.size - held.size }, 'held');
  if (held.size === crashes.size) process.kill(process.pid, 'SIGKILL');
  for (;;) {
    Context.current().heartbeat();
    await delay(BEAT_EVERY_MS);
  }
}
