import { personRef } from './environment-views.ts';
import type { DecideLinkInput, LinkInput } from './links.ts';
import { type DirectorySnapshot, findPerson } from './people.ts';
import { type AccountRef, accountKey } from './refs.ts';
import type { ApprovalSummary, ApprovalView, NoticeView } from './views.ts';

/** How a link request stands: open, decided by somebody, or past its time. */
export interface LinkProgress {
  /** Person ids of those who may decide. */
  approvers: string[];
  decision?: DecideLinkInput & { at: string };
  timedOutAt?: string;
}

/** The administrators' card of a link request. What a profile says of itself is marked as such. */
export function linkApprovalView(
  link: LinkInput,
  progress: LinkProgress,
  directory: DirectorySnapshot,
): ApprovalView {
  const open = progress.decision === undefined && progress.timedOutAt === undefined;
  const payload = {
    ...link.account,
    displayName: link.displayName,
    ...(link.suggestion === undefined ? {} : { suggestion: link.suggestion }),
  };
  return {
    kind: 'approval',
    title: link.keeps === undefined ? 'Link a chat account to a person' : 'Keep a chat account linked',
    requester: { id: accountKey(link.account), name: link.displayName, accounts: [link.account] },
    facts: [
      { label: 'Account', value: accountKey(link.account) },
      { label: 'Calls itself', value: link.displayName },
      { label: 'E-mail in its profile (not proof)', value: link.profileEmail ?? 'none' },
      link.keeps === undefined
        ? { label: 'Could be', value: suggestedPerson(link, directory) }
        : { label: 'Linked so far', value: linkedSoFar(link.keeps, directory) },
      ...linkedTo(progress, directory),
    ],
    summary: linkSummary(progress, directory),
    actions: open
      ? [
          { actionId: 'link.decide', label: 'Choose the person…', style: 'primary', payload },
          { actionId: 'link.deny', label: 'Deny…', style: 'danger', payload },
        ]
      : [],
    audience: {
      people: open ? progress.approvers.map((id) => personRef(directory, id)) : [],
      show: { actionId: 'link.approval', payload: { ...link.account } },
    },
  };
}

function linkSummary(progress: LinkProgress, directory: DirectorySnapshot): ApprovalSummary {
  return {
    because: 'an administrator decides which person a chat account belongs to',
    needed: 1,
    approvers: progress.approvers.map((id) => personRef(directory, id)),
    votes: [],
    decision: linkDecision(progress, directory),
  };
}

function linkDecision(
  { decision, timedOutAt }: LinkProgress,
  directory: DirectorySnapshot,
): ApprovalSummary['decision'] {
  if (decision !== undefined) {
    return {
      outcome: decision.person === undefined ? 'denied' : 'approved',
      by: [personRef(directory, decision.by)],
      at: decision.at,
      reason: decision.reason,
    };
  }
  return timedOutAt === undefined ? undefined : { outcome: 'timed-out', by: [], at: timedOutAt };
}

function linkedTo(
  { decision }: LinkProgress,
  directory: DirectorySnapshot,
): { label: string; value: string }[] {
  if (decision?.person === undefined) return [];
  return [{ label: 'Linked to', value: personRef(directory, decision.person).name }];
}

function linkedSoFar(
  { person, until }: NonNullable<LinkInput['keeps']>,
  directory: DirectorySnapshot,
): string {
  return `to ${personRef(directory, person).name} (${person}), until ${dayOf(until)}`;
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}

function suggestedPerson(link: LinkInput, directory: DirectorySnapshot): string {
  const person = link.suggestion === undefined ? undefined : findPerson(directory, link.suggestion);
  return person === undefined ? 'nobody in the directory has that e-mail' : `${person.name} (${person.id})`;
}

/** What became of a request, for whoever asked. */
export function linkAnswerView(
  { keeps }: LinkInput,
  decision: Pick<DecideLinkInput, 'person' | 'reason'> | undefined,
): NoticeView {
  const until = keeps === undefined ? [] : [`It is linked until ${dayOf(keeps.until)}, and no longer.`];
  if (decision === undefined) {
    const text =
      keeps === undefined
        ? 'Nobody decided in time who you are, so your chat account is still not linked.'
        : 'Nobody decided in time whether your chat account stays linked.';
    const next = 'Talk to an administrator, then type /env to ask again.';
    return { kind: 'notice', tone: 'warning', text, details: [...until, next] };
  }
  if (decision.person === undefined) {
    return {
      kind: 'notice',
      tone: 'warning',
      text: `An administrator did not ${keeps === undefined ? 'link your chat account' : 'prolong the link of your chat account'}.`,
      details: [
        ...(decision.reason === undefined ? [] : [`Reason: ${decision.reason}`]),
        ...until,
        'Talk to an administrator if you think that is wrong.',
      ],
    };
  }
  if (decision.person === keeps?.person) {
    return { kind: 'notice', tone: 'success', text: 'Your chat account stays linked to you.' };
  }
  return {
    kind: 'notice',
    tone: 'success',
    text: 'Your chat account is linked: I know you now.',
    details: ['Type /env to see what you can do.'],
  };
}

/** For whoever was given one more account. */
export function linkedElsewhereView({ account, displayName }: LinkInput, by: string): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: `${by} linked one more chat account to you: ${displayName} (${accountKey(account)}).`,
    details: ['Whoever uses it now acts as you. If it is not yours, tell an administrator at once.'],
  };
}

/** For whoever lost an account to somebody else's decision. */
export function unlinkedView(account: AccountRef, by: string): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: `${by} unlinked the chat account ${accountKey(account)} from you.`,
    details: [
      'Whoever uses it is nobody to Purser until an administrator links it again.',
      'If you did not expect that, ask them about it.',
    ],
  };
}

/** A week before, on the account itself. */
export function linkEndsView(until: Date): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: `This chat account is linked to you until ${dayOf(until.toISOString())}, and no longer.`,
    details: [
      'Links last only so long, so that somebody looks at them again. After that day I no longer know who uses it.',
      'Ask now, and nothing is interrupted: an administrator decides, and you will read here what they decide.',
    ],
    actions: [{ actionId: 'link.request', label: 'Ask to keep it', style: 'primary', payload: {} }],
  };
}
