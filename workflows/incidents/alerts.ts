import { log, TemporalFailure } from '@temporalio/workflow';
import type { AlertSummary } from '../../src/domain/incidents.ts';
import { lookups } from './activities.ts';
import { acknowledge } from './chains.ts';
import { change, context, enter, inMs, isOpen, isPast, type Life, now } from './incident-state.ts';
import { someoneToAsk } from './people.ts';
import { remind, tell } from './telling.ts';
import { type Due, keepTime } from './timekeeping.ts';

const SOON_MS = 1_000;
/** However many alerts come in, the store is read, and the cards are edited, no more often than this. */
const STORM_MS = 15_000;
const AGAIN_MS = 60_000;

export function alertsChanged(life: Life): void {
  life.memory.alerts.changedAt ??= now();
}

/** Keeps the figures, notices when it is over and when it begins again, and lets go of the alerts at the end. */
export async function followAlerts(life: Life): Promise<void> {
  await Promise.all([keepTime(life, () => nextReading(life)), keepTime(life, () => whenToLetGo(life))]);
}

function nextReading(life: Life): Due | undefined {
  const { changedAt, readAt } = life.memory.alerts;
  if (changedAt === undefined) return undefined;
  const times = [inMs(SOON_MS, changedAt), ...(readAt === undefined ? [] : [inMs(STORM_MS, readAt)])];
  return { at: times.toSorted().at(-1) ?? changedAt, work: () => read(life) };
}

async function read(life: Life): Promise<void> {
  const { alerts } = life.memory;
  alerts.readAt = now();
  // What comes in while it is read is read once more.
  alerts.changedAt = undefined;
  try {
    const summary = await life.inTurn(() => lookups.readAlerts(context(life)));
    digest(life, summary);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    alerts.changedAt ??= now();
    log.warn('the alerts could not be read; it is tried again');
  }
}

function digest(life: Life, summary: AlertSummary): void {
  const before = life.state.alerts;
  if (JSON.stringify(before) === JSON.stringify(summary)) return;
  change(life, { alerts: summary });
  const fired = before?.firing ?? 0;
  if (fired === 0 && summary.firing > 0) firing(life, summary);
  if (fired > 0 && summary.firing === 0) over(life, summary);
}

function firing(life: Life, { firing, total, names }: AlertSummary): void {
  const again = total > firing ? ' again' : '';
  enter(life, { kind: 'alert', by: 'alerts', text: `${count(firing)} firing${again}: ${names.join(', ')}` });
  if (life.state.status !== 'resolved' || !isFlapping(life)) return;
  const key = `again:${life.state.times.resolvedAt}`;
  const whom = life.state.resolution?.by ?? someoneToAsk(life.state);
  remind(life, key, whom === 'alerts' ? someoneToAsk(life.state) : whom, { kind: 'alert-again' });
  tell(life, key, {
    glyph: '🔔',
    headline: 'It fires again. If it is not over, /incident reopen.',
    by: 'alerts',
  });
}

function over(life: Life, { total, lastFiredAt }: AlertSummary): void {
  enter(life, {
    kind: 'alert',
    by: 'alerts',
    text: `${total === 1 ? 'Its alert has' : `All ${total} alerts have`} resolved`,
  });
  if (!isOpen(life.state)) return;
  acknowledge(life, 'alerts');
  tell(life, `alerts-over:${lastFiredAt ?? life.state.revision}`, {
    glyph: '✅',
    headline: 'All its alerts have resolved. If it is over, /incident resolve.',
    by: 'alerts',
  });
}

function isFlapping({ state }: Life): boolean {
  const { resolvedAt } = state.times;
  return resolvedAt !== undefined && !isPast(inMs(state.rules.timers.flap, resolvedAt));
}

/** What fires from then on is another incident: after closing, or once a resolved one has stayed quiet. */
function whenToLetGo(life: Life): Due | undefined {
  const { state, memory } = life;
  const { closedAt, resolvedAt } = state.times;
  if (memory.alerts.closed) return undefined;
  if (state.status === 'closed' && closedAt !== undefined) return letGoAt(life, closedAt);
  if (state.status !== 'resolved' || resolvedAt === undefined || (state.alerts?.firing ?? 0) > 0)
    return undefined;
  return letGoAt(life, inMs(state.rules.timers.flap, resolvedAt));
}

function letGoAt(life: Life, at: string): Due {
  const { lettingGoAt } = life.memory.alerts;
  return { at: lettingGoAt !== undefined && lettingGoAt > at ? lettingGoAt : at, work: () => letGo(life) };
}

async function letGo(life: Life): Promise<void> {
  try {
    await life.inTurn(() => lookups.closeAlerts(context(life)));
    life.memory.alerts.closed = true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    life.memory.alerts.lettingGoAt = inMs(AGAIN_MS);
    log.warn('the alerts could not be let go; it is tried again');
  }
}

function count(alerts: number): string {
  return alerts === 1 ? 'An alert is' : `${alerts} alerts are`;
}
