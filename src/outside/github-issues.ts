import { z } from 'zod';
import type { TrackerRef } from '../domain/incidents.ts';
import type { IssueOrder, Tracker } from '../domain/trackers.ts';
import { ask, type GitHub, openGitHub } from './github-client.ts';
import { hidden, paragraphs, title } from './github-text.ts';

const PAGE = 100;
const MAX_PAGES = 10;
/** By so much GitHub's clock and ours may differ. */
const SKEW_MS = 5 * 60_000;

const issueSchema = z.object({
  number: z.int(),
  html_url: z.url(),
  body: z.string().nullish(),
  created_at: z.string(),
  state: z.string(),
  state_reason: z.string().nullish(),
});
type Issue = z.infer<typeof issueSchema>;

/** Issues of GitHub's. */
export function createGitHubIssues(): Tracker {
  return {
    async open(access, order) {
      const github = openGitHub(access);
      const issue = (await findMade(github, order)) ?? (await create(github, order));
      return { repository: order.repository, number: issue.number, url: issue.html_url };
    },

    async close(access, issue) {
      const github = openGitHub(access);
      await ask(issueSchema, () =>
        github('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
          ...placeOf(issue),
          state: 'closed',
          state_reason: 'completed',
        }),
      );
    },

    async closed(access, issue) {
      const github = openGitHub(access);
      const { state, state_reason } = await ask(issueSchema, () =>
        github('GET /repos/{owner}/{repo}/issues/{issue_number}', placeOf(issue)),
      );
      if (state === 'open') return undefined;
      return state_reason === 'not_planned' ? 'closed there as not planned' : 'closed there';
    },
  };
}

/**
 * GitHub knows no keys: an attempt whose answer was lost is known by the marker in the text. The list has what was made
 * a moment ago, which the search has not.
 */
async function findMade(
  github: GitHub,
  { repository, marker, since }: IssueOrder,
): Promise<Issue | undefined> {
  const from = Date.parse(since) - SKEW_MS;
  const bears = hidden(marker);
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const issues = await ask(z.array(issueSchema), () =>
      github('GET /repos/{owner}/{repo}/issues', {
        ...repoOf(repository),
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: PAGE,
        page,
      }),
    );
    const made = issues.find(({ body }) => body?.includes(bears));
    const oldest = issues.at(-1);
    if (made !== undefined || oldest === undefined) return made;
    if (issues.length < PAGE || Date.parse(oldest.created_at) < from) return undefined;
  }
  return undefined;
}

async function create(github: GitHub, order: IssueOrder): Promise<Issue> {
  return await ask(issueSchema, () =>
    github('POST /repos/{owner}/{repo}/issues', {
      ...repoOf(order.repository),
      title: title(order.title),
      body: paragraphs(order.lines, order.marker),
      labels: order.labels,
    }),
  );
}

function placeOf({ repository, number }: TrackerRef) {
  return { ...repoOf(repository), issue_number: number };
}

export function repoOf(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}
