import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  patched,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';
import type { ApprovalRequirement, Decision, Vote } from '../../src/domain/approvals.ts';
import type { DecideInput } from '../../src/domain/environments.ts';
import { warnings } from './activities.ts';
import { context, end, type Life, milestone, now, renewalDue } from './environment-state.ts';
import { PATCHES } from './patches.ts';
import { hasVoted, type Refusal, refusalOfDecision } from './refusals.ts';
import { troubleOf } from './trouble.ts';

type Asked = Extract<ApprovalRequirement, { auto: false }>;

/** Waits for the decision, the requester's change of mind or the deadline; reminds in the meantime. */
export async function awaitApproval(life: Life): Promise<void> {
  const { approval } = life.input;
  if (approval.auto) throw new TypeError('nobody has to approve this');
  const reminders = new CancellationScope();
  const reminding = reminders.run(() => remind(life, approval));
  try {
    await condition(() => !isOpen(life) || life.order !== undefined || renewalDue(life), timeLeft(life));
  } finally {
    reminders.cancel();
    await reminding.catch(unlessCancelled);
  }
  if (life.state.phase === 'provisioning') return await confirm(life, approval);
  if (!isOpen(life)) return;
  if (life.order !== undefined) withdraw(life);
  else if (timeLeft(life) <= 0) end(life, 'timed-out', { approval: decided(life, 'timed-out', []) });
}

/** Who asked and who approved may have left meanwhile: it is asked once more, before anything is built. */
async function confirm(life: Life, { by }: Asked): Promise<void> {
  if (!patched(PATCHES.confirmApproval)) return;
  try {
    await life.inTurn(() =>
      life.lookups.untilAnswered((via, question) =>
        via.authorizeProvisioning({ ...context(life), question, by }),
      ),
    );
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    end(life, 'refused', { trouble: troubleOf(error) });
  }
}

function isOpen(life: Life): boolean {
  return life.state.phase === 'awaiting-approval';
}

function timeLeft(life: Life): number {
  return Date.parse(life.state.approval.deadline ?? life.state.requestedAt) - Date.now();
}

/**
 * Counts a vote, once the directory has said that this person may cast it. One denial ends the request. The last
 * approval does, once the directory has said that everybody who approved still may; votes of those who may not are void.
 * Nothing is counted when the directory does not answer.
 */
export async function castVote(life: Life, vote: DecideInput): Promise<void> {
  const { approval } = life.input;
  if (approval.auto || wasCast(life, vote)) return;
  const { person, decision, account, reason, signedIn } = vote;
  const { by, signIn } = approval;
  await life.lookups.inTime((via, question) =>
    via.authorizeDecision({
      ...context(life),
      question,
      by,
      signIn,
      person,
      account,
      decision,
      reason,
      signedIn,
    }),
  );
  const others = life.state.approval.votes.filter((earlier) => earlier.person !== person);
  const votes = [...others, { person, decision, account, reason, signedIn, at: now() }];
  const valid = isEnough(approval, votes) ? await stillEligible(life, approval, votes) : votes;
  // The deadline may have passed while the directory was asked.
  if (wasCast(life, vote)) return;
  count(life, approval, valid);
}

/** Throws when it may not be cast any more. */
function wasCast(life: Life, vote: DecideInput): boolean {
  throwIf(refusalOfDecision(life.state, vote));
  return hasVoted(life.state, vote);
}

export function throwIf(refusal: Refusal | undefined): void {
  if (refusal === undefined) return;
  throw ApplicationFailure.create({ ...refusal, nonRetryable: true });
}

function isEnough({ count }: Asked, votes: Vote[]): boolean {
  return votes.filter(({ decision }) => decision === 'approve').length >= count;
}

async function stillEligible(life: Life, { by }: Asked, votes: Vote[]): Promise<Vote[]> {
  const people = votes.map(({ person }) => person);
  const eligible = await life.lookups.inTime((via, question) =>
    via.eligibleApprovers({ ...context(life), question, by, people }),
  );
  const ineligible = people.filter((person) => !eligible.includes(person));
  if (ineligible.length > 0) log.warn('votes of people who may no longer approve are void', { ineligible });
  return votes.filter(({ person }) => eligible.includes(person));
}

function count(life: Life, approval: Asked, votes: Vote[]): void {
  life.state.approval = { ...life.state.approval, votes };
  const denial = votes.find(({ decision }) => decision === 'deny');
  if (denial !== undefined) {
    end(life, 'denied', { approval: decided(life, 'denied', [denial.person], denial.reason) });
  } else if (isEnough(approval, votes)) {
    const by = votes.map(({ person }) => person);
    milestone(life, { phase: 'provisioning', approval: decided(life, 'approved', by) });
  } else {
    milestone(life, {});
  }
}

function withdraw(life: Life): void {
  const person = life.order?.person;
  life.order = undefined;
  const by = person === undefined ? [] : [person];
  end(life, 'deleted', { deletedBy: person, approval: decided(life, 'withdrawn', by) });
}

function decided(
  life: Life,
  outcome: Decision['outcome'],
  by: string[],
  reason?: string,
): Life['state']['approval'] {
  return { ...life.state.approval, decision: { outcome, by, at: now(), reason } };
}

/** One after the other. One whose time passed while nothing ran is not made up for: the next will come. */
async function remind(life: Life, approval: Asked): Promise<void> {
  const asked = Date.parse(life.state.approval.deadline ?? now()) - approval.timeoutMs;
  for (const [index, after] of approval.remindMs.toSorted((a, b) => a - b).entries()) {
    const wait = asked + after - Date.now();
    if (wait <= 0) continue;
    await sleep(wait);
    try {
      await warnings.remindApprovers({ ...context(life), round: index + 1 });
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      log.warn('approvers could not be reminded', { round: index + 1 });
    }
  }
}

function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
