import type { ChatReply } from '../../chat/adapter.ts';
import { formatDuration } from '../../domain/durations.ts';
import { approvalView, personRef, showButton } from '../../domain/environment-views.ts';
import type { EnvironmentState } from '../../domain/environments.ts';
import { FAILURE, type FailureType } from '../../domain/errors.ts';
import type { FormView } from '../../domain/forms.ts';
import { environmentWorkflowId } from '../../domain/ids.ts';
import type { IntentOf } from '../../domain/intents.ts';
import { accountKey } from '../../domain/refs.ts';
import type { NoticeView } from '../../domain/views.ts';
import { accountOf, signInOf } from '../accounts.ts';
import { refusal } from '../authorize.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { findEnvironment, noSuchEnvironment, olderRequest } from '../lookups.ts';
import { signInFirst } from '../sign-in.ts';
import { listed, notice } from '../wording.ts';

const MIN_REASON = 3;
const MAX_REASON = 1_000;

export const REASON_FIELD = {
  name: 'reason',
  label: 'Why not?',
  schema: { type: 'string', minLength: MIN_REASON, maxLength: MAX_REASON },
  required: true,
  multiline: true,
  hint: 'Whoever asked reads this.',
} as const;

/** What is wrong with a reason, as an error at its field. */
export function reasonProblem(reason: string): string | undefined {
  const { length } = reason.trim();
  if (length < MIN_REASON) return 'Please say why, in a few words: whoever asked reads it.';
  if (length > MAX_REASON) return `Please keep it under ${MAX_REASON} characters; this has ${length}.`;
  return undefined;
}

/** Who may approve is the template's rule: the workflow asks it, at the click and again before the effect. */
export const approval: Handler<'environment.approve'> = {
  handle: (call, intent) => decide(call, intent, 'approve'),
};

/** The card as this person may see it: with buttons for those who may still decide. */
export const approvalCard: Handler<'environment.approval'> = {
  async handle(call, { name, requestId }) {
    const state = await findEnvironment(call.context, name);
    if (state === undefined) return noSuchEnvironment(call, name);
    if (state.requestId !== requestId) return olderRequest(name);
    const resource = { owner: state.requester, team: state.team, name };
    const decides = state.approval.approvers.includes(call.person.id);
    const refused = decides ? undefined : await refusal(call, 'env.show', resource);
    if (refused !== undefined) return refused;
    const card = approvalView(state, call.directory);
    return decides ? card : { ...card, actions: [] };
  },
};

/** A denial needs a reason; a click that comes too late reads so without being asked for one. */
export const denialForm: Handler<'environment.deny'> = {
  async handle(call, intent) {
    const state = await findEnvironment(call.context, intent.name);
    if (state === undefined) return noSuchEnvironment(call, intent.name);
    if (state.requestId !== intent.requestId) {
      await auditRefused(call, { ...intent, decision: 'deny' }, FAILURE.staleRequest);
      return olderRequest(intent.name);
    }
    if (state.phase !== 'awaiting-approval') {
      const late = state.approval.decision === undefined ? FAILURE.wrongState : FAILURE.alreadyDecided;
      await auditRefused(call, { ...intent, decision: 'deny' }, late);
      return lateNote(call, state);
    }
    const { name, requestId, digest } = intent;
    const form: FormView = {
      kind: 'form',
      formId: 'environment.deny',
      title: 'Deny the request',
      submitLabel: 'Deny',
      intro: `${personRef(call.directory, state.requester).name} asked for the environment “${name}”.`,
      fields: [REASON_FIELD],
      values: {},
      notes: [],
      context: { name, requestId, digest },
    };
    return { kind: 'open-form', form };
  },
};

export const denial: Handler<'environment.deny-because'> = {
  async handle(call, intent) {
    const problem = reasonProblem(intent.reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    return decide(call, intent, 'deny', intent.reason.trim());
  },
};

interface Vote {
  name: string;
  requestId: string;
  digest: string;
  decision: 'approve' | 'deny';
  reason?: string;
}

async function decide(
  call: Call,
  { name, requestId, digest }: IntentOf<'environment.approve' | 'environment.deny-because'>,
  decision: 'approve' | 'deny',
  reason?: string,
): Promise<ChatReply> {
  const { context, person } = call;
  const vote: Vote = { name, requestId, digest, decision, reason };
  const outcome = await context.launchers.decide({
    ...vote,
    person: person.id,
    account: accountOf(call),
    signedIn: signInOf(call),
  });
  if (outcome.ok) {
    const word = decision === 'approve' ? 'approval' : 'denial';
    return notice('success', `Your ${word} of “${name}” is recorded. Its card shows what happens next.`);
  }
  if (outcome.type === FAILURE.signInNeeded) return await signInFirst(call, `approve “${name}”`);
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  return refusedDecision(call, vote, outcome.type, outcome.message);
}

async function refusedDecision(
  call: Call,
  vote: Vote,
  type: FailureType,
  message: string,
): Promise<NoticeView> {
  const { name, requestId } = vote;
  if (type !== FAILURE.forbidden) await auditRefused(call, vote, type);
  const state = await findEnvironment(call.context, name);
  if (state === undefined) return noSuchEnvironment(call, name);
  if (state.requestId !== requestId || type === 'StaleRequest') return olderRequest(name);
  const others = state.approval.approvers.filter((id) => id !== call.person.id);
  const who = listed(others.map((id) => personRef(call.directory, id).name));
  const next = who === '' ? 'Ask the platform team who can decide.' : `Who can decide: ${who}.`;
  if (type === 'SelfDecision') {
    return notice('error', 'You asked for this yourself, so somebody else has to decide.', {
      details: [next],
    });
  }
  if (type === 'Forbidden') {
    return notice('error', `You cannot decide on “${name}”.`, {
      details: [`Why: ${message}`, `The rule: ${state.approval.because}.`, next],
    });
  }
  if (type === 'AlreadyDecided' || state.approval.decision !== undefined) return lateNote(call, state);
  return notice('error', `“${name}” cannot be decided on now.`, { details: [message] });
}

/** What the directory had not to be asked about. What it refused, the workflow has audited. */
async function auditRefused(
  { context, request, person }: Call,
  { name, requestId, digest, decision, reason }: Vote,
  because: FailureType,
): Promise<void> {
  await context.audit.append({
    key: `${request.dedupeKey}:refused:${decision}`,
    action: `environment.${decision}`,
    actor: person.id,
    subject: environmentWorkflowId(context.cluster, name),
    outcome: 'refused',
    detail: {
      requestId,
      digest,
      because,
      account: accountKey(accountOf({ request })),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}

/** Who decided, when and why, to somebody who comes too late. */
function lateNote({ context, directory }: Call, state: EnvironmentState): NoticeView {
  const { decision } = state.approval;
  const actions = [showButton(state)];
  if (decision === undefined) {
    return notice('info', `“${state.name}” is not waiting for approval any more.`, { actions });
  }
  const ago = formatDuration(context.now().getTime() - Date.parse(decision.at));
  const who = listed(decision.by.map((id) => personRef(directory, id).name));
  const done = {
    approved: 'approved',
    denied: 'denied',
    'timed-out': 'closed unanswered',
    withdrawn: 'withdrawn',
  };
  const by = who === '' ? '' : ` by ${who}`;
  return notice('info', `“${state.name}” was already ${done[decision.outcome]}${by}, ${ago} ago.`, {
    details: decision.reason === undefined ? [] : [`The reason: ${decision.reason}`],
    actions,
  });
}
