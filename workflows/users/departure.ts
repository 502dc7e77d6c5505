import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
} from '@temporalio/workflow';
import type { DepartureActInput, DepartureInput, DeparturePhase } from '../../src/domain/departures.ts';
import { throwIf } from '../environments/approval.ts';
import { checks, lookups } from './departure-activities.ts';
import { admit, awaitApproval, awaitTime, castVote } from './departure-approval.ts';
import {
  actOnDepartureUpdate,
  decideDepartureUpdate,
  getDepartureQuery,
  showDepartureSignal,
} from './departure-messages.ts';
import { refusalOfAct, refusalOfVote } from './departure-refusals.ts';
import {
  beginLeaving,
  changeLine,
  isOpen,
  type Leaving,
  lineOf,
  now,
  renewalDue,
} from './departure-state.ts';
import { takeEverything } from './departure-taking.ts';
import { awaitUndo, beginUndo, giveBack } from './departure-undo.ts';

/** What happens in each phase. Each leaves when it is over, when somebody changes their mind, or the history is long. */
const PHASES = {
  requested: admit,
  'awaiting-approval': awaitApproval,
  scheduled: awaitTime,
  leaving: takeEverything,
  left: awaitUndo,
  undoing: giveBack,
} satisfies Record<Exclude<DeparturePhase, 'ended'>, (leaving: Leaving) => Promise<void>>;

/**
 * One person leaving, under `departure/<person>/<id>`: from the request until nothing of theirs is left and nobody can
 * undo it any more. What goes wrong is a line of the ledger, never a failure of the workflow.
 */
export async function departure(input: DepartureInput): Promise<void> {
  const leaving = beginLeaving(input);
  answerMessages(leaving);
  CancellationScope.current().cancelRequested.catch(() => withdrawOnCancellation(leaving));
  await CancellationScope.nonCancellable(() => live(leaving));
}

async function live(leaving: Leaving): Promise<void> {
  const { state, input } = leaving;
  if (input.carried !== undefined) leaving.cards.want();
  while (state.phase !== 'ended') {
    if (leaving.order?.kind === 'undo') beginUndo(leaving);
    await PHASES[state.phase](leaving);
    if (isOver(leaving)) await settle(leaving);
    await renewIfDue(leaving);
  }
  await Promise.all([leaving.cards.settled(), leaving.certificate.settled()]);
  await condition(allHandlersFinished);
}

function isOver({ state }: Leaving): boolean {
  return state.phase === 'left' || state.phase === 'ended';
}

/** Once what they have is gone they may come back, and leave again. */
async function settle(leaving: Leaving): Promise<void> {
  await lookups.settleDeparture({ state: leaving.state });
}

async function renewIfDue({ input, state, order }: Leaving): Promise<void> {
  if (!renewalDue() || state.phase === 'ended' || order !== undefined) return;
  await condition(allHandlersFinished);
  await continueAsNew<typeof departure>({ ...input, carried: state });
}

/** Set before anything is awaited: an update that finds no handler is lost. */
function answerMessages(leaving: Leaving): void {
  const { state } = leaving;
  setHandler(getDepartureQuery, () => state);
  setHandler(showDepartureSignal, () => leaving.cards.want());
  setHandler(decideDepartureUpdate, (vote) => castVote(leaving, vote), {
    validator: (vote) => throwIf(refusalOfVote(state, vote)),
  });
  setHandler(actOnDepartureUpdate, (input) => act(leaving, input), {
    validator: (input) => throwIf(refusalOfAct(state, input)),
  });
}

/** What the validator saw may have changed while the directory was asked. */
async function act(leaving: Leaving, input: DepartureActInput): Promise<void> {
  const { state } = leaving;
  await checks.authorizeDepartureAct({ state, ...input });
  throwIf(refusalOfAct(state, input));
  if (input.act === 'done') return press(leaving, input);
  const wasDone = state.phase === 'undoing' || state.phase === 'ended';
  if (!wasDone) leaving.order ??= { kind: input.act, person: input.person };
}

/** It counts when the system says so, which is asked at once. */
function press(leaving: Leaving, { person, line: id = '' }: DepartureActInput): void {
  const line = lineOf(leaving, id);
  if (!isOpen(line)) return;
  changeLine(leaving, id, { handledBy: { person, at: now() } });
  const isOneOfMany = line.kind === 'group' && leaving.state.phase === 'leaving';
  leaving.pressed.add(isOneOfMany ? `groups:${line.system}` : id);
}

/** An operator who cancels the workflow takes back what has not begun. What has begun goes on to the end. */
function withdrawOnCancellation(leaving: Leaving): void {
  const refused = refusalOfAct(leaving.state, { act: 'withdraw', person: 'purser' });
  if (refused === undefined) leaving.order ??= { kind: 'withdraw' };
}
