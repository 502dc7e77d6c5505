import type { DecideInput, EnvironmentState } from '../../src/domain/environments.ts';
import { FAILURE, type FailureType } from '../../src/domain/errors.ts';

/** Why something asked of an environment will not be done, for the person who asked. */
export interface Refusal {
  type: FailureType;
  message: string;
}

/** `undefined` when the vote may be cast, or is the one this person has cast already. */
export function refusalOfDecision(state: EnvironmentState, vote: DecideInput): Refusal | undefined {
  if (vote.requestId !== state.requestId || vote.digest !== state.digest) return staleButton(state);
  if (hasVoted(state, vote)) return undefined;
  if (state.approval.decision !== undefined || state.phase === 'gone') return alreadyDecided(state);
  if (vote.person === state.requester) {
    return {
      type: FAILURE.selfDecision,
      message: 'This is your own request, so somebody else has to decide it.',
    };
  }
  if (state.phase === 'awaiting-approval') return undefined;
  return { type: FAILURE.wrongState, message: `${state.name} is not waiting for a decision yet.` };
}

/** The same answer again, by the same person, is the same answer. */
export function hasVoted(state: EnvironmentState, vote: DecideInput): boolean {
  return state.approval.votes.some(
    ({ person, decision }) => person === vote.person && decision === vote.decision,
  );
}

function alreadyDecided(state: EnvironmentState): Refusal {
  return { type: FAILURE.alreadyDecided, message: `This was ${decisionInWords(state)}.` };
}

function decisionInWords({ approval, endedAt }: EnvironmentState): string {
  const { decision } = approval;
  if (decision === undefined) return `closed${endedAt === undefined ? '' : ` ${moment(endedAt)}`}`;
  const by = decision.by.length > 0 ? ` by ${decision.by.join(' and ')}` : '';
  const words = {
    approved: by === '' ? 'approved without needing anybody' : 'approved',
    denied: 'denied',
    'timed-out': 'closed because nobody answered in time',
    withdrawn: 'withdrawn',
  }[decision.outcome];
  return `already ${words}${by} ${moment(decision.at)}`;
}

/** `on 2026-11-23 at 14:05 UTC` */
function moment(iso: string): string {
  return `on ${iso.slice(0, 10)} at ${iso.slice(11, 16)} UTC`;
}

export function staleButton({ name }: EnvironmentState): Refusal {
  return {
    type: FAILURE.staleRequest,
    message: `That button belongs to an earlier request for ${name}. Use the newest card, or /env show ${name}.`,
  };
}

export type Change = 'delete' | 'retry' | 'roll-back';

/** Phases in which a change can be asked for, and those in which it is already being done. */
const CHANGES = {
  delete: {
    possible: ['requested', 'awaiting-approval', 'provisioning', 'ready', 'failed'],
    underWay: ['deleting'],
    verb: 'deleted',
  },
  retry: { possible: ['failed'], underWay: ['provisioning'], verb: 'retried' },
  'roll-back': { possible: ['failed'], underWay: ['rolling-back'], verb: 'rolled back' },
} as const satisfies Record<Change, unknown>;

const PHASES_IN_WORDS = {
  requested: 'just being checked',
  'awaiting-approval': 'waiting for approval',
  provisioning: 'being set up',
  ready: 'ready',
  failed: 'waiting for somebody to retry or roll back',
  'rolling-back': 'already being rolled back',
  deleting: 'already being deleted',
  gone: 'already gone',
} as const satisfies Record<EnvironmentState['phase'], string>;

export function refusalOfChange(
  state: EnvironmentState,
  what: Change,
  requestId: string,
): Refusal | undefined {
  if (requestId !== state.requestId) return staleButton(state);
  const { possible, verb } = CHANGES[what];
  if (isUnderWay(state, what) || includes(possible, state.phase)) return undefined;
  return {
    type: FAILURE.wrongState,
    message: `${state.name} cannot be ${verb}: it is ${PHASES_IN_WORDS[state.phase]}.`,
  };
}

export function isUnderWay(state: EnvironmentState, what: Change): boolean {
  return includes(CHANGES[what].underWay, state.phase);
}

function includes(phases: readonly EnvironmentState['phase'][], phase: EnvironmentState['phase']): boolean {
  return phases.includes(phase);
}
