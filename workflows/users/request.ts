import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  log,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { RequestCards } from '../../activities/request-cards.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import type {
  PeopleRequestState,
  RequestApproval,
  RequestDecision,
} from '../../src/domain/people-requests.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';
import { type CatchUp, createCatchUp } from '../environments/cards.ts';
import { createTurns, type InTurn } from '../environments/turns.ts';
import { createLookups, type Lookups } from '../lookups.ts';
import { decideRequestUpdate, getRequestQuery } from './messages.ts';

const CHAT_QUEUE: (typeof QUEUES)['chat'] = 'purser-chat';

/** A day, then it goes on without: chat that is down for good must not hold it. */
const chat = proxyActivities<RequestCards>({
  taskQueue: CHAT_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1 day',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const APPROVAL_LASTS_MS = 7 * 86_400_000;

/** One request about people, as its workflow holds it. */
export interface Request<State extends PeopleRequestState> {
  readonly state: State;
  readonly lookups: Lookups;
  readonly inTurn: InTurn;
  /** The only way the state changes; people are told of it. */
  change(patch: Partial<State>): void;
  /** Resolves when everybody has been told, or cannot be. */
  told: CatchUp['settled'];
}

/** Handlers are set before anything is awaited: an update that finds none is lost. */
export function openRequest<State extends PeopleRequestState>(state: State): Request<State> {
  const inTurn = createTurns();
  const lookups = createLookups();
  const cards = createCatchUp(() => announce(state));
  const request: Request<State> = {
    state,
    lookups,
    inTurn,
    change(patch) {
      Object.assign(state, patch);
      state.revision += 1;
      cards.want();
    },
    told: () => cards.settled(),
  };
  setHandler(getRequestQuery, () => state);
  setHandler(decideRequestUpdate, (decision) => inTurn(() => decide(request, decision)), {
    validator: (decision) => void wasDecided(state, decision),
  });
  return request;
}

async function announce(state: PeopleRequestState): Promise<void> {
  try {
    await chat.announceRequest({ state });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error('the cards of a request could not be brought up to date', { revision: state.revision });
  }
}

/** Asks for approval and waits for it, a week at most. The request is denied or closed where it does not come. */
export async function awaitApproval<State extends PeopleRequestState>(
  request: Request<State>,
  asked: Pick<RequestApproval, 'approvers' | 'because'>,
): Promise<string | undefined> {
  const { state } = request;
  const deadline = state.approval?.deadline ?? new Date(Date.now() + APPROVAL_LASTS_MS).toISOString();
  patch(request, { phase: 'awaiting-approval', approval: { ...asked, deadline } });
  await condition(() => state.approval?.decision !== undefined, Date.parse(deadline) - Date.now());
  if (state.approval?.decision === undefined) {
    const decision = { outcome: 'timed-out' as const, by: [], at: new Date().toISOString() };
    patch(request, { phase: 'refused', approval: { ...asked, deadline, decision } });
  }
  const { outcome, by = [] } = state.approval?.decision ?? {};
  return outcome === 'approved' ? by[0] : undefined;
}

/** Only fields that all requests have. */
function patch<State extends PeopleRequestState>(
  request: Request<State>,
  changes: Partial<Pick<PeopleRequestState, 'phase' | 'approval'>>,
): void {
  request.change(changes as Partial<State>);
}

async function decide<State extends PeopleRequestState>(
  request: Request<State>,
  decision: RequestDecision,
): Promise<void> {
  const { state, lookups } = request;
  if (wasDecided(state, decision)) return;
  await lookups.inTime((via, question) => via.authorizeRequestDecision({ state, decision, question }));
  // Its time may have run out while the directory was asked.
  if (wasDecided(state, decision) || state.approval === undefined) return;
  const { person, reason } = decision;
  const denied = decision.decision === 'deny';
  const outcome = denied ? ('denied' as const) : ('approved' as const);
  const decided = { outcome, by: [person], at: new Date().toISOString(), reason };
  patch(request, {
    approval: { ...state.approval, decision: decided },
    ...(denied ? { phase: 'refused' } : {}),
  });
}

/** Throws when somebody else decided, or otherwise, or nobody can any more. */
function wasDecided({ requestId, approval, asker }: PeopleRequestState, input: RequestDecision): boolean {
  if (input.requestId !== requestId)
    throw refusal('staleRequest', 'That button belongs to an earlier request.');
  const { decision } = approval ?? {};
  if (decision !== undefined) {
    const outcome = input.decision === 'approve' ? 'approved' : 'denied';
    if (decision.outcome === outcome && decision.by.includes(input.person)) return true;
    throw refusal('alreadyDecided', 'This request has been decided.');
  }
  if (input.person === asker) {
    throw refusal('selfDecision', 'This is your own request, so somebody else has to decide it.');
  }
  if (approval === undefined) throw refusal('wrongState', 'This request is not waiting for a decision.');
  return false;
}

function refusal(type: keyof typeof FAILURE, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: FAILURE[type], message, nonRetryable: true });
}
