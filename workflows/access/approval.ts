import { ActivityFailure, log } from '@temporalio/workflow';
import type { StageRef } from '../../activities/access/contract.ts';
import type { GrantVoteInput, StageState } from '../../src/domain/access.ts';
import { throwIf } from '../incidents/refusals.ts';
import { checks, reminders } from './activities.ts';
import {
  changeExtension,
  changeStages,
  context,
  end,
  inMs,
  isPast,
  type Life,
  milestone,
  now,
  send,
} from './grant-state.ts';
import { hasVoted, refusalOfVote } from './refusals.ts';
import { currentStage, stagesOf } from './stages.ts';
import { type Due, isInterrupted, keepTime } from './timekeeping.ts';

const REMIND_AT = [0.25, 0.5, 0.75];
/** What cannot be asked now is asked again then. */
const ASK_AGAIN_MS = 30_000;

/** One step after the other, until it is decided or withdrawn. */
export async function awaitApproval(life: Life): Promise<void> {
  while (life.state.phase === 'awaiting-approval' && !isInterrupted(life)) {
    await keepTime(life, [stageDue(life, undefined)]);
  }
  const { order } = life;
  if (life.state.phase !== 'awaiting-approval' || order === undefined) return;
  end(life, 'withdrawn', { endedBy: order.person, endReason: order.reason });
}

/** What is next about the step that is asked about now; nothing once all are approved. */
export function stageDue(life: Life, extension: string | undefined): Due | undefined {
  const stages = stagesOf(life.state, extension);
  const at = currentStage(stages);
  const stage = stages[at];
  if (stage === undefined) return undefined;
  const ref = { stage: at, extension };
  const { deadline } = stage;
  if (deadline === undefined) return { at: life.memory.askAgainAt ?? now(), work: () => ask(life, ref) };
  const reminder = nextReminder(life, stage, deadline);
  if (reminder !== undefined) return { at: reminder.at, work: () => remind(life, ref, reminder) };
  return { at: deadline, work: () => overdue(life, ref) };
}

/** Also when somebody left: whoever can answer now is asked. Where too few are left, nobody waits for the deadline. */
async function ask(life: Life, ref: StageRef): Promise<void> {
  const before = stagesOf(life.state, ref.extension)[ref.stage];
  const stage = await asked(life, ref);
  if (before === undefined || stage === undefined) return;
  if (stage.approvers.length < stage.needed) return giveUp(life, ref, 'Nobody is left who could approve it.');
  life.memory.remindedAt = now();
  replace(life, ref, { ...stage, deadline: inMs(stage.rule.within) });
}

/** Nothing when the directory does not answer, or it was decided meanwhile. */
async function asked(life: Life, ref: StageRef): Promise<StageState | undefined> {
  const { revision } = life.state;
  life.memory.askAgainAt = undefined;
  try {
    const stage = await checks.askStage({ ...context(life), ref });
    return life.state.revision === revision ? stage : undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    life.memory.askAgainAt = inMs(ASK_AGAIN_MS);
    return undefined;
  }
}

function replace(life: Life, { stage: at, extension }: StageRef, stage: StageState): void {
  const stages = stagesOf(life.state, extension).map((one, index) => (index === at ? stage : one));
  changeStages(life, extension, stages);
}

interface Reminder {
  round: number;
  at: string;
}

/** Those whose time passed while nothing ran are one. */
function nextReminder(life: Life, { rule }: StageState, deadline: string): Reminder | undefined {
  const from = Date.parse(deadline) - rule.within;
  const left = REMIND_AT.map((part, index) => ({
    round: index + 1,
    at: new Date(from + rule.within * part).toISOString(),
  })).filter(({ at }) => at > (life.memory.remindedAt ?? ''));
  return left.filter(({ at }) => isPast(at)).at(-1) ?? left[0];
}

function remind(life: Life, ref: StageRef, { round, at }: Reminder): void {
  life.memory.remindedAt = at;
  const stage = stagesOf(life.state, ref.extension)[ref.stage];
  // After an hour in which nothing ran, the deadline may be closer than the reminder is old.
  if (stage?.deadline !== undefined && isPast(stage.deadline)) return;
  send(life, 'remind approvers', () => reminders.remindGrantApprovers({ ...context(life), ref, round }));
}

/** Those of `otherwise` are asked as well, once. */
async function overdue(life: Life, ref: StageRef): Promise<void> {
  const stage = stagesOf(life.state, ref.extension)[ref.stage];
  if (stage === undefined) return;
  if (stage.escalated || stage.rule.otherwise === undefined) return giveUp(life, ref, undefined);
  replace(life, ref, { ...stage, escalated: true, deadline: undefined });
}

function giveUp(life: Life, { extension }: StageRef, trouble: string | undefined): void {
  if (extension !== undefined) changeExtension(life, extension, { outcome: 'timed-out' });
  else if (trouble === undefined) end(life, 'timed-out');
  else end(life, 'refused', { trouble });
}

/**
 * Counts a vote, once the directory has said that this person may cast it. One denial ends what it is about. Nothing is
 * counted when the directory does not answer.
 */
export async function castVote(life: Life, vote: GrantVoteInput): Promise<void> {
  if (wasCast(life, vote)) return;
  await checks.authorizeGrantVote({ ...context(life), vote });
  // The deadline may have passed while the directory was asked.
  if (wasCast(life, vote)) return;
  count(life, vote);
}

/** Throws when it may not be cast any more. */
function wasCast(life: Life, vote: GrantVoteInput): boolean {
  throwIf(refusalOfVote(life.state, vote));
  return hasVoted(stagesOf(life.state, vote.extension), vote);
}

function count(
  life: Life,
  { extension, stage: at, person, decision, account, reason, signedIn }: GrantVoteInput,
): void {
  const stages = stagesOf(life.state, extension).map((stage, index) => {
    if (index !== at) return stage;
    const others = stage.votes.filter((earlier) => earlier.person !== person);
    return { ...stage, votes: [...others, { person, decision, account, reason, signedIn, at: now() }] };
  });
  changeStages(life, extension, stages);
  log.info('a vote was counted', { stage: at, decision });
  if (decision === 'deny') deny(life, extension, { endedBy: person, endReason: reason });
  else if (extension === undefined && currentStage(stages) === stages.length)
    milestone(life, { phase: 'granting' });
}

function deny(
  life: Life,
  extension: string | undefined,
  by: { endedBy: string; endReason: string | undefined },
): void {
  if (extension === undefined) end(life, 'denied', by);
  else changeExtension(life, extension, { outcome: 'denied' });
}
