import { TemporalFailure } from '@temporalio/workflow';
import type { ApprovalRequirement } from '../../src/domain/approvals.ts';
import type { Trouble } from '../../src/domain/environments.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { change, context, end, inMs, type Life, milestone, now } from './environment-state.ts';
import { troubleOf } from './trouble.ts';

/** Claims a place in the quota and asks for approval where one is needed. */
export async function admit(life: Life): Promise<void> {
  const { approval, quota } = life.input;
  try {
    const by = approval.auto ? undefined : approval.by;
    const { approvers } = await life.inTurn(() =>
      life.lookups.untilAnswered((via, question) => via.admit({ ...context(life), question, quota, by })),
    );
    if (approval.auto) acceptWithoutApproval(life);
    else askForApproval(life, approval, approvers);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    end(life, 'refused', { trouble: troubleOf(error) });
  }
}

/** The first step shows the card, so no message is sent for its own sake. */
function acceptWithoutApproval(life: Life): void {
  const decision = { outcome: 'approved' as const, by: [], at: now() };
  change(life, { phase: 'provisioning', approval: { ...life.state.approval, decision } });
}

function askForApproval(
  life: Life,
  approval: Extract<ApprovalRequirement, { auto: false }>,
  approvers: string[],
): void {
  if (approvers.length < approval.count) {
    end(life, 'refused', { trouble: nobodyToAsk(approval.count, approvers.length) });
    return;
  }
  milestone(life, {
    phase: 'awaiting-approval',
    approval: { ...life.state.approval, approvers, deadline: inMs(approval.timeoutMs) },
  });
}

function nobodyToAsk(needed: number, able: number): Trouble {
  const people = able === 0 ? 'nobody' : able === 1 ? 'only one person' : `only ${able} people`;
  return {
    type: FAILURE.forbidden,
    reason: `It needs ${needed === 1 ? 'an approval' : `${needed} approvals`}, and ${people} may give one.`,
    events: [],
    next: 'Ask the platform team who should approve this, or request one that needs no approval.',
  };
}
