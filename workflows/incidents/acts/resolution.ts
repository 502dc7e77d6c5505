import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { promiseNothing } from '../cadence.ts';
import { acknowledge } from '../chains.ts';
import { comeBack, leave, refusalOfArchived } from '../closing.ts';
import { change, enter, type Life, now } from '../incident-state.ts';
import { isAlready, type Refusal, unlessMerged, unlessOpen, wrongState } from '../refusals.ts';
import { happened } from '../runbooks.ts';
import { sendReview, tell, tellOutside } from '../telling.ts';
import { sendProposal } from '../trackers.ts';
import type { Doing, RulesOf } from './rules.ts';

export const RESOLUTION_ACTS: RulesOf<'resolve' | 'review' | 'reopen' | 'close' | 'cancel'> = {
  resolve: { refusal: unlessOpen, apply: resolve },
  review: { refusal: refusalOfReview, apply: sendProposal },
  reopen: { refusal: refusalOfReopen, apply: reopen },
  close: { refusal: refusalOfClose, apply: close },
  cancel: {
    refusal: (state) =>
      state.status === 'resolved'
        ? wrongState(`#${state.number} is resolved. Close it instead.`)
        : unlessOpen(state),
    apply: cancel,
  },
};

function resolve(life: Life, { cause, fix }: ActOf<'resolve'>, { person, key }: Doing): void {
  const { times } = life.state;
  const resolvedAt = now();
  change(life, {
    status: 'resolved',
    resolution: { cause, fix, by: person, at: resolvedAt },
    times: { ...times, resolvedAt, mitigatedAt: times.mitigatedAt ?? resolvedAt },
  });
  acknowledge(life, person);
  promiseNothing(life);
  enter(life, { kind: 'resolution', by: person, text: `Resolved. Cause: ${cause} Fix: ${fix}` });
  tell(life, key, {
    glyph: '✅',
    headline: 'It is resolved.',
    by: person,
    quotes: [{ label: 'Cause', text: cause }, { label: 'Fix', text: fix }, ...openChildren(life.state)],
    stakeholders: true,
  });
  sendReview(life);
  sendProposal(life);
  tellOutside(life, 'resolve');
  happened(life, { event: 'status', status: 'resolved' });
}

/** What is part of it may take longer. By number: a title that is made private later could not be taken back here. */
function openChildren({ children = [] }: IncidentState): { label: string; text: string }[] {
  const open = children.filter(({ status }) => status !== 'resolved' && status !== 'closed');
  if (open.length === 0) return [];
  return [{ label: 'Still open', text: open.map(({ number }) => `#${number}`).join(', ') }];
}

function refusalOfReview(state: IncidentState): Refusal | undefined {
  if (state.resolution === undefined) return wrongState(`#${state.number} is not resolved yet.`);
  if (state.rules.reviews === undefined) return wrongState('Its review goes to no repository.');
  if (state.review?.state === 'merged') return isAlready(state, 'reviewed, and its review published');
  return unlessMerged(state);
}

function refusalOfReopen(state: IncidentState): Refusal | undefined {
  const refusal = unlessMerged(state) ?? refusalOfArchived(state);
  if (refusal !== undefined) return refusal;
  if (state.status === 'resolved' || state.status === 'closed') return undefined;
  return isAlready(state, 'open');
}

/** Room, roles and timers are as they were. */
function reopen(life: Life, { reason }: ActOf<'reopen'>, { person, key }: Doing): void {
  change(life, {
    resolution: undefined,
    cancelled: undefined,
    times: { ...life.state.times, resolvedAt: undefined, mitigatedAt: undefined },
  });
  life.memory.reviewAsked = false;
  life.memory.reviewAskedAt = undefined;
  comeBack(life, 'triaging');
  enter(life, { kind: 'status', by: person, text: `Reopened: ${reason}` });
  tell(life, key, {
    glyph: '↩️',
    headline: 'It is open again.',
    by: person,
    quotes: [{ label: 'Why', text: reason }],
    stakeholders: true,
  });
  tellOutside(life, 'trigger');
  happened(life, { event: 'status', status: 'triaging' });
}

function refusalOfClose(state: IncidentState): Refusal | undefined {
  const merged = unlessMerged(state);
  if (merged !== undefined) return merged;
  if (state.status === 'resolved') return undefined;
  if (state.status === 'closed') return isAlready(state, 'closed');
  return wrongState(
    `#${state.number} is ${state.status}. /incident resolve it first; if it was none, /incident cancel.`,
  );
}

export function close(life: Life, _act: ActOf<'close'>, { person, key }: Doing): void {
  enter(life, { kind: 'status', by: person, text: 'Closed' });
  leave(life, person);
  tell(life, key, {
    glyph: '📦',
    headline: 'It is closed. Open follow-ups are still asked about.',
    by: person,
  });
}

/** Also what comes of it when an operator cancels its workflow. */
export function cancel(life: Life, { reason }: { reason: string }, { person, key }: Doing): void {
  change(life, { cancelled: { by: person, reason } });
  enter(life, { kind: 'status', by: person, text: `Cancelled: ${reason}` });
  leave(life, person);
  tell(life, key, {
    glyph: '🚫',
    headline: 'It was none, and is cancelled.',
    by: person,
    quotes: [{ label: 'Why', text: reason }],
    stakeholders: true,
  });
  tellOutside(life, 'resolve');
}
