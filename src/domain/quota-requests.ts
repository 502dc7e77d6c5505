import type { Decision } from './approvals.ts';
import type { QuotaSubject } from './quota.ts';
import type { AccountRef } from './refs.ts';

/** What asking for more is bound by. */
export const MORE_QUOTA = {
  reason: { atLeast: 10, atMost: 1_000 },
  extra: { usual: 1, most: 5 },
  lasts: { days: [7, 14, 30, 60, 90], usual: 30, mostMs: 90 * 86_400_000 },
} as const;

/** What a request for more places starts with. */
export interface QuotaRequest extends QuotaSubject {
  requestId: string;
  /** The template's title. */
  title: string;
  extra: number;
  lastsMs: number;
  reason: string;
  /** So long they have who decide. */
  withinMs: number;
}

/** What `getQuotaQuery` answers. Times are ISO 8601. */
export interface QuotaRequestState {
  request: QuotaRequest;
  requestedAt: string;
  deadline: string;
  /** Person ids of those who were asked. */
  approvers: string[];
  /** The rule in words. */
  because: string;
  /** How it ended; `refused` when it could not be given, whatever anybody decided. */
  decision?: Omit<Decision, 'outcome'> & { outcome: 'approved' | 'denied' | 'timed-out' | 'refused' };
  /** Once the places are there. */
  grantedUntil?: string;
  /** Grows with every change; a card of an older revision never overwrites a newer one. */
  revision: number;
}

/** One is enough. Repeating it changes nothing. */
export interface QuotaVote {
  requestId: string;
  person: string;
  account: AccountRef;
  decision: 'approve' | 'deny';
  reason?: string;
}
