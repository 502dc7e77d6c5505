import type { TrackerRef } from './incidents.ts';

/** Where work is planned and reviews are kept. All of it rejects with `OutsideError`. */

/** How one is reached, as the configuration says it. */
export interface TrackerAccess {
  url: string;
  token: string;
}

export interface IssueOrder {
  repository: string;
  /** Unique for ever: the same again is the same issue. */
  marker: string;
  title: string;
  /** What it is about, as lines of text that nothing in them changes. */
  lines: string[];
  labels: string[];
  /** Not after now; earlier issues are not looked at for the marker. */
  since: string;
}

/** Issues of one kind of tracker. */
export interface Tracker {
  /** Once by its marker: what was made already is found again. */
  open(access: TrackerAccess, order: IssueOrder): Promise<TrackerRef>;
  /** Closing what is closed changes nothing. */
  close(access: TrackerAccess, issue: TrackerRef): Promise<void>;
  /** In words for people how it was closed; `undefined` while it is open. */
  closed(access: TrackerAccess, issue: TrackerRef): Promise<string | undefined>;
}

export interface ReviewOrder {
  repository: string;
  /** Unique for ever: the same again is the same branch and pull request. */
  marker: string;
  /** `reviews/2026-04-01-142.md` */
  path: string;
  title: string;
  /** What the pull request says of it, as lines of text. */
  lines: string[];
  content: string;
}

/** A review in a repository. `kept` are changes of people, which were left as they are. */
export interface ProposedReview extends TrackerRef {
  state: 'open' | 'merged' | 'closed';
  kept: boolean;
}

/** Reviews of one kind of repository. */
export interface ReviewShelf {
  /** Brings the file on its branch up to date, unless people have changed it, and proposes it once. */
  propose(access: TrackerAccess, order: ReviewOrder): Promise<ProposedReview>;
  state(access: TrackerAccess, review: TrackerRef): Promise<ProposedReview['state']>;
}

export type TrackerKind = 'github';
export type Trackers = Record<TrackerKind, { issues: Tracker; reviews: ReviewShelf }>;
