import { ApplicationFailure, patched, setHandler } from '@temporalio/workflow';
import type { PersonInput } from '../../src/domain/environments.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { castVote, throwIf } from './approval.ts';
import { context, type Life, milestone, placeOrder } from './environment-state.ts';
import {
  announceSignal,
  decideUpdate,
  deleteUpdate,
  getEnvironmentQuery,
  retryUpdate,
  rollBackUpdate,
} from './messages.ts';
import { PATCHES } from './patches.ts';
import { type Change, isUnderWay, refusalOfChange, refusalOfDecision } from './refusals.ts';
import { troubleOf } from './trouble.ts';

/** Set before anything is awaited: an update that finds no handler is lost. */
export function answerMessages(life: Life): void {
  setHandler(getEnvironmentQuery, () => life.state);
  setHandler(announceSignal, () => life.cards.announce());
  setHandler(decideUpdate, (vote) => life.inTurn(() => castVote(life, vote)), {
    validator: (vote) => throwIf(refusalOfDecision(life.state, vote)),
  });
  answerChange(life, deleteUpdate, 'delete');
  answerChange(life, retryUpdate, 'retry');
  answerChange(life, rollBackUpdate, 'roll-back');
}

function answerChange(life: Life, update: typeof deleteUpdate, what: Change): void {
  setHandler(update, (input) => life.inTurn(() => askFor(life, what, input)), {
    validator: ({ requestId }) => throwIf(refusalOfChange(life.state, what, requestId)),
  });
}

/** What the validator saw may have changed while others had their turn, and again while the directory was asked. */
async function askFor(life: Life, kind: Change, { requestId, person }: PersonInput): Promise<void> {
  if (wasAskedFor(life, kind, requestId)) return;
  await life.lookups.inTime((via, question) =>
    via.authorizeChange({ ...context(life), question, person, permission: `env.${kind}` }),
  );
  if (wasAskedFor(life, kind, requestId)) return;
  if (kind === 'retry' && patched(PATCHES.confirmApproval)) {
    await confirm(life);
    if (wasAskedFor(life, kind, requestId)) return;
  }
  placeOrder(life, { kind, person });
}

/** What it failed of is then no longer what keeps it from being finished: the card says what does. */
async function confirm(life: Life): Promise<void> {
  const { approval } = life.input;
  try {
    const by = approval.auto ? undefined : approval.by;
    await life.lookups.inTime((via, question) =>
      via.authorizeProvisioning({ ...context(life), question, by }),
    );
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === FAILURE.forbidden) {
      milestone(life, { trouble: troubleOf(error) });
    }
    throw error;
  }
}

/** Throws when it cannot be asked for any more. */
function wasAskedFor(life: Life, kind: Change, requestId: string): boolean {
  throwIf(refusalOfChange(life.state, kind, requestId));
  if (isUnderWay(life.state, kind) || life.order?.kind === kind) return true;
  if (life.order !== undefined) {
    throwIf({
      type: FAILURE.wrongState,
      message: `Somebody else has just decided about ${life.state.name}.`,
    });
  }
  return false;
}
