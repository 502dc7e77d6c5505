import { ActivityFailure, sleep } from '@temporalio/workflow';
import type { LedgerLine } from '../../src/domain/departures.ts';
import type { Holding } from '../../src/domain/systems.ts';
import { systems } from './departure-activities.ts';
import { done, type Outcome, outcomeOfFailure } from './departure-lines.ts';
import { addLines, changeLine, changeOf, type Leaving, lineOf, linesOf, now } from './departure-state.ts';

type Group = Extract<Holding, { kind: 'group' }>;

/** A cluster acts on what is gone for a moment. */
const READ_AGAIN_AFTER = '3s';
/** Taken so often without a complaint and there all the same: it is not Purser's to take. */
const TRIES = 3;

/** Everything they are in a system, as it says now, one after the other; over when it says that nothing is left. */
export async function takeGroups(leaving: Leaving, system: string): Promise<Outcome> {
  for (const group of await groupsIn(leaving, system)) await takeGroup(leaving, system, group);
  let left = await groupsIn(leaving, system);
  if (left.length > 0) {
    await sleep(READ_AGAIN_AFTER);
    left = await groupsIn(leaving, system);
  }
  const there = new Set(left.map((group) => lineId(system, group)));
  for (const { id, state } of linesOf(leaving, 'group', system)) {
    if (!there.has(id) && state !== 'done') {
      changeLine(leaving, id, { state: 'done', doneAt: now(), trouble: undefined, next: undefined });
    }
  }
  if (there.size === 0) return done();
  const open = [...there].map((id) => lineOf(leaving, id));
  return { state: open.every(({ state }) => state === 'by-hand') ? 'by-hand' : 'stuck' };
}

async function groupsIn(leaving: Leaving, system: string): Promise<Group[]> {
  const held = await systems.readHoldings(changeOf(leaving, system));
  return held.filter((holding) => holding.kind === 'group');
}

/** One that cannot be taken keeps nobody from taking the others. */
async function takeGroup(leaving: Leaving, system: string, holding: Group): Promise<void> {
  const id = lineId(system, holding);
  addLines(leaving, [{ id, kind: 'group', system, holding, state: 'waiting', tries: 0, had: true }]);
  const tries = lineOf(leaving, id).tries + 1;
  changeLine(leaving, id, { tries, ...(await outcomeOf(leaving, system, holding, tries)) });
}

async function outcomeOf(
  leaving: Leaving,
  system: string,
  holding: Group,
  tries: number,
): Promise<Partial<LedgerLine>> {
  try {
    await systems.takeHolding({ ...changeOf(leaving, system), holding, whoever: true });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return outcomeOfFailure(error);
  }
  if (tries <= TRIES) return { state: 'stuck', trouble: `${system} says that it is still there.` };
  return {
    state: 'by-hand',
    trouble: `${system} says that it is still there: somebody else than Purser gave it.`,
    next: `Take it away in ${system}.`,
  };
}

function lineId(system: string, { group, scope }: Group): string {
  return `group:${system}:${group}${scope === undefined ? '' : `@${scope}`}`;
}
