import type { IncidentTask } from '../../src/domain/incidents.ts';
import { inMs, isOpen, isPerson, type Life, now } from './incident-state.ts';
import { leadOf, someoneToAsk } from './people.ts';
import { remind } from './telling.ts';
import { type Due, earliest, keepTime } from './timekeeping.ts';
import { isReviewOpen } from './trackers.ts';

/** Tasks that are due, follow-ups until they are done, and the review. */
export async function followUp(life: Life): Promise<void> {
  await Promise.all([
    keepTime(life, () => earliest(life.state.tasks.map((task) => nextAsking(life, task)))),
    keepTime(life, () => nextReview(life)),
  ]);
}

/** A duplicate leaves its work to the other one. */
export function hasOpenFollowUps({ state }: Life): boolean {
  if (state.links.mergedInto !== undefined) return false;
  return state.tasks.some(({ followUp, doneAt }) => followUp && doneAt === undefined);
}

function nextAsking(life: Life, task: IncidentTask): Due | undefined {
  if (task.doneAt !== undefined || life.state.links.mergedInto !== undefined) return undefined;
  const at = task.followUp ? whenToNag(life, task) : whenDue(life, task);
  return at === undefined ? undefined : { at, work: () => ask(life, task) };
}

/** Once, when it is due. */
function whenDue(life: Life, { id, dueAt }: IncidentTask): string | undefined {
  return life.memory.tasksAsked[id] === undefined ? dueAt : undefined;
}

/** After the incident, again and again until it is done. */
function whenToNag(life: Life, { id, dueAt, createdAt }: IncidentTask): string | undefined {
  const { state, memory } = life;
  if (isOpen(state)) return undefined;
  const { nag } = state.rules.timers;
  const asked = memory.tasksAsked[id];
  if (asked !== undefined) return inMs(nag, asked);
  const over = state.times.resolvedAt ?? state.times.closedAt ?? createdAt;
  return dueAt ?? inMs(nag, over > createdAt ? over : createdAt);
}

function ask(life: Life, { id, owner, createdBy }: IncidentTask): void {
  life.memory.tasksAsked[id] = now();
  const whom = [owner, leadOf(life.state), createdBy, someoneToAsk(life.state)].find(isPerson);
  remind(life, `task:${id}:${now()}`, whom, { kind: 'task-due', task: id });
}

/** Once, when it is due; where it is a pull request, again and again until it is merged. */
function nextReview(life: Life): Due | undefined {
  const { state, memory } = life;
  const { resolvedAt } = state.times;
  if (resolvedAt === undefined) return undefined;
  const { nag, review } = state.rules.timers;
  const work = () => askForReview(life, resolvedAt);
  if (isReviewOpen(state) && memory.reviewAskedAt !== undefined)
    return { at: inMs(nag, memory.reviewAskedAt), work };
  const isSettled = state.review !== undefined && !isReviewOpen(state);
  if (memory.reviewAsked || isSettled || !(state.status === 'resolved' || isReviewOpen(state)))
    return undefined;
  return { at: inMs(review, resolvedAt), work };
}

function askForReview(life: Life, resolvedAt: string): void {
  const { memory, state } = life;
  const key = memory.reviewAskedAt === undefined ? `review:${resolvedAt}` : `review:${now()}`;
  memory.reviewAsked = true;
  memory.reviewAskedAt = now();
  remind(life, key, leadOf(state) ?? someoneToAsk(state), { kind: 'review-due' });
}
