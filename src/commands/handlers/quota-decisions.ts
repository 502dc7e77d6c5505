import { formatDuration } from '../../domain/durations.ts';
import { personRef } from '../../domain/environment-views.ts';
import { FAILURE, type FailureType } from '../../domain/errors.ts';
import { quotaWorkflowId } from '../../domain/ids.ts';
import type { IntentOf } from '../../domain/intents.ts';
import type { QuotaRequestState, QuotaVote } from '../../domain/quota-requests.ts';
import { howManyMore, quotaApprovalView } from '../../domain/quota-views.ts';
import { accountKey } from '../../domain/refs.ts';
import type { NoticeView } from '../../domain/views.ts';
import { accountOf } from '../accounts.ts';
import { refusal } from '../authorize.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { listed, notice } from '../wording.ts';
import { REASON_FIELD, reasonProblem } from './environment-decisions.ts';
import { findQuota } from './quota.ts';

type About = IntentOf<'quota.approve' | 'quota.deny' | 'quota.deny-because'>;

const OVER = notice('info', 'That request for more environments is over.');

/** The card as this person may see it. */
export const quotaCard: Handler<'quota.approval'> = {
  async handle(call, subject) {
    const state = await findQuota(call.context, subject);
    if (state === undefined) return OVER;
    const { person, team } = state.request;
    const decides = state.approvers.includes(call.person.id);
    const refused = decides ? undefined : await refusal(call, 'env.show', { owner: person, team });
    if (refused !== undefined) return refused;
    const card = quotaApprovalView(state, call.directory);
    return decides ? card : { ...card, actions: [] };
  },
};

/** Who may decide is the rule in `limits.yaml`: the workflow asks it, at the click and again before the effect. */
export const quotaApproval: Handler<'quota.approve'> = {
  handle: (call, intent) => decide(call, intent, { decision: 'approve' }),
};

/** A denial needs a reason; a click that comes too late reads so without being asked for one. */
export const quotaDenialForm: Handler<'quota.deny'> = {
  async handle(call, intent) {
    const state = await findQuota(call.context, intent);
    if (state === undefined) return OVER;
    if (state.request.requestId !== intent.requestId)
      return refused(call, intent, 'deny', FAILURE.staleRequest);
    if (state.decision !== undefined) return refused(call, intent, 'deny', FAILURE.alreadyDecided);
    const { limit, template, team, person, requestId } = intent;
    return {
      kind: 'open-form',
      form: {
        kind: 'form',
        formId: 'quota.deny',
        title: 'Deny the request',
        submitLabel: 'Deny',
        intro: `${personRef(call.directory, person).name} asked for ${howManyMore(state.request)}.`,
        fields: [REASON_FIELD],
        values: {},
        notes: [],
        context: { limit, template, team, person, requestId },
      },
    };
  },
};

export const quotaDenial: Handler<'quota.deny-because'> = {
  async handle(call, intent) {
    const problem = reasonProblem(intent.reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    return decide(call, intent, { decision: 'deny', reason: intent.reason.trim() });
  },
};

async function decide(
  call: Call,
  intent: About,
  { decision, reason }: Pick<QuotaVote, 'decision' | 'reason'>,
): Promise<NoticeView> {
  const { context, person } = call;
  const { requestId } = intent;
  const vote = { requestId, person: person.id, account: accountOf(call), decision, reason };
  const outcome = await context.quota.decide(intent, vote);
  if (outcome.ok) {
    const word = decision === 'approve' ? 'approval' : 'denial';
    return notice('success', `Your ${word} is recorded. The card shows what came of it.`);
  }
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  return refused(call, intent, decision, outcome.type, outcome.message);
}

/** What the directory had not to be asked about is audited here; what it refused, the workflow has audited. */
async function refused(
  call: Call,
  about: About,
  decision: QuotaVote['decision'],
  type: FailureType,
  message?: string,
): Promise<NoticeView> {
  if (type !== FAILURE.forbidden) await auditRefused(call, about, decision, type);
  const state = await findQuota(call.context, about);
  if (state === undefined) return OVER;
  if (type === FAILURE.staleRequest) {
    return notice('warning', 'That button belongs to an earlier request, and nothing was done.', {
      details: ['The newest card has the buttons for the one that is open.'],
    });
  }
  const others = state.approvers.filter((id) => id !== call.person.id);
  const who = listed(others.map((id) => personRef(call.directory, id).name));
  const next = who === '' ? 'Ask the platform team who can decide.' : `Who can decide: ${who}.`;
  if (type === FAILURE.selfDecision) {
    return notice('error', 'You asked for this yourself, so somebody else has to decide.', {
      details: [next],
    });
  }
  if (type === FAILURE.forbidden) {
    return notice('error', 'You cannot decide on this.', {
      details: [`Why: ${message}`, `The rule: ${state.because}.`, next],
    });
  }
  return lateNote(call, state);
}

async function auditRefused(
  { context, request, person }: Call,
  about: About,
  decision: QuotaVote['decision'],
  because: FailureType,
): Promise<void> {
  await context.audit.append({
    key: `${request.dedupeKey}:refused:${decision}`,
    action: `quota.${decision}`,
    actor: person.id,
    subject: quotaWorkflowId(about),
    outcome: 'refused',
    detail: { requestId: about.requestId, because, account: accountKey(accountOf({ request })) },
  });
}

/** Who decided, when and why, to somebody who comes too late. */
function lateNote({ context, directory }: Call, { decision }: QuotaRequestState): NoticeView {
  if (decision === undefined) return OVER;
  const ago = formatDuration(context.now().getTime() - Date.parse(decision.at));
  const by = listed(decision.by.map((id) => personRef(directory, id).name));
  const done = {
    approved: `approved by ${by}`,
    denied: `denied by ${by}`,
    'timed-out': 'closed unanswered',
    refused: 'refused',
  };
  return notice('info', `This was already ${done[decision.outcome]}, ${ago} ago.`, {
    details: decision.reason === undefined ? [] : [`The reason: ${decision.reason}`],
  });
}
