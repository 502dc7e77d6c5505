import { ActivityFailure, allHandlersFinished, condition, log, setHandler } from '@temporalio/workflow';
import type { QuotaRequest, QuotaRequestState, QuotaVote } from '../../src/domain/quota-requests.ts';
import { createLookups } from '../lookups.ts';
import { chat, quotaGrants, warnings } from './activities.ts';
import { throwIf } from './approval.ts';
import { createCatchUp } from './cards.ts';
import { inMs, now } from './environment-state.ts';
import { decideQuotaUpdate, getQuotaQuery } from './messages.ts';
import { hasDecided, refusalOfQuotaVote } from './quota-refusals.ts';
import { createTurns } from './turns.ts';

/** Somebody may have no more environments and asks for more: others decide, and what they allow counts for a time. */
export async function moreQuota(request: QuotaRequest): Promise<void> {
  const state: QuotaRequestState = {
    request,
    requestedAt: now(),
    deadline: inMs(request.withinMs),
    approvers: [],
    because: '',
    revision: 1,
  };
  const inTurn = createTurns();
  const lookups = createLookups();
  const cards = createCatchUp(() => announce(state));

  setHandler(getQuotaQuery, () => state);
  setHandler(decideQuotaUpdate, (vote) => inTurn(() => decide(vote)), {
    validator: (vote) => throwIf(refusalOfQuotaVote(state, vote, Date.now())),
  });

  await open();
  const reminding = remind();
  while (!(await isOver())) await condition(() => state.decision !== undefined, timeLeft());
  cards.want();
  await Promise.all([reminding, cards.settled()]);
  await condition(allHandlersFinished);

  function change(patch: Partial<QuotaRequestState>): void {
    Object.assign(state, patch);
    state.revision += 1;
  }

  function refuse(reason: string): void {
    change({ decision: { outcome: 'refused', by: [], at: now(), reason } });
  }

  async function open(): Promise<void> {
    const { refusal, ...asked } = await inTurn(() =>
      lookups.untilAnswered((via, question) => via.openQuota({ request, question })),
    );
    change(asked);
    if (refusal === undefined) cards.want();
    else refuse(refusal);
  }

  /** Somebody else may have decided while the directory was asked, or the time may have passed. */
  async function decide(vote: QuotaVote): Promise<void> {
    if (wasCast(vote)) return;
    await lookups.inTime((via, question) => via.authorizeQuota({ request, vote, question }));
    if (wasCast(vote)) return;
    const { person, decision, reason } = vote;
    const outcome = decision === 'approve' ? 'approved' : 'denied';
    change({ decision: { outcome, by: [person], at: now(), reason } });
  }

  function wasCast(vote: QuotaVote): boolean {
    throwIf(refusalOfQuotaVote(state, vote, Date.now()));
    return hasDecided(state, vote);
  }

  function timeLeft(): number {
    return Math.max(1, Date.parse(state.deadline) - Date.now());
  }

  /** An approval by somebody who may not approve any more is void: then the others still can. */
  async function isOver(): Promise<boolean> {
    const { decision } = state;
    if (decision?.outcome === 'approved') return await isGranted(decision);
    if (decision !== undefined) return true;
    if (Date.now() < Date.parse(state.deadline)) return false;
    change({ decision: { outcome: 'timed-out', by: [], at: now() } });
    return true;
  }

  async function isGranted({ by, at }: NonNullable<QuotaRequestState['decision']>): Promise<boolean> {
    const until = new Date(Date.parse(at) + request.lastsMs).toISOString();
    const answer = await quotaGrants.grantQuota({ request, by, until });
    if (answer.outcome === 'granted') change({ grantedUntil: answer.until });
    else if (answer.outcome === 'refused') refuse(answer.because);
    else change({ decision: undefined });
    return answer.outcome !== 'void';
  }

  /** At half the time, those who have not decided. */
  async function remind(): Promise<void> {
    if (await condition(() => state.decision !== undefined, request.withinMs / 2)) return;
    try {
      await warnings.remindOfQuota({ state });
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      log.warn('approvers could not be reminded', { requestId: request.requestId });
    }
  }
}

async function announce(state: QuotaRequestState): Promise<void> {
  try {
    await chat.announceQuota({ state });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error('the cards of a request for more could not be brought up to date');
  }
}
