import {
  ActivityFailure,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxyActivities,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';
import type { AccessWatch } from '../../activities/access/watch.ts';
import type { AccessNews } from '../../activities/access/watch-notes.ts';
import type { SystemActivities } from '../../activities/systems.ts';
import type { AccessLook, Missing, Orphan } from '../../src/domain/access-drift.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';
import { isPermanent } from '../incidents/trouble.ts';
import { goneSignal } from './messages.ts';

const SYSTEMS_QUEUE: (typeof QUEUES)['systems'] = 'purser-systems';
const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

const HOUR_MS = 3_600_000;
const SAID_AFTER_MS = 3 * HOUR_MS;
const LOOKS_IN_A_RUN = 24;

/** What cannot be had in ten minutes is asked for at the next look. */
const systems = proxyActivities<
  Omit<AccessWatch, 'tellOfAccess'> & Pick<SystemActivities, 'takeHolding' | 'planHolding'>
>({
  taskQueue: SYSTEMS_QUEUE,
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '5s', maximumInterval: '1m' },
});

const { tellOfAccess } = proxyActivities<Pick<AccessWatch, 'tellOfAccess'>>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '5s', maximumInterval: '1m' },
});

/** Something people hear of once: `since` tells it from the same at another time. */
interface Topic {
  since: number;
  isSaid: boolean;
}

/** Of one system, as long as something is not as it should be. */
interface Trouble {
  silence?: Topic;
  found?: Topic & { digest: string };
}

/** By the system's name. */
export type Troubles = Record<string, Trouble>;

/** Looks every hour whether people have in systems what was given, and nothing that no request gives any more. */
export async function reconcileAccess(troubles: Troubles = {}): Promise<void> {
  for (let looks = 0; looks < LOOKS_IN_A_RUN; looks += 1) {
    const next = Date.now() + HOUR_MS;
    const names = await orNothing('the systems with access could not be listed', () =>
      systems.systemsWithAccess(),
    );
    await Promise.all((names ?? []).map((system) => lookAt(system, troubles)));
    await sleep(Math.max(next - Date.now(), 0));
  }
  await continueAsNew<typeof reconcileAccess>(troubles);
}

async function lookAt(system: string, troubles: Troubles): Promise<void> {
  const trouble = troubles[system] ?? {};
  troubles[system] = trouble;
  const look = await orNothing(`${system} was not looked at`, () => systems.lookAtAccess({ system }));
  if (look === undefined) return await noteSilence(system, trouble);
  trouble.silence = undefined;
  if (look.kind === 'differences') await Promise.all(look.missing.map(tellGrant));
  if (look.digest === undefined) trouble.found = undefined;
  else await noteFound(system, trouble, { ...look, digest: look.digest });
}

async function noteSilence(system: string, trouble: Trouble): Promise<void> {
  const silence = trouble.silence ?? { since: Date.now(), isSaid: false };
  trouble.silence = silence;
  if (silence.isSaid || Date.now() - silence.since < SAID_AFTER_MS) return;
  await say(silence, `access:${system}:silent`, { kind: 'silent', system });
}

async function noteFound(
  system: string,
  trouble: Trouble,
  look: AccessLook & { digest: string },
): Promise<void> {
  const { digest } = look;
  const isKnown = trouble.found?.digest === digest;
  const found = isKnown && trouble.found ? trouble.found : { digest, since: Date.now(), isSaid: false };
  trouble.found = found;
  // What was tried once and is still there is for people to look at.
  if (found.isSaid) return;
  const news = look.kind === 'doubtful' ? doubt(system, look) : await settle(system, look.orphans);
  if (news !== undefined) await say(found, `access:${system}:${digest}`, news);
}

function doubt(system: string, look: Extract<AccessLook, { kind: 'doubtful' }>): AccessNews {
  const { because, changes, of } = look;
  return { kind: 'doubtful', system, because, changes, of };
}

/** Nothing while the system does not answer: it is tried again at the next look. What it refuses for good is left. */
async function settle(system: string, orphans: Orphan[]): Promise<AccessNews | undefined> {
  const [taken, left]: [Orphan[], Orphan[]] = [[], orphans.filter(({ take }) => !take)];
  for (const orphan of orphans.filter(({ take }) => take)) {
    const isGone = await orNothing('what no request holds could not be taken away', () => tryToTake(orphan));
    if (isGone === undefined) return undefined;
    (isGone ? taken : left).push(orphan);
  }
  return { kind: 'orphans', system, taken, left };
}

async function tryToTake(orphan: Orphan): Promise<boolean> {
  try {
    return await take(orphan);
  } catch (error) {
    if (error instanceof ActivityFailure && isPermanent(error)) return false;
    throw error;
  }
}

/** Only what was given for those requests: what the person has for others, or anyway, stays. */
async function take({ system, person, holding, grants }: Orphan): Promise<boolean> {
  for (const request of grants) {
    await systems.takeHolding({ system, person, holding, request, actor: 'purser' });
  }
  const { held, elsewhere } = await systems.planHolding({ system, person, holding });
  return !held || elsewhere;
}

/** One that is over need not know. */
async function tellGrant({ grant, system, holding }: Missing): Promise<void> {
  try {
    await getExternalWorkflowHandle(grant).signal(goneSignal, { system, holding });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
    log.warn('a request whose access is gone could not be told');
  }
}

async function say(topic: Topic, key: string, news: AccessNews): Promise<void> {
  const said = await orNothing('people could not be told of access', async () => {
    await tellOfAccess({ key: `${key}:${topic.since}`, news });
    return true;
  });
  topic.isSaid = said === true;
}

async function orNothing<T>(failure: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.warn(failure);
    return undefined;
  }
}
