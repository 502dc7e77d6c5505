import { certificateFiles } from '../../domain/departure-certificate.ts';
import { departureApprovalView, departureView, showDepartureButton } from '../../domain/departure-views.ts';
import type { DepartureActInput } from '../../domain/departures.ts';
import type { FormView } from '../../domain/forms.ts';
import type { IntentOf } from '../../domain/intents.ts';
import type { NoticeView } from '../../domain/views.ts';
import type { DepartureRef } from '../../temporal/departure-launchers.ts';
import { accountOf } from '../accounts.ts';
import type { Call, Handler } from '../context.ts';
import { departureNamed } from '../departure-lookups.ts';
import { refusedLaunch } from '../lookups.ts';
import { notice } from '../wording.ts';
import { REASON_FIELD, reasonProblem } from './environment-decisions.ts';

/** Who may decide is asked by the workflow, at the click and again before anything is taken. */
export const departureApproval: Handler<'departure.approve'> = {
  handle: (call, intent) => vote(call, intent, 'approve'),
};

export const departureDenialForm: Handler<'departure.deny'> = {
  async handle(call, { person, id, round }) {
    const state = await departureNamed(call, { person, id });
    if ('kind' in state) return state;
    if (state.phase !== 'awaiting-approval' || state.round !== round) {
      return notice('info', `Whether ${state.name} leaves is not asked on that card any more.`, {
        actions: [showDepartureButton(state)],
      });
    }
    const form: FormView = {
      kind: 'form',
      formId: 'departure.deny',
      title: 'Deny the request',
      submitLabel: 'Deny',
      intro: `${state.name} keeps everything they have.`,
      fields: [REASON_FIELD],
      values: {},
      notes: [],
      context: { person, id, round: `${round}` },
    };
    return { kind: 'open-form', form };
  },
};

export const departureDenial: Handler<'departure.deny-because'> = {
  async handle(call, { reason, ...about }) {
    const problem = reasonProblem(reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    return vote(call, about, 'deny', reason.trim());
  },
};

async function vote(
  call: Call,
  { person, id, round }: Omit<IntentOf<'departure.approve'>, 'intent'>,
  decision: 'approve' | 'deny',
  reason?: string,
): Promise<NoticeView> {
  const outcome = await call.context.departures.launchers.decide(
    { person, id },
    {
      round,
      person: call.person.id,
      account: accountOf(call),
      decision,
      ...(reason === undefined ? {} : { reason }),
    },
  );
  const refused = refusedLaunch(outcome, 'Your answer does not count.');
  const word = decision === 'approve' ? 'approval' : 'denial';
  return refused ?? notice('success', `Your ${word} is recorded. The card shows what happens next.`);
}

/** The card as this person may see it: with buttons for those who may still decide. */
export const departureApprovalCard: Handler<'departure.approval'> = {
  async handle(call, { person, id }) {
    const state = await departureNamed(call, { person, id });
    if ('kind' in state) return state;
    const card = departureApprovalView(state, call.directory);
    return state.approval.approvers.includes(call.person.id) ? card : { ...card, actions: [] };
  },
};

export const departureDetails: Handler<'departure.show'> = {
  async handle(call, { person, id }) {
    const state = await departureNamed(call, { person, id });
    return 'kind' in state ? state : departureView(state, call.directory);
  },
};

export const departureCertificate: Handler<'departure.certificate'> = {
  async handle(call, { person, id }) {
    const state = await departureNamed(call, { person, id });
    if ('kind' in state) return state;
    return { kind: 'document', ...certificateFiles(state, call.directory).markdown };
  },
};

export const departureWithdrawal: Handler<'departure.withdraw'> = {
  handle: (call, about) =>
    act(call, about, { act: 'withdraw', done: 'It is taken back. They keep everything they have.' }),
};

export const departureTaskDone: Handler<'departure.done'> = {
  handle: (call, { line, ...about }) =>
    act(call, about, {
      act: 'done',
      line,
      done: 'The system is asked now whether it is so. The card says what it says.',
    }),
};

export const departureUndoing: Handler<'departure.undo'> = {
  handle: (call, about) =>
    act(call, about, {
      act: 'undo',
      done: 'Accounts and groups are being given back. The card shows how far it is.',
    }),
};

async function act(
  call: Call,
  { person, id }: DepartureRef,
  { done, ...order }: Pick<DepartureActInput, 'act' | 'line'> & { done: string },
): Promise<NoticeView> {
  const input = { ...order, person: call.person.id };
  const outcome = await call.context.departures.launchers.act({ person, id }, input);
  return refusedLaunch(outcome, 'That cannot be done.') ?? notice('success', done);
}
