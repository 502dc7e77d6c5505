import { allHandlersFinished, CancellationScope, condition, continueAsNew } from '@temporalio/workflow';
import type { EnvironmentInput, EnvironmentPhase } from '../../src/domain/environments.ts';
import { admit } from './admission.ts';
import { awaitApproval } from './approval.ts';
import { beginLife, context, type Life, placeOrder, renewalDue } from './environment-state.ts';
import { answerMessages } from './handlers.ts';
import { liveUntilExpiry } from './lifetime.ts';
import { provision } from './provisioning.ts';
import { isUnderWay, refusalOfChange } from './refusals.ts';
import { tearDown } from './teardown.ts';

/** What happens in each phase. Each leaves when the phase is over, or when the history has grown long. */
const PHASES = {
  requested: admit,
  'awaiting-approval': awaitApproval,
  provisioning: provision,
  ready: liveUntilExpiry,
  failed: liveUntilExpiry,
  'rolling-back': tearDown,
  deleting: tearDown,
} satisfies Record<Exclude<EnvironmentPhase, 'gone'>, (life: Life) => Promise<void>>;

/**
 * One environment from the request until nothing of it is left, under `environment/<cluster>/<name>`. Business
 * outcomes are states, never failures of the workflow; `getEnvironmentQuery` answers after the end as well.
 */
export async function environment(input: EnvironmentInput): Promise<void> {
  const life = beginLife(input);
  answerMessages(life);
  CancellationScope.current().cancelRequested.catch(() => deleteOnCancellation(life));
  await CancellationScope.nonCancellable(() => live(life));
}

async function live(life: Life): Promise<void> {
  while (life.state.phase !== 'gone') {
    await PHASES[life.state.phase](life);
    await renewIfDue(life);
  }
  await Promise.all([life.inTurn(() => settle(life)), life.cards.settled()]);
  await condition(allHandlersFinished);
}

function settle(life: Life): Promise<void> {
  return life.lookups.untilAnswered((via, question) => via.settle({ ...context(life), question }));
}

/** An operator who cancels the workflow must not leave a namespace behind: it is a deletion like any other. */
function deleteOnCancellation(life: Life): void {
  const refused = refusalOfChange(life.state, 'delete', life.state.requestId) !== undefined;
  if (refused || isUnderWay(life.state, 'delete')) return;
  placeOrder(life, { kind: 'delete' });
}

async function renewIfDue(life: Life): Promise<void> {
  if (!renewalDue(life)) return;
  await condition(allHandlersFinished);
  // A handler that has just finished may have left an order, or something to announce: those come first.
  if (life.order !== undefined || !renewalDue(life)) return;
  const { input, state, inventory, warned } = life;
  await continueAsNew<typeof environment>({ ...input, carried: { state, inventory, warned } });
}
