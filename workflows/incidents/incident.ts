import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
} from '@temporalio/workflow';
import { linked } from './acts/links.ts';
import { cancel, close } from './acts/resolution.ts';
import { takeAct, validate } from './acts.ts';
import { alertsChanged, followAlerts } from './alerts.ts';
import { keepCadence } from './cadence.ts';
import { keepCards } from './cards.ts';
import { archive, isOver } from './closing.ts';
import { declare } from './declaration.ts';
import { runErrands } from './errands.ts';
import { escalate, pageAgain } from './escalation.ts';
import { followUp } from './follow-ups.ts';
import { beginLife, isOpen, type Life, renewalDue } from './incident-state.ts';
import type { IncidentRun } from './memory.ts';
import { actUpdate, alertsChangedSignal, getIncidentQuery, linkedSignal } from './messages.ts';
import { keepRecord } from './recorder.ts';
import { keepRoles } from './roles.ts';
import { keepParentTold } from './roll-up.ts';
import { beginLater } from './runbooks.ts';
import { setUp } from './setup.ts';
import { keepAlarms } from './timekeeping.ts';
import { followTracker } from './trackers.ts';

const BY_OPERATOR = { person: 'purser', key: 'operator' };

/** Everything that goes on beside each other. Each ends when the workflow leaves. Paging comes first. */
const CONCERNS: ((life: Life) => Promise<void>)[] = [
  escalate,
  runErrands,
  setUp,
  keepCards,
  keepRecord,
  keepCadence,
  keepRoles,
  keepParentTold,
  pageAgain,
  followAlerts,
  followUp,
  followTracker,
  beginLater,
  archive,
  keepAlarms,
];

/**
 * One incident, from its declaration until its rooms are archived and its follow-ups are done, under
 * `incident/<number>`. Whatever goes wrong outside is part of its state, never a failure of the workflow.
 */
export async function incident(input: IncidentRun): Promise<void> {
  const life = beginLife(input);
  // Before the handlers: what comes with the start of it finds it declared.
  if (life.fresh) declare(life);
  answerMessages(life);
  CancellationScope.current().cancelRequested.catch(() => closeOnCancellation(life));
  await CancellationScope.nonCancellable(() => live(life));
}

/** Set before anything is awaited: an update that finds no handler is lost. */
function answerMessages(life: Life): void {
  setHandler(getIncidentQuery, () => life.state);
  setHandler(actUpdate, (input) => life.inTurn(() => takeAct(life, input)), {
    validator: (input) => validate(life, input),
  });
  setHandler(alertsChangedSignal, () => alertsChanged(life));
  setHandler(linkedSignal, (link) => linked(life, link));
}

async function live(life: Life): Promise<void> {
  const concerns = CONCERNS.map((concern) => concern(life));
  await condition(() => isOver(life) || renewalDue(life));
  life.leaving = true;
  await Promise.all(concerns);
  await condition(allHandlersFinished);
  // Who came in while everything else came to rest is not turned away.
  if (!isOver(life)) await renew(life);
}

/** An operator who cancels the workflow must not leave rooms and promises behind. */
function closeOnCancellation(life: Life): void {
  if (isOpen(life.state)) cancel(life, { reason: 'An operator stopped it.' }, BY_OPERATOR);
  else if (life.state.status === 'resolved') close(life, { kind: 'close' }, BY_OPERATOR);
}

async function renew({ input, state, taken, unrecorded, memory }: Life): Promise<void> {
  await continueAsNew<typeof incident>({ ...input, carried: { state, taken, unrecorded }, memory });
}
