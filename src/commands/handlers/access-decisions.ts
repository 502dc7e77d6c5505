import type { ChatReply } from '../../chat/adapter.ts';
import type { Extension, GrantState, GrantVoteInput } from '../../domain/access.ts';
import {
  currentStage,
  grantApprovalView,
  isAsked,
  isOpenExtension,
  showGrantButton,
  votedOn,
} from '../../domain/access-views.ts';
import { formatDuration } from '../../domain/durations.ts';
import { personRef } from '../../domain/environment-views.ts';
import { FAILURE, type FailureType } from '../../domain/errors.ts';
import type { FormView } from '../../domain/forms.ts';
import { grantWorkflowId } from '../../domain/ids.ts';
import { withNames } from '../../domain/incident-people.ts';
import type { IntentOf } from '../../domain/intents.ts';
import { accountKey } from '../../domain/refs.ts';
import type { NoticeView } from '../../domain/views.ts';
import { findGrant, takesPart } from '../access-lookups.ts';
import { accountOf, signInOf } from '../accounts.ts';
import { refusalAbout } from '../authorize.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { signInFirst } from '../sign-in.ts';
import { listed, notice } from '../wording.ts';
import { REASON_FIELD, reasonProblem } from './environment-decisions.ts';

/** What the card that was pressed is about. */
type About = Omit<IntentOf<'access.approve'>, 'intent'>;

/** Who may approve is the entitlement's rule: the workflow asks it, at the click and again before the effect. */
export const accessApproval: Handler<'access.approve'> = {
  handle: (call, intent) => vote(call, intent, 'approve'),
};

/** The card as this person may see it: with buttons for those who may still decide. */
export const accessApprovalCard: Handler<'access.approval'> = {
  async handle(call, about) {
    const state = await findGrant(call, about);
    const stage = stagesOf(state, about)[about.stage];
    if (state === undefined || stage === undefined) return gone();
    const refused = (await takesPart(call, state))
      ? undefined
      : await refusalAbout(call, 'access.look', state.beneficiary);
    if (refused !== undefined) return refused;
    const card = grantApprovalView(state, about, call.directory);
    return stage.approvers.includes(call.person.id) ? card : { ...card, actions: [] };
  },
};

/** A denial needs a reason; a click that comes too late reads so without being asked for one. */
export const accessDenialForm: Handler<'access.deny'> = {
  async handle(call, { intent: _intent, ...about }) {
    const state = await findGrant(call, about);
    if (state === undefined) return gone();
    const late = lateness(state, about);
    if (late !== undefined) {
      await auditRefused(call, about, { decision: 'deny' }, late);
      return lateNote(call, state, about);
    }
    const { beneficiary, id, digest, stage, extension } = about;
    const form: FormView = {
      kind: 'form',
      formId: 'access.deny',
      title: 'Deny the request',
      submitLabel: 'Deny',
      intro: `${personRef(call.directory, askerOf(state, about)).name} asked for “${state.entitlement.title}”.`,
      fields: [REASON_FIELD],
      values: {},
      notes: [],
      context: {
        beneficiary,
        id,
        digest,
        stage: `${stage}`,
        ...(extension === undefined ? {} : { extension }),
      },
    };
    return { kind: 'open-form', form };
  },
};

export const accessDenial: Handler<'access.deny-because'> = {
  async handle(call, { reason, ...about }) {
    const problem = reasonProblem(reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    return vote(call, about, 'deny', reason.trim());
  },
};

type Decision = Pick<GrantVoteInput, 'decision' | 'reason'>;

async function vote(
  call: Call,
  { beneficiary, id, digest, stage, extension }: About,
  decision: 'approve' | 'deny',
  reason?: string,
): Promise<ChatReply> {
  const signedIn = signInOf(call);
  const outcome = await call.context.access.launchers.vote(
    { beneficiary, id },
    {
      digest,
      stage,
      ...(extension === undefined ? {} : { extension }),
      person: call.person.id,
      account: accountOf(call),
      decision,
      ...(reason === undefined ? {} : { reason }),
      ...(signedIn === undefined ? {} : { signedIn }),
    },
  );
  const about = { beneficiary, id, digest, stage, extension };
  if (outcome.ok) {
    const word = decision === 'approve' ? 'approval' : 'denial';
    return notice('success', `Your ${word} is recorded. The card shows what happens next.`);
  }
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  if (outcome.type === FAILURE.signInNeeded)
    return await signInFirst(call, await whatIsApproved(call, about));
  return refusedVote(call, about, { decision, reason }, outcome);
}

async function whatIsApproved(call: Call, about: About): Promise<string> {
  const state = await findGrant(call, about);
  if (state === undefined) return 'approve this';
  return `approve “${state.entitlement.title}” for ${personRef(call.directory, state.beneficiary).name}`;
}

async function refusedVote(
  call: Call,
  about: About,
  decision: Decision,
  { type, message }: { type: FailureType; message: string },
): Promise<NoticeView> {
  const asked = type === FAILURE.forbidden || type === FAILURE.selfDecision;
  if (!asked) await auditRefused(call, about, decision, type);
  const state = await findGrant(call, about);
  if (state === undefined) return gone();
  if (!asked) return lateNote(call, state, about);
  const { because, approvers = [] } = stagesOf(state, about)[about.stage] ?? {};
  const others = approvers.filter((id) => id !== call.person.id);
  const who = listed(others.map((id) => personRef(call.directory, id).name));
  return notice('error', `You cannot decide on “${state.entitlement.title}”.`, {
    details: [
      `Why: ${withNames(call.directory, message)}`,
      ...(because === undefined ? [] : [`The rule: ${because}.`]),
      who === '' ? 'Ask the platform team who can decide.' : `Who can decide: ${who}.`,
    ],
  });
}

/** What the directory had not to be asked about. What it refused, the workflow has audited. */
async function auditRefused(
  { context, request, person }: Call,
  { beneficiary, id, digest, stage, extension }: About,
  { decision, reason }: Decision,
  because: FailureType,
): Promise<void> {
  await context.audit.append({
    key: `${request.dedupeKey}:refused:${decision}`,
    action: `access.${decision}`,
    actor: person.id,
    subject: grantWorkflowId(beneficiary, id),
    outcome: 'refused',
    detail: {
      digest,
      stage: `${stage + 1}`,
      ...(extension === undefined ? {} : { extension }),
      because,
      account: accountKey(accountOf({ request })),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}

/** Why a card is of the past, where it is: its stage is decided, or it was drawn from other rules. */
function lateness(state: GrantState, about: About): FailureType | undefined {
  const stages = stagesOf(state, about);
  const stage = stages[about.stage];
  if (stage !== undefined && votedOn(stage) !== undefined) return FAILURE.alreadyDecided;
  const extension = extensionOf(state, about);
  const open = extension === undefined ? isAsked(state) : isOpenExtension(extension, state);
  if (!open || stage === undefined) return FAILURE.wrongState;
  const isNow = state.digest === about.digest && currentStage(stages) === about.stage;
  return isNow ? undefined : FAILURE.staleRequest;
}

/** Who decided, when and why, to somebody who comes too late. */
function lateNote(call: Call, state: GrantState, about: About): NoticeView {
  const { title } = state.entitlement;
  const actions = [showGrantButton(state)];
  const stage = stagesOf(state, about)[about.stage];
  const decided = stage === undefined ? undefined : votedOn(stage);
  if (decided !== undefined) {
    const ago = formatDuration(call.context.now().getTime() - Date.parse(decided.at));
    const who = listed(decided.by.map((id) => personRef(call.directory, id).name));
    return notice('info', `“${title}” was already ${decided.outcome} by ${who}, ${ago} ago.`, {
      details: decided.reason === undefined ? [] : [`The reason: ${decided.reason}`],
      actions,
    });
  }
  if (lateness(state, about) === FAILURE.staleRequest) {
    return notice('warning', `The rules for “${title}” have changed since this card, and nothing was done.`, {
      details: ['Whoever has to decide now has a card of their own.'],
      actions,
    });
  }
  return notice('info', `“${title}” is not waiting for approval any more.`, {
    details:
      state.endedBy === undefined ? [] : [`Ended by ${personRef(call.directory, state.endedBy).name}.`],
    actions,
  });
}

function extensionOf(state: GrantState | undefined, { extension }: About): Extension | undefined {
  return state?.extensions.find(({ id }) => id === extension);
}

function stagesOf(state: GrantState | undefined, about: About): GrantState['stages'] {
  if (about.extension === undefined) return state?.stages ?? [];
  return extensionOf(state, about)?.stages ?? [];
}

function askerOf(state: GrantState, about: About): string {
  return extensionOf(state, about)?.by ?? state.requester;
}

function gone(): NoticeView {
  return notice('info', 'That request is over for so long that nothing is known of it any more.');
}
