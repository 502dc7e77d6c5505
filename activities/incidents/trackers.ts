import { ApplicationFailure, log } from '@temporalio/activity';
import { FAILURE } from '../../src/domain/errors.ts';
import { doerRef } from '../../src/domain/incident-people.ts';
import { reviewMarkdown } from '../../src/domain/incident-review.ts';
import type { IncidentState, IncidentTask, TrackerRef } from '../../src/domain/incidents.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { TrackerAccess } from '../../src/domain/trackers.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import type { IncidentTrackerActivities, TrackerNews } from './contract.ts';
import { outside, secretOf } from './outside-calls.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'incidentConfig' | 'incidents' | 'secret' | 'trackers'>;
type Section = 'tracker' | 'reviews';

export function createTrackerActivities(deps: Deps): IncidentTrackerActivities {
  /** As it is configured now: a token that was renewed is used at once. */
  async function configured<S extends Section>(section: S) {
    const found = (await deps.incidentConfig())?.[section];
    if (found === undefined) {
      throw refused(
        FAILURE.wrongState,
        `There is no ${section} in manifests/incidents.yaml any more.`,
        'Put it back, then retry.',
      );
    }
    const access: TrackerAccess = { url: found.url, token: secretOf(deps, found.secret) };
    return { found, access, kind: deps.trackers[found.kind] };
  }

  const byHand = (section: Section) => `Look at ${section} in manifests/incidents.yaml, then retry.`;

  return {
    async openIssue({ state, task: id }) {
      const task = taskOf(state, id);
      const directory = await deps.directory.snapshot();
      const { found, access, kind } = await configured('tracker');
      const order = {
        repository: repositoryOf(state, 'tracker'),
        marker: `${state.requestId}:${task.id}`,
        title: task.text,
        lines: issueLines(state, task, directory),
        labels: found.labels,
        since: task.createdAt,
      };
      return await outside(() => kind.issues.open(access, order), byHand('tracker'));
    },

    async closeIssue({ state, task: id }) {
      const { issue } = taskOf(state, id);
      if (issue === undefined) return;
      const { access, kind } = await configured('tracker');
      await outside(() => kind.issues.close(access, issue), 'Close it there by hand.');
    },

    async proposeReview({ state }) {
      const [directory, timeline] = await Promise.all([
        deps.directory.snapshot(),
        deps.incidents.timeline(state.number),
      ]);
      const { found, access, kind } = await configured('reviews');
      const order = {
        repository: repositoryOf(state, 'reviews'),
        marker: state.requestId,
        path: pathOf(found.path, state),
        title: `Review of incident ${state.number}: ${state.title}`,
        lines: [
          'The draft holds what is known. Complete it on this branch; merging it publishes it.',
          'As long as nobody has changed the file, /incident review brings it up to date.',
        ],
        content: reviewMarkdown(state, timeline, directory),
      };
      return await outside(() => kind.reviews.propose(access, order), byHand('reviews'));
    },

    async lookAtTracker({ state }) {
      const closed: TrackerNews['closed'] = [];
      // One after the other: GitHub punishes those who ask for many things at once.
      for (const { id, issue, doneAt } of state.tasks) {
        if (doneAt !== undefined || issue === undefined) continue;
        const how = await closedOf(id, issue);
        if (how !== undefined) closed.push({ task: id, how });
      }
      return { closed, review: await reviewState(state) };
    },
  };

  /** One that was deleted there hides no others; here it is still asked about. */
  async function closedOf(task: string, issue: TrackerRef): Promise<string | undefined> {
    const { access, kind } = await configured('tracker');
    try {
      return await outside(() => kind.issues.closed(access, issue), byHand('tracker'));
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || !error.nonRetryable) throw error;
      log.warn('an issue cannot be looked at', { task, reason: error.message });
      return undefined;
    }
  }

  async function reviewState({ review }: IncidentState) {
    if (review === undefined || review.state === 'merged') return review?.state;
    const { access, kind } = await configured('reviews');
    return await outside(() => kind.reviews.state(access, review), byHand('reviews'));
  }
}

function taskOf({ tasks, number }: IncidentState, id: string): IncidentTask {
  const task = tasks.find((candidate) => candidate.id === id);
  if (task !== undefined) return task;
  throw refused(FAILURE.wrongState, `#${number} has no task ${id}.`, 'Look them up with /incident tasks.');
}

/** What it was declared with: an incident never changes its mind about where it may be seen. */
function repositoryOf({ rules, number }: IncidentState, section: Section): string {
  const repository = rules[section];
  if (repository !== undefined) return repository;
  throw refused(
    FAILURE.wrongState,
    `Nothing of #${number} goes to a repository.`,
    'Drills never do; private ones only to the place for private ones.',
  );
}

function issueLines(
  { number, title, severity, times }: IncidentState,
  { owner, dueAt, createdBy, followUp }: IncidentTask,
  directory: DirectorySnapshot,
): string[] {
  const name = (id: string) => doerRef(directory, id).name;
  const what = followUp ? 'Follow-up' : 'Task';
  return [
    `${what} of incident ${number} “${title}” (${severity.toUpperCase()}, ${times.declaredAt.slice(0, 10)}).`,
    owner === undefined ? `Nobody owns it yet. ${name(createdBy)} wrote it down.` : `Owner: ${name(owner)}`,
    ...(dueAt === undefined ? [] : [`Due: ${dueAt.slice(0, 10)}`]),
    'Closing this issue ticks it off in the incident, and the other way round.',
  ];
}

function pathOf(pattern: string, { number, times }: IncidentState): string {
  return pattern.replaceAll('{number}', `${number}`).replaceAll('{date}', times.declaredAt.slice(0, 10));
}
