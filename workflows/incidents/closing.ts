import type { IncidentStatus } from '../../src/domain/incident-acts.ts';
import type { Doer, IncidentState } from '../../src/domain/incidents.ts';
import { promise, promiseNothing } from './cadence.ts';
import { isShown } from './cards.ts';
import { acknowledge } from './chains.ts';
import { hasOpenFollowUps } from './follow-ups.ts';
import { change, enter, inMs, isPast, type Life, now } from './incident-state.ts';
import { leadOf } from './people.ts';
import { isRecorded } from './recorder.ts';
import { type Refusal, wrongState } from './refusals.ts';
import { stopRunbooks } from './runbooks.ts';
import { send } from './telling.ts';
import { type Due, keepTime } from './timekeeping.ts';
import { isReviewOpen } from './trackers.ts';

/** Closed, whatever for: nobody is asked or paged any more. */
export function leave(life: Life, by: Doer): void {
  change(life, { status: 'closed', times: { ...life.state.times, closedAt: now() } });
  acknowledge(life, by);
  promiseNothing(life);
  stopRunbooks(life);
}

/** It goes on where it was left. Nobody is paged: somebody is here. */
export function comeBack(life: Life, status: IncidentStatus): void {
  change(life, { status, times: { ...life.state.times, closedAt: undefined } });
  life.memory.alerts = { ...life.memory.alerts, closed: false, lettingGoAt: undefined };
  life.memory.leadless = { since: leadOf(life.state) === undefined ? now() : undefined, asked: 0 };
  promise(life);
}

export function refusalOfArchived({ number, status, times, rules }: IncidentState): Refusal | undefined {
  const { closedAt } = times;
  if (status !== 'closed' || closedAt === undefined || !isPast(inMs(rules.archiveAfterMs, closedAt))) {
    return undefined;
  }
  return wrongState(`The rooms of #${number} are archived. Declare a new incident, and link the two.`);
}

/** Rooms are archived a while after closing, unless it is reopened. */
export async function archive(life: Life): Promise<void> {
  await keepTime(life, () => whenToArchive(life));
}

function whenToArchive(life: Life): Due | undefined {
  const { status, times, rules } = life.state;
  if (status !== 'closed' || times.closedAt === undefined || life.memory.archived) return undefined;
  return { at: inMs(rules.archiveAfterMs, times.closedAt), work: () => archiveNow(life) };
}

function archiveNow(life: Life): void {
  life.memory.archived = true;
  const { rooms } = life.state;
  for (const { platform } of rooms) send(life, `tell:${platform}`, { kind: 'archive', platform });
  if (rooms.length === 0) return;
  const text = rooms.some(({ adopted }) => adopted) ? 'Rooms archived, or given back' : 'Rooms archived';
  enter(life, { kind: 'action', by: 'purser', text });
}

/** Nothing is left to be done, said or shown. */
export function isOver(life: Life): boolean {
  const { memory, state } = life;
  if (state.status !== 'closed' || !memory.archived || hasOpenFollowUps(life) || isReviewOpen(state))
    return false;
  return memory.errands.length === 0 && memory.alerts.closed && isShown(life) && isRecorded(life);
}
