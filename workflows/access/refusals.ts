import type {
  EndGrantInput,
  ExtendGrantInput,
  GrantState,
  GrantVoteInput,
  StageState,
} from '../../src/domain/access.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { named } from '../../src/domain/ids.ts';
import { type Refusal, wrongState } from '../incidents/refusals.ts';
import { currentStage, pendingExtension, stagesOf } from './stages.ts';

/** `undefined` when the vote may be cast, or is the one this person has cast already. */
export function refusalOfVote(state: GrantState, vote: GrantVoteInput): Refusal | undefined {
  const stages = stagesOf(state, vote.extension);
  if (vote.digest !== state.digest || vote.stage >= stages.length) return staleButton();
  if (hasVoted(stages, vote)) return undefined;
  const asker = state.extensions.find(({ id }) => id === vote.extension)?.by ?? state.requester;
  if (vote.person === asker || vote.person === state.beneficiary) {
    return {
      type: FAILURE.selfDecision,
      message: 'This is about yourself, so somebody else has to decide it.',
    };
  }
  const closed = closedInWords(state, vote.extension);
  if (closed !== undefined) return { type: FAILURE.alreadyDecided, message: closed };
  const current = currentStage(stages);
  if (vote.stage < current) {
    const by = stages[vote.stage]?.votes.map(({ person }) => named(person)).join(' and ');
    return { type: FAILURE.alreadyDecided, message: `This step was approved by ${by} already.` };
  }
  return vote.stage > current ? staleButton() : undefined;
}

/** The same answer again, by the same person, is the same answer. */
export function hasVoted(stages: StageState[], { stage, person, decision }: GrantVoteInput): boolean {
  return stages[stage]?.votes.some((vote) => vote.person === person && vote.decision === decision) ?? false;
}

function closedInWords(state: GrantState, extension: string | undefined): string | undefined {
  if (extension !== undefined) {
    const outcome = state.extensions.find(({ id }) => id === extension)?.outcome;
    return outcome === undefined ? undefined : `This was decided already: ${OUTCOMES[outcome]}.`;
  }
  const { phase, end, endedBy } = state;
  if (phase === 'awaiting-approval') return undefined;
  if (end === 'denied') return `This was denied by ${named(endedBy ?? 'purser')} already.`;
  if (end === 'withdrawn') return 'This was withdrawn, so nobody has to decide it any more.';
  if (end === 'refused') return 'This was refused, so nobody has to decide it any more.';
  if (end === 'timed-out') return 'Nobody decided this in time, so it is closed.';
  return phase === 'requested' ? 'Nobody is asked about this yet.' : 'This was approved already.';
}

const OUTCOMES = {
  approved: 'it was approved',
  denied: 'it was denied',
  'timed-out': 'nobody answered in time',
  'too-late': 'the access had ended by then',
} as const;

function staleButton(): Refusal {
  return {
    type: FAILURE.staleRequest,
    message: 'That button belongs to an earlier state of this request. Use the newest card.',
  };
}

/** Repeating it changes nothing, also when it is over. */
export function refusalOfEnd(
  state: GrantState,
  { person }: Pick<EndGrantInput, 'person'>,
): Refusal | undefined {
  const isOver = state.phase === 'ended' && state.endedBy !== person;
  return isOver ? wrongState('This is over already.') : undefined;
}

/** It is just being ended, or has, whoever asked for it first. */
export function isEnding({ phase }: GrantState, order: EndGrantInput | undefined): boolean {
  return phase === 'revoking' || phase === 'ended' || order !== undefined;
}

export function refusalOfExtension(state: GrantState, { requestId }: ExtendGrantInput): Refusal | undefined {
  if (state.extensions.some(({ id }) => id === requestId)) return undefined;
  if (state.phase === 'revoking' || state.phase === 'ended') {
    return wrongState('It is too late: this access has ended. Ask for it again with /access request.');
  }
  if (state.phase !== 'active')
    return wrongState('This access has not begun yet, so there is nothing to extend.');
  if (pendingExtension(state) === undefined) return undefined;
  return wrongState('Somebody asked for more time already. Wait for the answer to that.');
}
