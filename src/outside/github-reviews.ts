import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OutsideError } from '../domain/outside.ts';
import type { ProposedReview, ReviewOrder, ReviewShelf } from '../domain/trackers.ts';
import { ask, askUnless, type GitHub, openGitHub } from './github-client.ts';
import { repoOf } from './github-issues.ts';
import { paragraphs, title } from './github-text.ts';

const pullSchema = z.object({
  number: z.int(),
  html_url: z.url(),
  state: z.string(),
  merged_at: z.string().nullish(),
});
type Pull = z.infer<typeof pullSchema>;

const fileSchema = z.object({ sha: z.string(), content: z.string() });
const commitsSchema = z.array(z.object({ commit: z.object({ message: z.string() }) }));

/** Where an order is carried out. */
interface Site {
  github: GitHub;
  place: { owner: string; repo: string };
  branch: string;
  order: ReviewOrder;
}

/** Reviews as pull requests of GitHub's. */
export function createGitHubReviews(): ReviewShelf {
  return {
    async propose(access, order) {
      const place = repoOf(order.repository);
      const site: Site = { github: openGitHub(access), place, branch: branchOf(order), order };
      const found = await findPull(site);
      if (found !== undefined && stateOf(found) !== 'open') return answer(site, found, false);
      const base = await defaultBranch(site);
      if (found === undefined) await makeBranch(site, base);
      const kept = !(await write(site));
      return answer(site, found ?? (await makePull(site, base)), kept);
    },

    async state(access, { repository, number }) {
      const github = openGitHub(access);
      const pull = await ask(pullSchema, () =>
        github('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
          ...repoOf(repository),
          pull_number: number,
        }),
      );
      return stateOf(pull);
    },
  };
}

function answer({ order }: Site, pull: Pull, kept: boolean): ProposedReview {
  return {
    repository: order.repository,
    number: pull.number,
    url: pull.html_url,
    state: stateOf(pull),
    kept,
  };
}

function stateOf({ state, merged_at }: Pull): ProposedReview['state'] {
  if (merged_at != null) return 'merged';
  return state === 'open' ? 'open' : 'closed';
}

/** One an order: by it alone the pull request is found again. */
function branchOf({ marker }: ReviewOrder): string {
  return `purser/review-${createHash('sha256').update(marker).digest('hex').slice(0, 12)}`;
}

async function findPull({ github, place, branch }: Site): Promise<Pull | undefined> {
  const [newest] = await ask(z.array(pullSchema), () =>
    github('GET /repos/{owner}/{repo}/pulls', {
      ...place,
      head: `${place.owner}:${branch}`,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: 1,
    }),
  );
  return newest;
}

async function defaultBranch({ github, place }: Site): Promise<string> {
  const { default_branch: base } = await ask(z.object({ default_branch: z.string() }), () =>
    github('GET /repos/{owner}/{repo}', place),
  );
  return base;
}

/** One that an earlier attempt has made is as good. */
async function makeBranch({ github, place, branch, order }: Site, base: string): Promise<void> {
  const head = await askUnless([404, 409], z.object({ object: z.object({ sha: z.string() }) }), () =>
    github('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...place, ref: `heads/${base}` }),
  );
  if (head === undefined) {
    throw new OutsideError(`${order.repository} is empty: give it a first commit`, { retryable: false });
  }
  await askUnless([422], z.unknown(), () =>
    github('POST /repos/{owner}/{repo}/git/refs', {
      ...place,
      ref: `refs/heads/${branch}`,
      sha: head.object.sha,
    }),
  );
}

/** `false` when people have changed it: what they wrote is never written over. */
async function write(site: Site): Promise<boolean> {
  const { github, place, branch, order } = site;
  const there = await askUnless([404], fileSchema, () =>
    github('GET /repos/{owner}/{repo}/contents/{path}', { ...place, path: order.path, ref: branch }),
  );
  const content = Buffer.from(order.content);
  if (there !== undefined && Buffer.from(there.content, 'base64').equals(content)) return true;
  if (there !== undefined && !(await isOurs(site))) return false;
  await ask(z.unknown(), () =>
    github('PUT /repos/{owner}/{repo}/contents/{path}', {
      ...place,
      path: order.path,
      branch,
      message: `${title(order.title)}\n\n${trailer(order)}`,
      content: content.toString('base64'),
      sha: there?.sha,
    }),
  );
  return true;
}

/** Whoever commits says so in the message; an edit on GitHub's page does not say it is ours. */
async function isOurs({ github, place, branch, order }: Site): Promise<boolean> {
  const [last] = await ask(commitsSchema, () =>
    github('GET /repos/{owner}/{repo}/commits', { ...place, sha: branch, path: order.path, per_page: 1 }),
  );
  return last?.commit.message.includes(trailer(order)) ?? false;
}

function trailer({ marker }: ReviewOrder): string {
  return `Purser-Review: ${marker}`;
}

/** A refusal may mean that an attempt whose answer was lost has made it. */
async function makePull(site: Site, base: string): Promise<Pull> {
  const { github, place, branch, order } = site;
  const made = await askUnless([422], pullSchema, () =>
    github('POST /repos/{owner}/{repo}/pulls', {
      ...place,
      title: title(order.title),
      body: paragraphs(order.lines, order.marker),
      head: branch,
      base,
    }),
  );
  const pull = made ?? (await findPull(site));
  if (pull !== undefined) return pull;
  throw new OutsideError(
    `GitHub takes no pull request for ${order.path}: there may be such a file already, which I did not write`,
    { retryable: false },
  );
}
