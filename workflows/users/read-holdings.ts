import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import type { SystemActivities } from '../../activities/systems.ts';
import type { SystemHoldings } from '../../src/domain/holdings.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';

const SYSTEMS_QUEUE: (typeof QUEUES)['systems'] = 'purser-systems';

/** Somebody waits for it in chat: one try. */
const systems = proxyActivities<Pick<SystemActivities, 'listSystems' | 'readHoldings'>>({
  taskQueue: SYSTEMS_QUEUE,
  scheduleToCloseTimeout: '1500ms',
  retry: { maximumAttempts: 1 },
});

/** Only workers may ask the systems. One that does not answer keeps nobody from seeing the others. */
export async function readHoldingsEverywhere({ person }: { person: string }): Promise<SystemHoldings[]> {
  const known = await systems.listSystems();
  return await Promise.all(known.map((system) => readHoldings(system, person)));
}

type Known = Awaited<ReturnType<SystemActivities['listSystems']>>[number];

async function readHoldings({ system, capabilities }: Known, person: string): Promise<SystemHoldings> {
  try {
    const holdings = await systems.readHoldings({ system, person });
    return { system, holdings, outlasts: capabilities.outlasts };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { system, trouble: 'does not answer now' };
  }
}
