import { formatDuration } from './durations.ts';
import type { EnvironmentPhase, EnvironmentState } from './environments.ts';
import type { JsonPrimitive } from './json.ts';
import { type DirectorySnapshot, findPerson, findTeam } from './people.ts';
import type {
  ActionButton,
  ApprovalSummary,
  ApprovalView,
  EnvironmentView,
  ExpiryWarningView,
  PersonRef,
} from './views.ts';

/** Who somebody is, for a card; a person no longer in the directory is shown by id. */
export function personRef(directory: DirectorySnapshot, id: string): PersonRef {
  const person = findPerson(directory, id);
  return { id, name: person?.name ?? id, accounts: person?.accounts ?? [] };
}

/** The request card and `/env show`, from nothing but the state and the directory. */
export function environmentView(state: EnvironmentState, directory: DirectorySnapshot): EnvironmentView {
  return {
    kind: 'environment',
    name: state.name,
    phase: state.phase,
    end: state.end,
    template: state.template.title,
    team: teamTitle(directory, state.team),
    requester: personRef(directory, state.requester),
    parameters: shownParameters(state),
    steps: state.steps,
    approval: state.approval.needed === 0 ? undefined : approvalSummary(state.approval, directory),
    trouble: state.trouble,
    leftovers: state.leftovers,
    urls: state.urls,
    requestedAt: state.requestedAt,
    readyAt: state.readyAt,
    expiresAt: state.expiresAt,
    endedAt: state.endedAt,
    deletedBy: state.deletedBy === undefined ? undefined : personRef(directory, state.deletedBy),
    actions: environmentActions(state),
  };
}

/** What an approver reads. Its buttons are gone as soon as it is decided; the outcome says who, when and why. */
export function approvalView(state: EnvironmentState, directory: DirectorySnapshot): ApprovalView {
  const payload = { name: state.name, requestId: state.requestId, digest: state.digest };
  const open = state.phase === 'awaiting-approval' && state.approval.decision === undefined;
  return {
    kind: 'approval',
    title: `Environment ${state.name}`,
    requester: personRef(directory, state.requester),
    facts: [
      { label: 'Environment', value: state.name },
      {
        label: 'Template',
        value: `${state.template.title} (${state.template.name}@${state.template.version})`,
      },
      { label: 'Team', value: teamTitle(directory, state.team) },
      ...shownParameters(state).map(({ name, value }) => ({ label: name, value })),
      { label: 'Lives for', value: formatDuration(state.ttlMs) },
      { label: 'Digest', value: shortDigest(state.digest) },
    ],
    summary: approvalSummary(state.approval, directory),
    actions: open
      ? [
          { actionId: 'environment.approve', label: 'Approve', style: 'primary', payload },
          { actionId: 'environment.deny', label: 'Deny…', style: 'danger', payload },
        ]
      : [],
    audience: {
      people: open ? state.approval.approvers.map((id) => personRef(directory, id)) : [],
      show: { actionId: 'environment.approval', payload: { name: state.name, requestId: state.requestId } },
    },
  };
}

export function expiryWarningView(
  state: EnvironmentState & { expiresAt: string },
  directory: DirectorySnapshot,
): ExpiryWarningView {
  return {
    kind: 'expiry-warning',
    name: state.name,
    expiresAt: state.expiresAt,
    owner: personRef(directory, state.requester),
    actions: state.phase === 'ready' ? [showButton(state), deleteButton(state)] : [],
  };
}

/** Enough of a digest to compare two by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

export function showButton(environment: { name: string }): ActionButton {
  return { actionId: 'environment.show', label: 'Show', payload: { name: environment.name } };
}

const ACTIONS: Record<EnvironmentPhase, (state: EnvironmentState) => ActionButton[]> = {
  requested: () => [],
  'awaiting-approval': (state) => [{ ...deleteButton(state), label: 'Withdraw…' }],
  provisioning: () => [],
  ready: (state) => [...(state.secretKeys.length === 0 ? [] : [revealButton(state)]), deleteButton(state)],
  failed: (state) => [...biggerButtons(state), retryButton(state), rollBackButton(state)],
  'rolling-back': () => [],
  deleting: () => [],
  gone: () => [],
};

function environmentActions(state: EnvironmentState): ActionButton[] {
  return ACTIONS[state.phase](state);
}

function revealButton({ name, requestId }: EnvironmentState): ActionButton {
  return {
    actionId: 'environment.reveal',
    label: 'Reveal credentials',
    style: 'primary',
    payload: { name, requestId },
  };
}

function deleteButton({ name, requestId }: EnvironmentState): ActionButton {
  return { actionId: 'environment.delete', label: 'Delete…', style: 'danger', payload: { name, requestId } };
}

/** Where the quota had no room and a bigger size has. */
export function biggerButtons({ name, requestId, trouble }: EnvironmentState): ActionButton[] {
  if (trouble?.bigger === undefined) return [];
  const label = `Make it bigger: size ${trouble.bigger}…`;
  return [{ actionId: 'environment.bigger', label, style: 'primary', payload: { name, requestId } }];
}

function retryButton({ name, requestId }: EnvironmentState): ActionButton {
  return { actionId: 'environment.retry', label: 'Retry', style: 'primary', payload: { name, requestId } };
}

function rollBackButton({ name, requestId }: EnvironmentState): ActionButton {
  return {
    actionId: 'environment.roll-back',
    label: 'Roll back',
    style: 'danger',
    payload: { name, requestId },
    confirm: {
      title: 'Roll back?',
      text: `Everything created for ${name} so far is deleted again, and its name becomes free.`,
      confirmLabel: 'Roll back',
    },
  };
}

/** An approval of whatever kind, with people by their ids. */
type ApprovalState = Pick<
  EnvironmentState['approval'],
  'because' | 'needed' | 'votes' | 'approvers' | 'deadline'
> & { decision?: Omit<NonNullable<ApprovalSummary['decision']>, 'by'> & { by: string[] } };

/** How an approval stands, for a card. */
export function approvalSummary(
  { because, needed, votes, approvers, deadline, decision }: ApprovalState,
  directory: DirectorySnapshot,
): ApprovalSummary {
  return {
    because,
    needed,
    approvers: approvers.map((id) => personRef(directory, id)),
    votes: votes.map((vote) => ({
      person: personRef(directory, vote.person),
      decision: vote.decision,
      at: vote.at,
      reason: vote.reason,
    })),
    deadline,
    decision:
      decision === undefined
        ? undefined
        : { ...decision, by: decision.by.map((id) => personRef(directory, id)) },
  };
}

/** Name and team are shown in places of their own. */
function shownParameters(state: EnvironmentState): { name: string; value: string }[] {
  return Object.entries(state.parameters)
    .filter(([name]) => name !== 'name' && name !== 'team')
    .map(([name, value]) => ({
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value: shownValue(value),
    }));
}

/** A parameter's value as people say it. */
export function shownValue(value: JsonPrimitive): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : `${value}`;
}

function teamTitle(directory: DirectorySnapshot, id: string): string {
  return findTeam(directory, id)?.title ?? id;
}
