import { formatDuration } from '../../domain/durations.ts';
import { personRef } from '../../domain/environment-views.ts';
import { FAILURE } from '../../domain/errors.ts';
import type { FormView } from '../../domain/forms.ts';
import type { PeopleRequestState } from '../../domain/people-requests.ts';
import { requestApprovalView, wantedInWords } from '../../domain/request-views.ts';
import type { NoticeView } from '../../domain/views.ts';
import { accountOf } from '../accounts.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { refusedLaunch } from '../lookups.ts';
import { listed, notice, sentence } from '../wording.ts';
import { REASON_FIELD, reasonProblem } from './environment-decisions.ts';

interface Button {
  id: string;
  requestId: string;
}

/** The card as this person may see it: with buttons for those who may still decide. */
export const requestCard: Handler<'people.approval'> = {
  permission: 'team.look',
  async handle(call, { id }) {
    const state = await requestOf(call, id);
    if (state === undefined) return OVER;
    const card = requestApprovalView(state, call.directory);
    return state.approval?.approvers.includes(call.person.id) ? card : { ...card, actions: [] };
  },
};

/** Who may decide is the policy's to say: the workflow asks it, at the click and again before the effect. */
export const requestApproval: Handler<'people.approve'> = {
  handle: (call, button) => decide(call, button, 'approve'),
};

/** A denial needs a reason; a click that comes too late reads so without being asked for one. */
export const requestDenialForm: Handler<'people.deny'> = {
  async handle(call, { id, requestId }) {
    const state = await requestOf(call, id);
    if (state === undefined || state.requestId !== requestId) return OVER;
    if (state.phase !== 'awaiting-approval') return lateNote(call, state);
    const form: FormView = {
      kind: 'form',
      formId: 'people.deny',
      title: 'Deny the request',
      submitLabel: 'Deny',
      intro: `${personRef(call.directory, state.asker).name} asks: ${wantedInWords(state, call.directory)}.`,
      fields: [REASON_FIELD],
      values: {},
      notes: [],
      context: { id, requestId },
    };
    return { kind: 'open-form', form };
  },
};

export const requestDenial: Handler<'people.deny-because'> = {
  async handle(call, { reason, ...button }) {
    const problem = reasonProblem(reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    return decide(call, button, 'deny', reason.trim());
  },
};

/** As long as nothing has been done: the workflow asks whose it is. */
export const requestWithdrawal: Handler<'people.withdraw'> = {
  async handle({ context, person }, { id, requestId }) {
    const outcome = await context.people.withdrawRequest(id, { requestId, person: person.id });
    return refusedLaunch(outcome, 'It was not withdrawn.') ?? notice('success', 'It is withdrawn.');
  },
};

const OVER: NoticeView = notice('info', 'That request is over.', {
  details: ['Its card, where it was asked for, says what became of it.'],
});

async function requestOf({ context }: Call, id: string): Promise<PeopleRequestState | undefined> {
  try {
    return await context.people.getRequest(id);
  } catch (cause) {
    throw new NotRecordedError('Temporal did not answer', { cause });
  }
}

async function decide(
  call: Call,
  { id, requestId }: Button,
  decision: 'approve' | 'deny',
  reason?: string,
): Promise<NoticeView> {
  const { context, person } = call;
  const vote = { requestId, person: person.id, account: accountOf(call), decision, reason };
  const outcome = await context.people.decideRequest(id, vote);
  if (outcome.ok) {
    const word = decision === 'approve' ? 'approval' : 'denial';
    return notice('success', `Your ${word} is recorded. The card shows what happens next.`);
  }
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  const state = await requestOf(call, id);
  if (state === undefined || outcome.type === FAILURE.staleRequest) return OVER;
  if (outcome.type === FAILURE.alreadyDecided) return lateNote(call, state);
  const others = (state.approval?.approvers ?? []).filter((one) => one !== person.id);
  const who = listed(others.map((one) => personRef(call.directory, one).name));
  return notice('error', outcome.message, { details: who === '' ? [] : [`Who can decide: ${who}.`] });
}

/** Who decided and when, to somebody who comes too late. */
function lateNote({ context, directory }: Call, state: PeopleRequestState): NoticeView {
  const { decision } = state.approval ?? {};
  if (decision === undefined) return OVER;
  const ago = formatDuration(context.now().getTime() - Date.parse(decision.at));
  const words = {
    approved: 'approved',
    denied: 'denied',
    'timed-out': 'closed unanswered',
    withdrawn: 'withdrawn',
  };
  const by = decision.by.map((one) => personRef(directory, one).name).join(' and ');
  const what = `This was ${words[decision.outcome]}${by === '' ? '' : ` by ${by}`}, ${ago} ago.`;
  return notice('info', what, {
    details: decision.reason === undefined ? [] : [sentence(`the reason: ${decision.reason}`)],
  });
}
