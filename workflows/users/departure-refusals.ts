import type { DepartureActInput, DepartureState, DepartureVoteInput } from '../../src/domain/departures.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import type { Refusal } from '../environments/refusals.ts';

/** `undefined` when the vote may be cast, or is the one this person has cast already. */
export function refusalOfVote(state: DepartureState, vote: DepartureVoteInput): Refusal | undefined {
  if (hasVoted(state, vote)) return undefined;
  if (vote.round !== state.round) {
    return {
      type: FAILURE.staleRequest,
      message: `It was asked anew since that card was drawn. Use the newest card, or /user offboard ${state.person}.`,
    };
  }
  if (state.approval.decision !== undefined) return { type: FAILURE.alreadyDecided, message: decided(state) };
  if (vote.person === state.requester) {
    return {
      type: FAILURE.selfDecision,
      message: 'You asked for this yourself, so somebody else has to decide it.',
    };
  }
  if (vote.person === state.person) {
    return { type: FAILURE.selfDecision, message: 'This is about you, so somebody else has to decide it.' };
  }
  if (state.phase === 'awaiting-approval') return undefined;
  return {
    type: FAILURE.wrongState,
    message: `${state.name} does not wait for a decision: ${inWords(state)}.`,
  };
}

/** The same answer again, by the same person, is the same answer. */
export function hasVoted({ round, approval }: DepartureState, vote: DepartureVoteInput): boolean {
  return (
    vote.round === round &&
    approval.votes.some(({ person, decision }) => person === vote.person && decision === vote.decision)
  );
}

function decided({ approval, name }: DepartureState): string {
  const { decision } = approval;
  const by = decision?.by.join(' and ') ?? '';
  return `The departure of ${name} was already ${decision?.outcome === 'timed-out' ? 'closed because nobody answered in time' : decision?.outcome}${by === '' ? '' : ` by ${by}`} at ${decision?.at.slice(0, 16)} UTC.`;
}

export function refusalOfAct(
  state: DepartureState,
  { act, line: id }: DepartureActInput,
): Refusal | undefined {
  const { phase, ledger, name } = state;
  if (act === 'withdraw') {
    if (phase === 'requested' || phase === 'awaiting-approval' || phase === 'scheduled') return undefined;
    if (state.end === 'withdrawn') return undefined;
    return wrongState(`That cannot be taken back any more: ${inWords(state)}.`);
  }
  if (act === 'undo') {
    if (phase === 'leaving' || phase === 'left' || phase === 'undoing' || state.end === 'undone') {
      return undefined;
    }
    return wrongState(`There is nothing to undo: ${inWords(state)}.`);
  }
  const line = ledger.find((candidate) => candidate.id === id);
  if (line === undefined) return wrongState(`${name} has no such line in their list any more.`);
  return undefined;
}

function wrongState(message: string): Refusal {
  return { type: FAILURE.wrongState, message };
}

function inWords({ name, phase, end }: DepartureState): string {
  const words = {
    requested: 'it is just being checked',
    'awaiting-approval': 'it waits for approval',
    scheduled: 'it is approved, and its time will come',
    leaving: `what ${name} has is being taken away`,
    left: `everything of ${name} is gone`,
    undoing: 'it is being undone',
    ended: end === 'undone' ? 'it was undone' : end === 'done' ? 'it is over' : 'it came to nothing',
  };
  return words[phase];
}
