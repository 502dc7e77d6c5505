import { personRef } from './environment-views.ts';
import type { DecideLinkInput, LinkInput } from './links.ts';
import { type DirectorySnapshot, findPerson } from './people.ts';
import { accountKey } from './refs.ts';
import type { ApprovalSummary, ApprovalView } from './views.ts';

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
    title: 'Link a chat account to a person',
    requester: { id: accountKey(link.account), name: link.displayName, accounts: [link.account] },
    facts: [
      { label: 'Account', value: accountKey(link.account) },
      { label: 'Calls itself', value: link.displayName },
      { label: 'E-mail in its profile (not proof)', value: link.profileEmail ?? 'none' },
      { label: 'Could be', value: suggestedPerson(link, directory) },
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

function suggestedPerson(link: LinkInput, directory: DirectorySnapshot): string {
  const person = link.suggestion === undefined ? undefined : findPerson(directory, link.suggestion);
  return person === undefined ? 'nobody in the directory has that e-mail' : `${person.name} (${person.id})`;
}
