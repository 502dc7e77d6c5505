import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
} from '@temporalio/workflow';
import type { EndGrantInput, GrantPhase } from '../../src/domain/access.ts';
import type { HoldingPlace } from '../../src/domain/access-ledger.ts';
import { throwIf } from '../incidents/refusals.ts';
import { checks, lookups } from './activities.ts';
import { admit } from './admission.ts';
import { awaitApproval, castVote } from './approval.ts';
import { give } from './giving.ts';
import { beginLife, context, type GrantRun, type Life, placeOrder, renewalDue } from './grant-state.ts';
import { extend, liveUntilEnd } from './lifetime.ts';
import { endGrantUpdate, extendGrantUpdate, getGrantQuery, goneSignal, voteUpdate } from './messages.ts';
import { isEnding, refusalOfEnd, refusalOfExtension, refusalOfVote } from './refusals.ts';
import { takeBack } from './revoking.ts';

/** What happens in each phase. Each leaves when the phase is over, or when the history has grown long. */
const PHASES = {
  requested: admit,
  'awaiting-approval': awaitApproval,
  granting: give,
  active: liveUntilEnd,
  revoking: takeBack,
} satisfies Record<Exclude<GrantPhase, 'ended'>, (life: Life) => Promise<void>>;

/**
 * One request for access, from when it is asked until nothing that it gave is left, under `grant/<person>/<id>`. Business
 * outcomes are states, never failures of the workflow; `getGrantQuery` answers after the end as well.
 */
export async function grant(input: GrantRun): Promise<void> {
  const life = beginLife(input);
  answerMessages(life);
  CancellationScope.current().cancelRequested.catch(() => endOnCancellation(life));
  await CancellationScope.nonCancellable(() => live(life));
}

/** Set before anything is awaited: an update that finds no handler is lost. */
function answerMessages(life: Life): void {
  setHandler(getGrantQuery, () => life.state);
  setHandler(goneSignal, (place) => endOutside(life, place));
  setHandler(voteUpdate, (vote) => life.inTurn(() => castVote(life, vote)), {
    validator: (vote) => throwIf(refusalOfVote(life.state, vote)),
  });
  setHandler(extendGrantUpdate, (input) => life.inTurn(() => extend(life, input)), {
    validator: (input) => throwIf(refusalOfExtension(life.state, input)),
  });
  setHandler(endGrantUpdate, (order) => life.inTurn(() => endEarly(life, order)), {
    validator: (order) => throwIf(refusalOfEnd(life.state, order)),
  });
}

async function endEarly(life: Life, order: EndGrantInput): Promise<void> {
  if (isEnding(life.state, life.order)) return;
  await checks.authorizeGrantEnd({ ...context(life), order });
  throwIf(refusalOfEnd(life.state, order));
  if (!isEnding(life.state, life.order)) placeOrder(life, order);
}

async function live(life: Life): Promise<void> {
  while (life.state.phase !== 'ended') {
    await PHASES[life.state.phase](life);
    await renewIfDue(life);
  }
  await Promise.all([lookups.settleGrant(context(life)), life.card.settled(), life.approvals.settled()]);
  await life.ledger.settled();
  await condition(allHandlersFinished);
}

/** Somebody took it away there: what else the request gave goes as well, and it is over. */
function endOutside(life: Life, { system }: HoldingPlace): void {
  if (life.state.phase !== 'active' || life.order !== undefined) return;
  const reason = `${system} does not show it any more.`;
  placeOrder(life, { requestId: 'outside', person: 'purser', reason, outside: true });
}

/** An operator who cancels the workflow must not leave access behind: it is ended like by anybody. */
function endOnCancellation(life: Life): void {
  if (isEnding(life.state, life.order)) return;
  placeOrder(life, { requestId: 'operator', person: 'purser', reason: 'An operator stopped it.' });
}

async function renewIfDue(life: Life): Promise<void> {
  if (life.state.phase === 'ended' || !renewalDue(life)) return;
  await condition(allHandlersFinished);
  // A handler that has just finished may have left an order, or something to announce: those come first.
  if (life.order !== undefined || !renewalDue(life)) return;
  const { input, entitlement, state, memory } = life;
  await continueAsNew<typeof grant>({ ...input, entitlement, digest: state.digest, carried: state, memory });
}
