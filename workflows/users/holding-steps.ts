import { ActivityFailure, proxyActivities, sleep } from '@temporalio/workflow';
import type { ChangeInput, InSystem, SystemActivities } from '../../activities/systems.ts';
import type { HoldingStep } from '../../src/domain/people-requests.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';
import { troubleOf } from '../environments/trouble.ts';
import { isPermanent } from '../incidents/trouble.ts';

const SYSTEMS_QUEUE: (typeof QUEUES)['systems'] = 'purser-systems';

/** Two tries, the second no sooner than the system asks for; then people are told what is in the way, and it is tried again later. */
const systems = proxyActivities<Pick<SystemActivities, 'giveHolding' | 'takeHolding' | 'readHolding'>>({
  taskQueue: SYSTEMS_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 2 * 3_600_000;
/** A system that is not back by then is somebody's to look at. */
const PATIENCE_MS = 7 * 86_400_000;

type Outcome = Pick<HoldingStep, 'state' | 'trouble'>;
type About = Omit<ChangeInput & InSystem, 'system'>;

/**
 * Gives or takes one thing until the system itself says that it is so, for days where need be. `tell` hears how it stands.
 * Never rejects for what a system does.
 */
export async function settleStep(
  step: HoldingStep,
  about: About,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  let said: string | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const { state, trouble } = await attempt(step, about);
    const last = Date.now() + pause > giveUpAt;
    if (state !== 'trying' || last)
      return tell({ state: last && state === 'trying' ? 'by-hand' : state, trouble });
    if (said !== trouble) tell({ state, trouble });
    said = trouble;
    await sleep(pause);
  }
}

async function attempt({ system, holding, want }: HoldingStep, about: About): Promise<Outcome> {
  const input = { ...about, system, holding };
  try {
    await (want === 'held' ? systems.giveHolding(input) : systems.takeHolding({ ...input, whoever: true }));
    const held = await systems.readHolding(input);
    if (held === (want === 'held')) return { state: 'done' };
    return { state: 'trying', trouble: 'It has not come about yet.' };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { state: isPermanent(error) ? 'by-hand' : 'trying', trouble: sentence(troubleOf(error).reason) };
  }
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
