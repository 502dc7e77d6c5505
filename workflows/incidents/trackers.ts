import { ActivityFailure, log } from '@temporalio/workflow';
import type { TrackerNews } from '../../activities/incidents/contract.ts';
import type { Doer, IncidentState, IncidentTask } from '../../src/domain/incidents.ts';
import { trackers } from './activities.ts';
import { busily, change, context, enter, inMs, type Life, now } from './incident-state.ts';
import { addResource, finish, giveUp } from './resources.ts';
import { send, tell } from './telling.ts';
import { type Due, keepTime } from './timekeeping.ts';

const REVIEW = 'review';

export function taskOf({ tasks }: IncidentState, id: string): IncidentTask | undefined {
  return tasks.find((task) => task.id === id);
}

function changeTask(life: Life, id: string, patch: Partial<IncidentTask>): void {
  change(life, {
    tasks: life.state.tasks.map((task) => (task.id === id ? { ...task, ...patch } : task)),
  });
}

export function tickOff(life: Life, id: string, by: Doer): void {
  changeTask(life, id, { doneBy: by, doneAt: now() });
}

export function sendIssue(life: Life, task: string): void {
  send(life, `issue:${task}`, { kind: 'issue', task });
}

/** It is an issue, or on its way to be one. */
export function isInTracker({ state, memory }: Life, id: string): boolean {
  const isUnderway = memory.errands.some(({ job }) => job.kind === 'issue' && job.task === id);
  return isUnderway || taskOf(state, id)?.issue !== undefined;
}

/** Of what has become private no more goes out than that it is done. */
export function isIssueWanted({ state }: Life, { task }: { task: string }): boolean {
  return state.rules.tracker !== undefined || taskOf(state, task)?.issue !== undefined;
}

/** What is out already only people can delete. */
export function keepInside(life: Life, key: string): void {
  const { rules, tasks, review } = life.state;
  if (rules.tracker === undefined && rules.reviews === undefined) return;
  change(life, { rules: { ...rules, tracker: undefined, reviews: undefined } });
  const links = [
    ...tasks.flatMap(({ id, issue }) =>
      issue === undefined ? [] : [{ label: `Issue of ${id}`, url: issue.url }],
    ),
    ...(review === undefined ? [] : [{ label: 'Review', url: review.url }]),
  ];
  if (links.length === 0) return;
  tell(life, `${key}:outside`, {
    glyph: '🔓',
    headline: 'What went to GitHub before is still there. Delete it by hand; nothing more goes there.',
    links,
  });
}

/** Opened once, and closed when the task is done: what was done in the meantime is closed in the same go. */
export async function followTask(life: Life, { task: id }: { task: string }): Promise<void> {
  if (taskOf(life.state, id)?.issue === undefined) await openIssue(life, id);
  const task = taskOf(life.state, id);
  if (task?.doneAt !== undefined && task.issue?.closed !== true) {
    await trackers.closeIssue({ ...context(life), task: id });
    if (task.issue !== undefined) changeTask(life, id, { issue: { ...task.issue, closed: true } });
  }
  finish(life, `issue:${id}`);
}

async function openIssue(life: Life, id: string): Promise<void> {
  const issue = await trackers.openIssue({ ...context(life), task: id });
  changeTask(life, id, { issue });
  life.memory.trackerSeenAt ??= now();
  const text = `${id} is issue ${issue.number} of ${issue.repository}`;
  enter(life, { kind: 'task', by: 'purser', text, link: issue.url });
}

export function issueFailed(life: Life, { task }: { task: string }, reason: string): void {
  const id = `issue:${task}`;
  addResource(life, { id, title: `Issue for ${task}`, essential: false, lasting: true });
  giveUp(life, id, reason);
}

export function isReviewOpen({ review }: IncidentState): boolean {
  return review?.state === 'open';
}

export function isReviewWanted({ state }: Life): boolean {
  return state.resolution !== undefined && state.rules.reviews !== undefined;
}

/** One may be writing already what it has read; the one behind it takes all the rest with it. */
export function sendProposal(life: Life): void {
  if (!isReviewWanted(life) || life.state.review?.state === 'merged') return;
  const underway = life.memory.errands.filter(({ job }) => job.kind === 'propose').length;
  if (underway < 2) send(life, 'propose', { kind: 'propose' });
}

export async function propose(life: Life): Promise<void> {
  const { kept, ...review } = await trackers.proposeReview(context(life));
  const before = life.state.review;
  life.memory.trackerSeenAt ??= now();
  if (before === undefined || before.url !== review.url) proposed(life, review);
  else reviewIs(life, review.state);
  if (kept) keepsChanges(life, review);
  finish(life, REVIEW);
}

function proposed(life: Life, review: NonNullable<IncidentState['review']>): void {
  change(life, { review });
  enter(life, { kind: 'resource', by: 'purser', text: 'The review is proposed', link: review.url });
  tell(life, `proposed:${review.number}`, {
    glyph: '📝',
    headline:
      'The draft of its review waits in a pull request: complete it there, and merge it to publish it.',
    links: [{ label: 'Review', url: review.url }],
  });
}

/** Said once for each time somebody asks. */
function keepsChanges(life: Life, { url }: { url: string }): void {
  tell(life, `review-kept:${life.state.revision}`, {
    glyph: '✍️',
    headline: 'People have changed its review, so I have left it as it is.',
    links: [{ label: 'Review', url }],
  });
}

export function proposalFailed(life: Life, _job: unknown, reason: string): void {
  addResource(life, { id: REVIEW, title: 'Review as a pull request', essential: false, lasting: true });
  giveUp(life, REVIEW, reason);
}

/**
 * Looks now and then at what people have done in the tracker. Asking is slower than being told and needs nothing else:
 * no way in from outside, no second secret, and nothing is lost while either side is down.
 */
export async function followTracker(life: Life): Promise<void> {
  await keepTime(life, () => nextLook(life));
}

function nextLook(life: Life): Due | undefined {
  const { state, memory } = life;
  const isFollowed = state.tasks.some(({ issue, doneAt }) => issue !== undefined && doneAt === undefined);
  if (memory.trackerSeenAt === undefined || !(isFollowed || isReviewOpen(state))) return undefined;
  return { at: inMs(state.rules.timers.follow, memory.trackerSeenAt), work: () => look(life) };
}

async function look(life: Life): Promise<void> {
  life.memory.trackerSeenAt = now();
  try {
    digest(life, await busily(life, () => trackers.lookAtTracker(context(life))));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('the tracker could not be looked at; it is tried again at the next time');
  }
}

/** It may have been ticked off here while it was looked at there. */
function digest(life: Life, { closed, review }: TrackerNews): void {
  for (const { task: id, how } of closed) {
    const task = taskOf(life.state, id);
    if (task?.issue === undefined || task.doneAt !== undefined) continue;
    tickOff(life, id, 'purser');
    changeTask(life, id, { issue: { ...task.issue, closed: true } });
    enter(life, { kind: 'task', by: 'purser', text: `Done: ${task.text} (${how})`, link: task.issue.url });
  }
  if (review !== undefined) reviewIs(life, review);
}

const REVIEW_NEWS = {
  open: { glyph: '📝', headline: 'Its review is open again.' },
  merged: { glyph: '📗', headline: 'Its review is published.' },
  closed: {
    glyph: '📕',
    headline: 'Its review was closed without merging: nobody is asked for it any more.',
  },
} as const;

function reviewIs(life: Life, state: NonNullable<IncidentState['review']>['state']): void {
  const { review } = life.state;
  if (review === undefined || review.state === state) return;
  change(life, { review: { ...review, state } });
  const { glyph, headline } = REVIEW_NEWS[state];
  enter(life, { kind: 'resource', by: 'purser', text: headline, link: review.url });
  tell(life, `review-${state}:${life.state.revision}`, {
    glyph,
    headline,
    links: [{ label: 'Review', url: review.url }],
  });
}
