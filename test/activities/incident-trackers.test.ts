import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IncidentState, IncidentTask } from '../../src/domain/incidents.ts';
import { GITHUB_TOKEN, startGitHub, type TestGitHub } from '../support/github.ts';
import { incidentScene, openIncident } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
let github: TestGitHub;
before(async () => {
  await stage.open();
  github = await startGitHub(['ops', 'reviews']);
});
after(async () => {
  await github.close();
  await stage.close();
});

const FOLLOW_UP: IncidentTask = {
  id: 't1',
  text: 'bigger disks',
  owner: 'lee',
  dueAt: '2026-04-08T09:00:00.000Z',
  followUp: true,
  createdBy: 'kim',
  createdAt: '2026-04-01T09:30:00.000Z',
};

test('an issue says of which incident it is, whose and until when', async () => {
  const scene = await withGitHub();
  const state = incident({ requestId: 'r1', tasks: [FOLLOW_UP] });

  const made = await scene.run(scene.activities.openIssue, { state, task: 't1' });
  const again = await scene.run(scene.activities.openIssue, { state, task: 't1' });

  const issue = (await github.api('GET', `/repos/acme/ops/issues/${made.number}`)) as Record<string, unknown>;
  assert.deepEqual(again, made);
  assert.equal(issue.title, 'bigger disks');
  assert.match(`${issue.body}`, /Follow-up of incident 142 “Checkout is down” \(SEV1, 2026-04-01\)/);
  assert.match(`${issue.body}`, /Owner: Lee Sample\n\nDue: 2026-04-08/);
});

test('what is closed there is told, and what is done here is closed there', async () => {
  const scene = await withGitHub();
  const state = incident({ requestId: 'r2', tasks: [FOLLOW_UP, { ...FOLLOW_UP, id: 't2' }] });
  for (const task of state.tasks) {
    task.issue = await scene.run(scene.activities.openIssue, { state, task: task.id });
  }
  const before = await scene.run(scene.activities.lookAtTracker, { state });

  await scene.run(scene.activities.closeIssue, { state, task: 't2' });

  assert.deepEqual(before.closed, []);
  assert.deepEqual((await scene.run(scene.activities.lookAtTracker, { state })).closed, [
    { task: 't2', how: 'closed there' },
  ]);
});

test('an issue that is gone hides nothing of the others', async () => {
  const scene = await withGitHub();
  const state = incident({ requestId: 'r3', tasks: [FOLLOW_UP, { ...FOLLOW_UP, id: 't2' }] });
  const [gone, other] = state.tasks as [IncidentTask, IncidentTask];
  gone.issue = { repository: 'acme/ops', number: 9_999, url: 'https://github.test/gone' };
  other.issue = await scene.run(scene.activities.openIssue, { state, task: 't2' });
  await scene.run(scene.activities.closeIssue, { state, task: 't2' });

  const { closed } = await scene.run(scene.activities.lookAtTracker, { state });

  assert.deepEqual(
    closed.map(({ task }) => task),
    ['t2'],
  );
});

test('the review is proposed under the day and number of its incident, and merged it is published', async () => {
  const scene = await withGitHub();
  const state = incident({ requestId: 'r4' });

  const { kept: _, ...review } = await scene.run(scene.activities.proposeReview, { state });
  await github.api('PUT', `/repos/acme/reviews/pulls/${review.number}/merge`, {});

  const file = await github.api('GET', '/repos/acme/reviews/contents/reviews/2026-04-01-142.md');
  const text = Buffer.from((file as { content: string }).content, 'base64').toString();
  assert.match(text, /^# Review of incident 142: Checkout is down\n/);
  const news = await scene.run(scene.activities.lookAtTracker, { state: { ...state, review } });
  assert.equal(news.review, 'merged');
});

test('a token that is not set, a section that is gone and an incident without a place are said, and final', async () => {
  const scene = await withGitHub();
  const state = incident({ requestId: 'r5', tasks: [FOLLOW_UP] });
  const opening = (given: IncidentState) =>
    scene.run(scene.activities.openIssue, { state: given, task: 't1' });

  const nowhere = { ...state, rules: { ...state.rules, tracker: undefined } };
  await assert.rejects(opening(nowhere), { nonRetryable: true, message: /Nothing of #142 goes to/ });
  scene.deps.secret = () => undefined;
  await assert.rejects(opening(state), {
    nonRetryable: true,
    message: 'PURSER_SECRET_GITHUB is not set.',
  });
  const bare = await incidentScene(stage);
  await assert.rejects(bare.run(bare.activities.openIssue, { state, task: 't1' }), {
    nonRetryable: true,
    message: /There is no tracker in manifests\/incidents\.yaml any more/,
  });
});

async function withGitHub(): Promise<Scene> {
  const access = { kind: 'github', url: github.url, secret: 'github' };
  const scene = await incidentScene(stage, {
    config: {
      tracker: { ...access, repository: 'acme/ops', labels: ['incident'] },
      reviews: { ...access, repository: 'acme/reviews' },
    },
  });
  scene.deps.secret = (name) => (name === 'github' ? GITHUB_TOKEN : undefined);
  return scene;
}

function incident(changes: Partial<IncidentState>): IncidentState {
  const state = openIncident(changes);
  return { ...state, rules: { ...state.rules, tracker: 'acme/ops', reviews: 'acme/reviews' } };
}
