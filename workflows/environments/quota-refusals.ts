import { FAILURE } from '../../src/domain/errors.ts';
import type { QuotaRequestState, QuotaVote } from '../../src/domain/quota-requests.ts';
import type { Refusal } from './refusals.ts';

/** `undefined` when the vote may be cast at that time, or is the one that decided. */
export function refusalOfQuotaVote(
  state: QuotaRequestState,
  vote: QuotaVote,
  now: number,
): Refusal | undefined {
  const { request, decision, deadline } = state;
  if (vote.requestId !== request.requestId) {
    return { type: FAILURE.staleRequest, message: 'That button belongs to an earlier request.' };
  }
  if (hasDecided(state, vote)) return undefined;
  if (decision !== undefined || now >= Date.parse(deadline)) {
    return { type: FAILURE.alreadyDecided, message: 'This request is decided, or its time is over.' };
  }
  if (vote.person === request.person) {
    return {
      type: FAILURE.selfDecision,
      message: 'This is your own request, so somebody else has to decide it.',
    };
  }
  return undefined;
}

/** The same answer again, by the same person, is the same answer. */
export function hasDecided({ decision }: QuotaRequestState, vote: QuotaVote): boolean {
  const outcome = vote.decision === 'approve' ? 'approved' : 'denied';
  return decision?.outcome === outcome && decision.by.includes(vote.person);
}
