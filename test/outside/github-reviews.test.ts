import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ReviewOrder } from '../../src/domain/trackers.ts';
import { createGitHubReviews } from '../../src/outside/github-reviews.ts';
import { type Fault, GITHUB_TOKEN, startGitHub, type TestGitHub } from '../support/github.ts';

let github: TestGitHub;
before(async () => {
  github = await startGitHub(['reviews']);
});
after(() => github.close());

const reviews = createGitHubReviews();
const access = () => ({ url: github.url, token: GITHUB_TOKEN });

function order(marker: string, content = 'first draft\n'): ReviewOrder {
  return {
    repository: 'acme/reviews',
    marker,
    path: `reviews/2026-04-01-${marker}.md`,
    title: 'Review of incident 142: checkout is down',
    lines: ['Complete it, then merge it.'],
    content,
  };
}

interface Pull {
  number: number;
  title: string;
  body: string;
  head: { ref: string };
}

async function pulls(marker: string): Promise<Pull[]> {
  const all = (await github.api('GET', '/repos/acme/reviews/pulls?state=all&per_page=100')) as Pull[];
  return all.filter(({ body }) => body.includes(`purser ${marker} `));
}

async function file({ path }: ReviewOrder, { head }: Pull): Promise<{ sha: string; text: string }> {
  const answer = await github.api('GET', `/repos/acme/reviews/contents/${path}?ref=${head.ref}`);
  const { sha, content } = answer as { sha: string; content: string };
  return { sha, text: Buffer.from(content, 'base64').toString() };
}

/** As somebody who completes the draft on GitHub's page. */
async function edit(given: ReviewOrder, pull: Pull, text: string): Promise<void> {
  const { sha } = await file(given, pull);
  await github.api('PUT', `/repos/acme/reviews/contents/${given.path}`, {
    message: 'Say what else went wrong',
    branch: pull.head.ref,
    sha,
    content: Buffer.from(text).toString('base64'),
  });
}

async function only(marker: string): Promise<Pull> {
  const [pull, ...others] = await pulls(marker);
  assert.ok(pull !== undefined && others.length === 0);
  return pull;
}

test('a review is a file on a branch of its own, and a pull request', async () => {
  const given = order('r1');

  const made = await reviews.propose(access(), given);

  const pull = await only('r1');
  assert.equal(made.number, pull.number);
  assert.match(made.url, new RegExp(`acme/reviews/pull/${pull.number}$`));
  assert.deepEqual([made.state, made.kept], ['open', false]);
  assert.equal(pull.title, 'Review of incident 142: checkout is down');
  assert.equal((await file(given, pull)).text, 'first draft\n');
});

test('asked again it is brought up to date, and what has not changed is no commit', async () => {
  await reviews.propose(access(), order('r2'));
  await reviews.propose(access(), order('r2', 'second draft\n'));
  const pull = await only('r2');
  github.calls.length = 0;

  await reviews.propose(access(), order('r2', 'second draft\n'));

  assert.equal((await file(order('r2'), pull)).text, 'second draft\n');
  assert.deepEqual(
    github.calls.filter((call) => !call.startsWith('GET ')),
    [],
  );
});

test('what people wrote into it is never written over', async () => {
  const given = order('r3');
  await reviews.propose(access(), given);
  const pull = await only('r3');
  await edit(given, pull, 'completed by people\n');

  const again = await reviews.propose(access(), order('r3', 'second draft\n'));

  assert.equal(again.kept, true);
  assert.equal((await file(given, pull)).text, 'completed by people\n');
});

test('merged it is published, and takes no changes any more', async () => {
  const made = await reviews.propose(access(), order('r4'));
  await github.api('PUT', `/repos/acme/reviews/pulls/${made.number}/merge`, {});

  const again = await reviews.propose(access(), order('r4', 'too late\n'));

  assert.deepEqual([again.number, again.state], [made.number, 'merged']);
  assert.equal(await reviews.state(access(), made), 'merged');
  await only('r4');
});

test('closed without merging it stays closed', async () => {
  const made = await reviews.propose(access(), order('r5'));
  await github.api('PATCH', `/repos/acme/reviews/pulls/${made.number}`, { state: 'closed' });

  const again = await reviews.propose(access(), order('r5', 'second draft\n'));

  assert.equal(again.state, 'closed');
  assert.equal(await reviews.state(access(), made), 'closed');
  await only('r5');
});

const FAULTS: Fault[] = ['cut off', 'lost answer'];
const STEPS = {
  'looking for the pull request': /^GET .*\/pulls$/,
  'reading the head': /^GET .*\/git\/ref\//,
  'making the branch': /^POST .*\/git\/refs$/,
  'writing the file': /^PUT .*\/contents\//,
  'making the pull request': /^POST .*\/pulls$/,
};
for (const [step, call] of Object.entries(STEPS)) {
  for (const fault of FAULTS) {
    test(`${fault} at ${step}: the next attempt goes on, and there is one of everything`, async () => {
      const marker = `r6-${Object.keys(STEPS).indexOf(step)}-${FAULTS.indexOf(fault)}`;
      github.spoil(call, fault);
      await assert.rejects(reviews.propose(access(), order(marker)), { retryable: true });

      // By then the timeline has grown.
      const made = await reviews.propose(access(), order(marker, 'grown draft\n'));

      const pull = await only(marker);
      assert.deepEqual([made.number, made.kept], [pull.number, false]);
      assert.equal((await file(order(marker), pull)).text, 'grown draft\n');
    });
  }
}

test('a pull request that GitHub says is there already is the one', async () => {
  const marker = 'r7';
  await reviews.propose(access(), order(marker));
  // The list was late.
  github.spoil(/^GET .*\/pulls$/, {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '[]',
  });
  github.spoil(/^POST .*\/pulls$/, { status: 422 });

  const made = await reviews.propose(access(), order(marker));

  assert.equal(made.number, (await only(marker)).number);
});

test('an empty repository is said so, and not tried again', async () => {
  github.spoil(/^GET .*\/git\/ref\//, { status: 409 });

  await assert.rejects(reviews.propose(access(), order('r8')), {
    retryable: false,
    message: /acme\/reviews is empty: give it a first commit/,
  });
});

test('a file of the same name that is not ours is left alone, and said', async () => {
  const given = order('r9');
  await github.api('PUT', `/repos/acme/reviews/contents/${given.path}`, {
    message: 'Write it by hand',
    content: Buffer.from('by hand\n').toString('base64'),
  });
  // Without a change GitHub makes no pull request.
  github.spoil(/^POST .*\/pulls$/, { status: 422 });

  await assert.rejects(reviews.propose(access(), given), {
    retryable: false,
    message: /there may be such a file already/,
  });
  assert.deepEqual(await pulls('r9'), []);
});
