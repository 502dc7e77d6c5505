import type { Trackers } from '../domain/trackers.ts';
import { createGitHubIssues } from './github-issues.ts';
import { createGitHubReviews } from './github-reviews.ts';

/** Another kind of tracker is another line here, a file behind it, and its name in `incident-config.ts`. */
export function createTrackers(): Trackers {
  return { github: { issues: createGitHubIssues(), reviews: createGitHubReviews() } };
}
