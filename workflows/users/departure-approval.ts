import { ActivityFailure, condition, log } from '@temporalio/workflow';
import type { Decision, Vote } from '../../src/domain/approvals.ts';
import type { DepartureAsk, DepartureVoteInput } from '../../src/domain/departures.ts';
import { throwIf } from '../environments/approval.ts';
import { troubleOf } from '../environments/trouble.ts';
import { isPermanent } from '../incidents/trouble.ts';
import { chat, checks, lookups } from './departure-activities.ts';
import { hasVoted, refusalOfVote } from './departure-refusals.ts';
import { change, contextOf, end, inMs, type Leaving, msUntil, now, renewalDue } from './departure-state.ts';

const DAY = 86_400_000;
const ANSWER_WITHIN = 3 * DAY;
const REMIND_EVERY = DAY;
const UNDO_WITHIN = 7 * DAY;

/** Claims the departure, so that there is one of a person, and asks those who approve. */
export async function admit(leaving: Leaving): Promise<void> {
  const ask = await orRefused(leaving, () => lookups.admitDeparture({ state: leaving.state }));
  if (ask !== undefined) askForApproval(leaving, ask, { votes: [] });
}

/** What will not be, however often it is tried, ends it in words. */
async function orRefused<Answer>(leaving: Leaving, ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !isPermanent(error)) throw error;
    const { reason, next } = troubleOf(error);
    end(leaving, 'refused', { trouble: `${reason} ${next}` });
    return undefined;
  }
}

function askForApproval(
  leaving: Leaving,
  ask: DepartureAsk,
  { votes, ...anew }: { votes: Vote[]; round?: number; crowd?: number },
): void {
  const approval = { ...ask, votes, deadline: inMs(ANSWER_WITHIN) };
  change(leaving, { ...anew, phase: 'awaiting-approval', approval });
}

/** Waits for the decision, a change of mind or the deadline, and reminds every day. */
export async function awaitApproval(leaving: Leaving): Promise<void> {
  const { state } = leaving;
  const left = msUntil(state.approval.deadline ?? state.requestedAt);
  if (left <= 0) {
    return end(leaving, 'timed-out', { approval: { ...state.approval, decision: decided('timed-out', []) } });
  }
  const untilReminder = left % REMIND_EVERY || REMIND_EVERY;
  const over = await condition(
    () => state.phase !== 'awaiting-approval' || leaving.order !== undefined || renewalDue(),
    Math.min(left, untilReminder),
  );
  if (leaving.order !== undefined) return withdraw(leaving);
  if (!over && left > untilReminder) await remind(leaving, Math.round((left - untilReminder) / DAY));
}

async function remind(leaving: Leaving, daysLeft: number): Promise<void> {
  try {
    await chat.remindOfDeparture({ ...contextOf(leaving), daysLeft });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('approvers could not be reminded', { daysLeft });
  }
}

/** Counts a vote, once the directory has said that this person may cast it. One denial ends it. */
export async function castVote(leaving: Leaving, vote: DepartureVoteInput): Promise<void> {
  const { state } = leaving;
  if (wasCast(leaving, vote)) return;
  await checks.authorizeDepartureVote({ state, vote });
  // Others may have decided while the directory was asked.
  if (wasCast(leaving, vote)) return;
  const { person, decision, account, reason } = vote;
  const others = state.approval.votes.filter((earlier) => earlier.person !== person);
  const votes = [...others, { person, decision, account, reason, at: now() }];
  const approval = { ...state.approval, votes };
  if (decision === 'deny') {
    return end(leaving, 'denied', {
      approval: { ...approval, decision: decided('denied', [person], reason) },
    });
  }
  const by = votes.map((cast) => cast.person);
  if (by.length < approval.needed) return change(leaving, { approval });
  change(leaving, { phase: 'scheduled', approval: { ...approval, decision: decided('approved', by) } });
}

/** Throws when it may not be cast any more. */
function wasCast({ state }: Leaving, vote: DepartureVoteInput): boolean {
  throwIf(refusalOfVote(state, vote));
  return hasVoted(state, vote);
}

function decided(outcome: Decision['outcome'], by: string[], reason?: string): Decision {
  return { outcome, by, at: now(), reason };
}

function withdraw(leaving: Leaving): void {
  const person = leaving.order?.person;
  leaving.order = undefined;
  end(leaving, 'withdrawn', { endedBy: person });
}

/** Waits for its time. Who approved and who leaves is looked at once more before anything is taken. */
export async function awaitTime(leaving: Leaving): Promise<void> {
  const { state } = leaving;
  const left = state.at === undefined ? 0 : msUntil(state.at);
  if (left > 0) await condition(() => leaving.order !== undefined || renewalDue(), left);
  if (leaving.order !== undefined) return withdraw(leaving);
  if (state.at !== undefined && msUntil(state.at) > 0) return;
  const confirmed = await orRefused(leaving, () => lookups.confirmDeparture({ state }));
  if (confirmed === undefined) return;
  // Whoever took it back meanwhile was told that they could.
  if (leaving.order !== undefined) return withdraw(leaving);
  const { standing, crowd, ...ask } = confirmed;
  if (standing.length >= ask.needed && crowd === undefined) {
    return change(leaving, { phase: 'leaving', begunAt: now(), undoUntil: inMs(UNDO_WITHIN) });
  }
  const votes = state.approval.votes.filter(({ person }) => standing.includes(person));
  const anew = { round: state.round + 1, crowd: crowd ?? state.crowd };
  askForApproval(leaving, ask, { ...anew, votes: crowd === undefined ? votes : [] });
}
