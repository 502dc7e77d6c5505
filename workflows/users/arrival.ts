import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  proxyActivities,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { Newcomers } from '../../activities/arrivals.ts';
import type {
  ArrivalInput,
  ArrivalState,
  HoldingStep,
  MoveArrival,
} from '../../src/domain/people-requests.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';
import { troubleOf } from '../environments/trouble.ts';
import { settleStep } from './holding-steps.ts';
import { linkedSignal, moveArrivalUpdate } from './messages.ts';
import { agreed, isOpen, isWithdrawn, openRequest, type Request, refusal } from './request.ts';

const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

const newcomers = proxyActivities<Newcomers>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** For so long somebody is waited for whose chat account is not linked. */
const WELCOME_MS = 30 * 86_400_000;
const FIRST_LOOK_MS = 60_000;
const LONGEST_LOOK_MS = 2 * 3_600_000;

type Arrival = Request<ArrivalState>;

/**
 * Somebody who comes, under `arrival/<person>`: asked for, agreed to, and on their first day given what their role and their team
 * have, in every system by itself. Business outcomes are states, never failures of the workflow.
 */
export async function arrival(input: ArrivalInput): Promise<void> {
  const request: Arrival = openRequest({
    ...input,
    kind: 'arrival',
    phase: 'requested',
    steps: [],
    requestedAt: new Date().toISOString(),
    revision: 1,
  });
  const { state, inTurn } = request;
  setHandler(moveArrivalUpdate, (to) => inTurn(() => move(request, to)), {
    validator: (to) => void wasMoved(state, to),
  });
  const account = { linked: false };
  setHandler(linkedSignal, () => {
    account.linked = true;
  });
  await CancellationScope.nonCancellable(() => live(request, account));
}

async function live(request: Arrival, account: { linked: boolean }): Promise<void> {
  const { state, lookups, inTurn } = request;
  try {
    await awaitAndArrive(request);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { reason, next } = troubleOf(error);
    request.change({ phase: 'refused', trouble: { reason, next } });
  }
  await inTurn(() => lookups.untilAnswered((via, question) => via.settleRequest({ state, question })));
  if (state.phase === 'done') await welcomeThem(state, account);
  await request.told();
  await condition(allHandlersFinished);
}

/** What was agreed to before the first day is looked at again on it: who agreed, who may come, and what they get. */
async function awaitAndArrive(request: Arrival): Promise<void> {
  const { state } = request;
  let by: string | undefined;
  for (;;) {
    const agreement = await agreed(request, (via, asked) => via.admitArrival({ state, ...asked }), by);
    if (agreement === undefined || isWithdrawn(state)) return;
    by = agreement.by === state.asker ? undefined : agreement.by;
    if (hasBegun(state)) return await arrive(request, agreement);
    request.change({ phase: 'waiting', steps: agreement.steps });
    while (!hasBegun(state) && !isWithdrawn(state)) await untilItMoves(state);
    if (isWithdrawn(state)) return;
  }
}

function hasBegun({ startsAt }: ArrivalState): boolean {
  return Date.parse(startsAt) <= Date.now();
}

async function untilItMoves(state: ArrivalState): Promise<void> {
  const { startsAt } = state;
  const moved = () => state.startsAt !== startsAt || isWithdrawn(state);
  await condition(moved, Math.max(1, Date.parse(startsAt) - Date.now()));
}

async function arrive(request: Arrival, { by, steps }: { by: string; steps: HoldingStep[] }): Promise<void> {
  const { state } = request;
  request.change({ phase: 'arriving', steps });
  const systems = [...new Set(steps.map(({ system }) => system))];
  await Promise.all(systems.map((system) => arriveIn(request, system, by)));
  request.change({ phase: 'done', steps: state.steps });
}

/** The account first: most systems put nobody into a group who has none. What fails here holds up no other system. */
async function arriveIn(request: Arrival, system: string, by: string): Promise<void> {
  const here = request.state.steps.flatMap((step, at) => (step.system === system ? [{ step, at }] : []));
  const isAccount = ({ step }: (typeof here)[number]) => step.holding.kind === 'account';
  for (const { at } of here.filter(isAccount)) await settle(request, at, by);
  await Promise.all(here.filter((one) => !isAccount(one)).map(({ at }) => settle(request, at, by)));
}

async function settle(request: Arrival, at: number, actor: string): Promise<void> {
  const { state } = request;
  const { id, person, name, email, manager } = state;
  const step = state.steps[at];
  if (step === undefined) return;
  const newcomer = { person, name, email, manager };
  await settleStep(step, { person, actor, request: id, newcomer }, (outcome) => {
    const steps = state.steps.map((known, index) => (index === at ? { ...known, ...outcome } : known));
    request.change({ steps });
  });
}

/** Asked for by whoever asked, the manager or an administrator, until the first day. */
async function move(request: Arrival, to: MoveArrival): Promise<void> {
  const { state, lookups } = request;
  if (wasMoved(state, to)) return;
  const { person, startsOn, startsAt } = to;
  await lookups.inTime((via, question) =>
    via.authorizeRequestChange({ state, person, what: 'move', question }),
  );
  if (wasMoved(state, to)) return;
  request.change({ startsOn, startsAt });
}

function wasMoved(state: ArrivalState, { requestId, startsAt }: MoveArrival): boolean {
  if (state.requestId !== requestId)
    throw refusal('staleRequest', 'That button belongs to an earlier request.');
  if (!isOpen(state)) throw refusal('wrongState', 'It is too late for that: its card says how far it is.');
  return state.startsAt === startsAt;
}

/** Once Purser knows their chat account. It is looked for when one is linked, and now and then besides. */
async function welcomeThem(state: ArrivalState, account: { linked: boolean }): Promise<void> {
  const until = Date.now() + WELCOME_MS;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LONGEST_LOOK_MS)) {
    account.linked = false;
    if (await isWelcome(state)) return;
    if (Date.now() + pause > until) return;
    await condition(() => account.linked, pause);
  }
}

async function isWelcome(state: ArrivalState): Promise<boolean> {
  try {
    return await newcomers.welcomeNewcomer({ state });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return false;
  }
}
