import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  log,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { Admission } from '../../activities/people-requests.ts';
import type { RequestCards } from '../../activities/request-cards.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import type {
  HoldingStep,
  PeopleRequestState,
  RequestDecision,
  WithdrawRequest,
} from '../../src/domain/people-requests.ts';
import type { QUEUES } from '../../src/temporal/queues.ts';
import { type CatchUp, createCatchUp } from '../environments/cards.ts';
import { createTurns, type InTurn } from '../environments/turns.ts';
import { type AnyLookups, createLookups, type Lookups } from '../lookups.ts';
import { decideRequestUpdate, getRequestQuery, withdrawRequestUpdate } from './messages.ts';

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
  setHandler(withdrawRequestUpdate, (input) => inTurn(() => withdraw(request, input)), {
    validator: (input) => void wasWithdrawn(state, input),
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

/**
 * On whose word it is done, and what that is; nothing where nobody agrees, or it was taken back. Whoever approved may have left
 * until then, or may not any more: then it is asked again.
 */
export async function agreed<State extends PeopleRequestState>(
  request: Request<State>,
  admit: (via: AnyLookups, asked: { approvedBy?: string; question: string }) => Promise<Admission>,
  approvedBy?: string,
): Promise<{ by: string; steps: HoldingStep[] } | undefined> {
  const { state, lookups, inTurn } = request;
  for (let approver = approvedBy; ; ) {
    const admission = await inTurn(() =>
      lookups.untilAnswered((via, question) => admit(via, { approvedBy: approver, question })),
    );
    if (admission.approval === undefined) return { by: approver ?? state.asker, steps: admission.steps };
    approver = await awaitApproval(request, admission);
    if (approver === undefined) return undefined;
  }
}

/** A week at most. The request is denied or closed where no approval comes. */
async function awaitApproval<State extends PeopleRequestState>(
  request: Request<State>,
  { approval: asked, steps }: Admission,
): Promise<string | undefined> {
  const { state } = request;
  const deadline = new Date(Date.now() + APPROVAL_LASTS_MS).toISOString();
  const approval = { approvers: [], because: '', ...asked, deadline };
  patch(request, { phase: 'awaiting-approval', approval, steps });
  await condition(() => state.approval?.decision !== undefined || isWithdrawn(state), APPROVAL_LASTS_MS);
  if (isWithdrawn(state)) return undefined;
  if (state.approval?.decision === undefined) {
    const decision = { outcome: 'timed-out' as const, by: [], at: new Date().toISOString() };
    patch(request, { phase: 'refused', approval: { ...approval, decision } });
  }
  const { outcome, by = [] } = state.approval?.decision ?? {};
  return outcome === 'approved' ? by[0] : undefined;
}

export function isWithdrawn({ withdrawnBy }: PeopleRequestState): boolean {
  return withdrawnBy !== undefined;
}

/** As long as nothing has been done. */
async function withdraw<State extends PeopleRequestState>(
  request: Request<State>,
  input: WithdrawRequest,
): Promise<void> {
  const { state, lookups } = request;
  if (wasWithdrawn(state, input)) return;
  await lookups.inTime((via, question) =>
    via.authorizeRequestChange({ state, person: input.person, what: 'withdraw', question }),
  );
  if (wasWithdrawn(state, input)) return;
  const { approval } = state;
  const decision = { outcome: 'withdrawn' as const, by: [input.person], at: new Date().toISOString() };
  const closed = approval !== undefined && approval.decision === undefined;
  patch(request, {
    phase: 'refused',
    withdrawnBy: input.person,
    ...(closed ? { approval: { ...approval, decision } } : {}),
  });
}

function wasWithdrawn(state: PeopleRequestState, { requestId }: WithdrawRequest): boolean {
  if (state.requestId !== requestId)
    throw refusal('staleRequest', 'That button belongs to an earlier request.');
  if (isWithdrawn(state)) return true;
  if (isOpen(state)) return false;
  throw refusal('wrongState', 'It is too late for that: its card says how far it is.');
}

/** Whether nothing has been done yet. */
export function isOpen({ phase }: PeopleRequestState): boolean {
  return phase === 'requested' || phase === 'awaiting-approval' || phase === 'waiting';
}

/** Only fields that all requests have. */
function patch<State extends PeopleRequestState>(
  request: Request<State>,
  changes: Partial<Pick<PeopleRequestState, 'phase' | 'approval' | 'steps' | 'withdrawnBy'>>,
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

export function refusal(type: keyof typeof FAILURE, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: FAILURE[type], message, nonRetryable: true });
}
