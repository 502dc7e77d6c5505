import { formatDuration } from './durations.ts';
import { personRef } from './environment-views.ts';
import { type DirectorySnapshot, findTeam } from './people.ts';
import type { QuotaSubject } from './quota.ts';
import type { QuotaRequest, QuotaRequestState } from './quota-requests.ts';
import type { ActionButton, ApprovalView, NoticeView } from './views.ts';

/** Offered with every refusal for want of a place. */
export function moreQuotaButton({ limit, template, team }: Omit<QuotaSubject, 'person'>): ActionButton {
  return { actionId: 'quota.ask', label: 'Ask for one more…', payload: { limit, template, team } };
}

/** What an approver reads, and whoever asks again while it is open. */
export function quotaApprovalView(state: QuotaRequestState, directory: DirectorySnapshot): ApprovalView {
  const { request, decision, approvers, grantedUntil } = state;
  const { person, limit, template, team, requestId } = request;
  const about = { person, limit, template, team };
  const open = decision === undefined;
  return {
    kind: 'approval',
    title: `${howManyMore(request)} for ${whose(request, directory)}`,
    requester: personRef(directory, person),
    facts: [
      { label: 'For', value: whose(request, directory) },
      { label: 'Of', value: limit === 'inAll' ? 'all templates together' : `${request.title} (${template})` },
      { label: 'How many more', value: `${request.extra}` },
      { label: 'For how long', value: formatDuration(request.lastsMs) },
      { label: 'What for', value: request.reason },
      ...(grantedUntil === undefined ? [] : [{ label: 'Counts until', value: moment(grantedUntil) }]),
    ],
    summary: {
      because: state.because,
      needed: 1,
      approvers: approvers.map((id) => personRef(directory, id)),
      votes: [],
      deadline: state.deadline,
      decision: decision && {
        ...decision,
        outcome: decision.outcome === 'refused' ? 'closed' : decision.outcome,
        by: decision.by.map((id) => personRef(directory, id)),
      },
    },
    actions: open
      ? [
          { actionId: 'quota.approve', label: 'Approve', style: 'primary', payload: { ...about, requestId } },
          { actionId: 'quota.deny', label: 'Deny…', style: 'danger', payload: { ...about, requestId } },
        ]
      : [],
    audience: {
      people: open ? approvers.map((id) => personRef(directory, id)) : [],
      show: { actionId: 'quota.approval', payload: about },
    },
  };
}

/** What whoever asked is told in the end. */
export function quotaAnswer(state: QuotaRequestState, directory: DirectorySnapshot): NoticeView {
  const { request, decision, grantedUntil } = state;
  const by = (decision?.by ?? []).map((id) => personRef(directory, id).name).join(' and ');
  const reason = decision?.reason === undefined ? [] : [`Reason: ${decision.reason}`];
  const what = `${howManyMore(request)} for ${request.limit === 'perTeam' ? whose(request, directory) : 'you'}`;
  if (grantedUntil !== undefined) {
    return {
      kind: 'notice',
      tone: 'success',
      text: `${by} approved ${what}, until ${moment(grantedUntil)}.`,
      details: ['After that, what there is stays, and only new ones are refused.'],
      actions: [
        { actionId: 'environment.request', label: 'Request it…', payload: { template: request.template } },
      ],
    };
  }
  if (decision?.outcome === 'denied') {
    return {
      kind: 'notice',
      tone: 'warning',
      text: `${by} denied ${what}.`,
      details: [...reason, 'Delete one that is no longer needed, and there is a place again: /env list mine'],
    };
  }
  if (decision?.outcome === 'timed-out') {
    return {
      kind: 'notice',
      tone: 'warning',
      text: `Nobody decided in time on ${what}, so nothing has changed.`,
      details: ['Talk to one of those who decide, then ask again with /env create.'],
    };
  }
  return {
    kind: 'notice',
    tone: 'error',
    text: `You cannot have ${what}.`,
    details: [...reason, 'Ask the platform team if you think that is wrong.'],
  };
}

export function quotaReminder({ request }: QuotaRequestState, directory: DirectorySnapshot): NoticeView {
  const { person, limit, template, team } = request;
  return {
    kind: 'notice',
    tone: 'info',
    text: `${personRef(directory, person).name} is still waiting for a decision on ${howManyMore(request)}.`,
    details: ['Approve or deny it on the card above.'],
    actions: [{ actionId: 'quota.approval', label: 'Show', payload: { person, limit, template, team } }],
  };
}

/** `1 more environment of “dev”` */
export function howManyMore({ extra, limit, template }: QuotaRequest): string {
  const environments = `${extra} more environment${extra === 1 ? '' : 's'}`;
  return limit === 'inAll' ? environments : `${environments} of “${template}”`;
}

function whose({ limit, person, team }: QuotaRequest, directory: DirectorySnapshot): string {
  if (limit !== 'perTeam') return personRef(directory, person).name;
  return `team ${findTeam(directory, team)?.title ?? team}`;
}

/** `2026-04-01 14:05 UTC`, in text that no platform draws in the reader's own time. */
export function moment(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
