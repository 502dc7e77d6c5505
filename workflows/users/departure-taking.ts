import { ActivityFailure, condition, sleep } from '@temporalio/workflow';
import type { LedgerLine } from '../../src/domain/departures.ts';
import type { Capabilities, Holding } from '../../src/domain/systems.ts';
import { isPermanent } from '../incidents/trouble.ts';
import { handing, own, systems } from './departure-activities.ts';
import { takeGroups } from './departure-groups.ts';
import { done, type Outcome, outcomeOfFailure, seeThrough, wasTried } from './departure-lines.ts';
import {
  addLines,
  change,
  changeLine,
  changeOf,
  contextOf,
  interrupted,
  isOpen,
  type Leaving,
  lineOf,
  linesOf,
  now,
} from './departure-state.ts';

const ACCOUNT: Holding = { kind: 'account' };
/** What a system says right after a change may be what was so before it. */
const READ_AGAIN_AFTER = ['2s', '5s'] as const;

/**
 * Nobody may log in any more, anywhere; then nobody is logged in; then they are nothing any more; then the rest. Each step
 * begins when every line of the one before was tried: one that is stuck holds up nothing but itself.
 */
export async function takeEverything(leaving: Leaving): Promise<void> {
  await knowSystems(leaving);
  const accounts = new Map(
    linesOf(leaving, 'account').map(({ id, system = '' }) => [
      system,
      seeThrough(leaving, id, (line) => takeAccount(leaving, line)),
    ]),
  );
  await unlessInterrupted(leaving, () => wasTried(leaving, 'account'));
  const sessions = linesOf(leaving, 'sessions').map(async ({ id, system = '' }) => {
    // Whoever can still log in would only have a new one.
    await accounts.get(system);
    await seeThrough(leaving, id, () => endSessions(leaving, system));
  });
  await unlessInterrupted(leaving, () => sessionsWereTried(leaving));
  const groups = linesOf(leaving, 'groups').map(({ id, system = '' }) =>
    seeThrough(leaving, id, () => takeGroups(leaving, system)),
  );
  await unlessInterrupted(leaving, () => wasTried(leaving, 'groups'));
  const { state } = leaving;
  const rest = [
    seeThrough(leaving, 'links', async () => done({ items: await own.endChatLinks({ state }) })),
    seeThrough(leaving, 'tokens', async () => done({ items: await own.endTokens({ state }) })),
    seeThrough(leaving, 'hand-over', async () => done({ items: await handing.handOver(contextOf(leaving)) })),
  ];
  await Promise.all([...accounts.values(), ...sessions, ...groups, ...rest]);
  if (state.ledger.some(isOpen)) return;
  change(leaving, { phase: 'left', leftAt: now() });
  leaving.certificate.want();
}

async function unlessInterrupted(leaving: Leaving, ready: () => boolean): Promise<void> {
  await condition(() => ready() || interrupted(leaving));
}

/** A session of somebody who can still log in is ended when they no longer can. */
function sessionsWereTried(leaving: Leaving): boolean {
  return linesOf(leaving, 'sessions').every(
    ({ tries, state, system }) =>
      tries > 0 || state === 'impossible' || linesOf(leaving, 'account', system).some(isOpen),
  );
}

/** Which there are is read once: what is in the file then is what they may have something in. */
async function knowSystems(leaving: Leaving): Promise<void> {
  if (linesOf(leaving, 'links').length > 0) return;
  addLines(leaving, [waiting({ id: 'systems', kind: 'systems' })]);
  await seeThrough(leaving, 'systems', async () => {
    const known = await systems.listSystems();
    const lines = known.flatMap(({ system, capabilities }) => linesIn(system, capabilities));
    addLines(leaving, [...lines, ...OWN_LINES]);
    return done();
  });
  if (isOpen(lineOf(leaving, 'systems'))) return;
  change(leaving, { ledger: leaving.state.ledger.filter(({ kind }) => kind !== 'systems') });
}

function linesIn(system: string, { accounts, sessions, groups, outlasts }: Capabilities): LedgerLine[] {
  const line = (kind: LedgerLine['kind'], more: Partial<LedgerLine> = {}) =>
    waiting({ id: `${kind}:${system}`, kind, system, ...more });
  return [
    ...(accounts ? [line('account', { holding: ACCOUNT })] : []),
    line('sessions', sessions ? { outlasts } : { outlasts, state: 'impossible' }),
    ...(groups ? [line('groups')] : []),
  ];
}

function waiting(line: Pick<LedgerLine, 'id' | 'kind'> & Partial<LedgerLine>): LedgerLine {
  return { state: 'waiting', tries: 0, ...line };
}

const OWN_LINES = (['links', 'tokens', 'hand-over'] as const).map((kind) => waiting({ id: kind, kind }));

async function takeAccount(leaving: Leaving, { id, system = '', had }: LedgerLine): Promise<Outcome> {
  const what = { ...changeOf(leaving, system), holding: ACCOUNT };
  if (had === undefined) changeLine(leaving, id, { had: await systems.readHolding(what) });
  const refusal = await refusalOf(() => systems.takeHolding({ ...what, whoever: true }));
  if (!(await systems.readHolding(what))) return done();
  if (refusal !== undefined) return outcomeOfFailure(refusal);
  for (const pause of READ_AGAIN_AFTER) {
    await sleep(pause);
    if (!(await systems.readHolding(what))) return done();
  }
  return { state: 'stuck', trouble: `${system} says that they may still log in.` };
}

/** Somebody may have done it by hand: what the system says counts, and not that Purser may not. */
export async function refusalOf(act: () => Promise<void>): Promise<ActivityFailure | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof ActivityFailure && isPermanent(error)) return error;
    throw error;
  }
}

async function endSessions(leaving: Leaving, system: string): Promise<Outcome> {
  await systems.endSessions(changeOf(leaving, system));
  return done();
}
