import type { Extension, GrantPhase, GrantState, HoldingState, StageState } from './access.ts';
import { isApproved } from './access-stages.ts';
import type {
  ExtensionView,
  GrantHolding,
  GrantView,
  GrantWarningView,
  StagesView,
} from './access-view-types.ts';
import { formatDuration } from './durations.ts';
import { approvalSummary, personRef, shortDigest } from './environment-views.ts';
import { holdingInWords } from './holdings.ts';
import type { DirectorySnapshot } from './people.ts';
import type { ActionButton, ApprovalSummary, ApprovalView } from './views.ts';

type Grant = Pick<GrantState, 'beneficiary' | 'id'>;

/** The request card and `/access show`, from nothing but the state and the directory. */
export function grantView(state: GrantState, directory: DirectorySnapshot): GrantView {
  return {
    kind: 'grant',
    id: state.id,
    title: state.entitlement.title,
    meaning: state.entitlement.meaning,
    phase: state.phase,
    end: state.end,
    requester: personRef(directory, state.requester),
    beneficiary: personRef(directory, state.beneficiary),
    reason: state.reason,
    facts: [{ label: 'For how long', value: formatDuration(state.durationMs) }, ...references(state)],
    approval: stagesView(state.stages, { open: isAsked(state), closing: closingOf(state) }, directory),
    holdings: state.holdings.map(holdingView),
    activatedAt: state.activatedAt,
    endsAt: state.endsAt,
    extensions: state.extensions.map((extension) => extensionView(extension, state, directory)),
    trouble: state.trouble,
    outlasts: state.phase === 'ended' ? [...new Set(state.holdings.flatMap(outlastsOf))] : [],
    requestedAt: state.requestedAt,
    endedAt: state.endedAt,
    endedBy: state.endedBy === undefined ? undefined : personRef(directory, state.endedBy),
    endReason: state.endReason,
    actions: ACTIONS[state.phase](state),
    details: { ...showGrantButton(state), label: 'Details…' },
  };
}

/**
 * What the approvers of one stage read, of the request or of an extension by its id. Its buttons are gone as soon as the
 * stage is decided; the outcome says who, when and why.
 */
export function grantApprovalView(
  state: GrantState,
  about: { stage: number; extension?: string },
  directory: DirectorySnapshot,
): ApprovalView {
  const extension = state.extensions.find(({ id }) => id === about.extension);
  const stages = extension?.stages ?? state.stages;
  const asked = extension === undefined ? isAsked(state) : isOpenExtension(extension, state);
  const stage = stages[about.stage];
  if (stage === undefined) throw new Error(`There is no stage ${about.stage} of grant ${state.id}`);
  const open = asked && currentStage(stages) === about.stage;
  const closing = extension === undefined ? closingOf(state) : closingOfExtension(extension, state);
  const payload = {
    ...reference(state),
    digest: state.digest,
    stage: `${about.stage}`,
    ...(extension === undefined ? {} : { extension: extension.id }),
  };
  return {
    kind: 'approval',
    title: approvalTitle(state, extension, directory),
    requester: personRef(directory, extension?.by ?? state.requester),
    facts: [
      { label: 'Access', value: state.entitlement.title },
      { label: 'For', value: personRef(directory, state.beneficiary).name },
      ...lengthFacts(state, extension),
      ...references(state),
      { label: 'One can', value: state.entitlement.meaning },
      ...state.holdings.map(({ system, holding }) => ({
        label: `In ${system}`,
        value: holdingInWords(holding),
      })),
      ...(stages.length === 1 ? [] : [{ label: 'Stage', value: `${about.stage + 1} of ${stages.length}` }]),
      { label: 'Digest of the rules', value: shortDigest(state.digest) },
    ],
    reason: extension?.reason ?? state.reason,
    summary: stageSummary(stage, open ? undefined : closing, directory),
    actions: open
      ? [
          { actionId: 'access.approve', label: 'Approve', style: 'primary', payload },
          { actionId: 'access.deny', label: 'Deny…', style: 'danger', payload },
        ]
      : [],
    audience: {
      people: open ? stage.approvers.map((id) => personRef(directory, id)) : [],
      show: { actionId: 'access.approval', payload },
    },
  };
}

export function grantWarningView(
  state: GrantState & { endsAt: string },
  directory: DirectorySnapshot,
): GrantWarningView {
  const pending = state.extensions.find((extension) => isOpenExtension(extension, state));
  return {
    kind: 'grant-warning',
    title: state.entitlement.title,
    beneficiary: personRef(directory, state.beneficiary),
    endsAt: state.endsAt,
    asked: pending === undefined ? undefined : formatDuration(pending.extraMs),
    actions: state.phase === 'active' ? ACTIONS.active(state) : [],
  };
}

/** The stage that is asked now: the first without a decision. Behind the last there is none. */
export function currentStage(stages: StageState[]): number | undefined {
  const at = stages.findIndex((stage) => votedOn(stage) === undefined);
  return at < 0 ? undefined : at;
}

export function isAsked({ phase }: Pick<GrantState, 'phase'>): boolean {
  return phase === 'requested' || phase === 'awaiting-approval';
}

export function isOpenExtension({ outcome }: Extension, { phase }: Pick<GrantState, 'phase'>): boolean {
  return outcome === undefined && phase === 'active';
}

export function showGrantButton(grant: Grant): ActionButton {
  return { actionId: 'access.show', label: 'Show', payload: reference(grant) };
}

export function requestAccessButton(entitlement?: string): ActionButton {
  return {
    actionId: 'access.request',
    label: 'Request…',
    payload: entitlement === undefined ? {} : { entitlement },
  };
}

function reference({ beneficiary, id }: Grant): Record<string, string> {
  return { beneficiary, id };
}

function references({ ticket, incident }: GrantState): { label: string; value: string }[] {
  return [
    ...(ticket === undefined ? [] : [{ label: 'Ticket', value: ticket }]),
    ...(incident === undefined ? [] : [{ label: 'Incident', value: `#${incident}` }]),
  ];
}

const ACTIONS: Record<GrantPhase, (state: GrantState) => ActionButton[]> = {
  requested: (state) => [endButton(state, 'Withdraw…')],
  'awaiting-approval': (state) => [endButton(state, 'Withdraw…')],
  granting: (state) => [endButton(state, 'End now…')],
  active: (state) => [
    ...(state.extensions.some((extension) => isOpenExtension(extension, state)) ? [] : [extendButton(state)]),
    endButton(state, 'End now…'),
  ],
  revoking: () => [],
  ended: () => [],
};

function extendButton(state: GrantState): ActionButton {
  return { actionId: 'access.extend', label: 'Extend…', payload: reference(state) };
}

function endButton(state: GrantState, label: string): ActionButton {
  return { actionId: 'access.end', label, style: 'danger', payload: reference(state) };
}

function approvalTitle(
  { entitlement, beneficiary }: GrantState,
  extension: Extension | undefined,
  directory: DirectorySnapshot,
): string {
  const what = `${entitlement.title} for ${personRef(directory, beneficiary).name}`;
  return extension === undefined ? what : `${formatDuration(extension.extraMs)} more of ${what}`;
}

/** Of an extension, with what was approved before it. */
function lengthFacts(
  { durationMs, extensions }: GrantState,
  extension: Extension | undefined,
): { label: string; value: string }[] {
  const length = formatDuration(durationMs);
  if (extension === undefined) return [{ label: 'For how long', value: `${length} from when it is given` }];
  const before = extensions.filter(({ outcome }) => outcome === 'approved');
  const extended = before.map(({ extraMs }) => formatDuration(extraMs)).join(', then ');
  return [
    { label: 'More', value: formatDuration(extension.extraMs) },
    { label: 'So far', value: `${length}${extended === '' ? '' : `, extended by ${extended}`}` },
  ];
}

function holdingView({ system, holding, state, trouble, nextTryAt }: HoldingState): GrantHolding {
  return { text: `${system}: ${holdingInWords(holding)}`, state, trouble, nextTryAt };
}

function outlastsOf({ outlasts = [], system, state }: HoldingState): string[] {
  return state === 'revoked' ? outlasts.map((what) => `${system}: ${what}`) : [];
}

function extensionView(extension: Extension, state: GrantState, directory: DirectorySnapshot): ExtensionView {
  const open = isOpenExtension(extension, state);
  const closing = closingOfExtension(extension, state);
  return {
    extra: formatDuration(extension.extraMs),
    by: personRef(directory, extension.by),
    reason: extension.reason,
    askedAt: extension.askedAt,
    outcome: extension.outcome ?? (open ? undefined : 'too-late'),
    approval: stagesView(extension.stages, { open, closing }, directory),
  };
}

interface Closing {
  outcome: 'timed-out' | 'withdrawn' | 'closed';
  by: string[];
  at: string;
  reason?: string;
}

/** How it ended for those who had not decided by then. */
function closingOf({ end, endedAt, endedBy, endReason, trouble }: GrantState): Closing | undefined {
  if (endedAt === undefined) return undefined;
  const by = endedBy === undefined ? [] : [endedBy];
  const outcome = end === 'timed-out' || end === 'withdrawn' ? end : 'closed';
  return { outcome, by, at: endedAt, reason: endReason ?? trouble };
}

/** One that is not decided on when the access ends, prolongs nothing any more. */
function closingOfExtension({ stages, askedAt }: Extension, { endsAt }: GrantState): Closing {
  const { deadline } = stages[currentStage(stages) ?? 0] ?? {};
  const at = [deadline, endsAt].filter((time) => time !== undefined).toSorted()[0] ?? askedAt;
  return { outcome: 'timed-out', by: [], at };
}

/** As far as they were asked, with what follows while it is open. */
function stagesView(
  stages: StageState[],
  { open, closing }: { open: boolean; closing: Closing | undefined },
  directory: DirectorySnapshot,
): StagesView {
  const denied = stages.some(({ votes }) => votes.some(({ decision }) => decision === 'deny'));
  const current = denied ? undefined : currentStage(stages);
  const asked = stages.filter((stage, at) => votedOn(stage) !== undefined || at === current);
  return {
    stages: asked.map((stage) => stageSummary(stage, open ? undefined : closing, directory)),
    later: open && current !== undefined ? stages.slice(current + 1).map(({ because }) => because) : [],
  };
}

function stageSummary(
  stage: StageState,
  closing: Closing | undefined,
  directory: DirectorySnapshot,
): ApprovalSummary {
  const { because, escalated } = stage;
  return approvalSummary(
    {
      ...stage,
      because: escalated ? `${because}; nobody answered in time, so others are asked as well` : because,
      decision: votedOn(stage) ?? closing,
    },
    directory,
  );
}

/** What the votes come to so far. One denial is enough. */
export function votedOn(stage: StageState): VotedOn | undefined {
  const { votes } = stage;
  const denial = votes.find(({ decision }) => decision === 'deny');
  if (denial !== undefined) {
    return { outcome: 'denied', by: [denial.person], at: denial.at, reason: denial.reason };
  }
  const last = votes.at(-1);
  if (last === undefined || !isApproved(stage)) return undefined;
  return { outcome: 'approved', by: votes.map(({ person }) => person), at: last.at };
}

interface VotedOn {
  outcome: 'approved' | 'denied';
  by: string[];
  at: string;
  reason?: string;
}
