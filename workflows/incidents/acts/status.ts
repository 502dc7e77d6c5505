import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { fulfil, recount } from '../cadence.ts';
import { pathOf, startPath } from '../chains.ts';
import { change, enter, type Life, now } from '../incident-state.ts';
import { isAlready, stale, unlessMerged, unlessOpen } from '../refusals.ts';
import { happened } from '../runbooks.ts';
import { tell, tellOutside } from '../telling.ts';
import type { Doing, RulesOf } from './rules.ts';

export const STATUS_ACTS: RulesOf<'status' | 'severity' | 'rename' | 'summary'> = {
  status: {
    refusal: (state, { to, note }) =>
      unlessOpen(state) ?? (state.status === to && note === '' ? isAlready(state, to) : undefined),
    apply: changeStatus,
  },
  severity: {
    refusal: (state, { to }) =>
      unlessOpen(state) ??
      (rankOf(state, to) < 0 ? unknownSeverity(state, to) : undefined) ??
      (state.severity === to ? isAlready(state, to.toUpperCase()) : undefined),
    apply: changeSeverity,
  },
  rename: {
    refusal: (state, { title }) =>
      unlessMerged(state) ?? (state.title === title ? isAlready(state, `called “${title}”`) : undefined),
    apply(life, { title }, { person, key }) {
      change(life, { title });
      enter(life, { kind: 'action', by: person, text: `Renamed to “${title}”` });
      tell(life, key, { glyph: '✏️', headline: `It is called “${title}” now.`, by: person });
    },
  },
  summary: {
    refusal: unlessMerged,
    apply(life, { text }, { person }) {
      change(life, { summary: text });
      enter(life, { kind: 'action', by: person, text: `Summary: ${text}` });
    },
  },
};

function changeStatus(life: Life, { to, note }: ActOf<'status'>, { person, key }: Doing): void {
  const { status, times } = life.state;
  // What is being mitigated again was not mitigated; what is monitored is.
  const mitigatedAt = to === 'monitoring' ? (times.mitigatedAt ?? now()) : undefined;
  change(life, { status: to, times: { ...times, mitigatedAt } });
  if (note !== '') fulfil(life, { what: note, by: person });
  const step = status === to ? `Still ${to}` : `${status} → ${to}`;
  enter(life, { kind: 'status', by: person, text: note === '' ? step : `${step}: ${note}` });
  tell(life, key, {
    glyph: '➡️',
    headline: status === to ? `It is still ${to}.` : `It is ${to} now, after ${status}.`,
    by: person,
    quotes: note === '' ? [] : [{ label: 'What happened', text: note }],
    stakeholders: true,
  });
  tellOutside(life, 'update');
  if (status !== to) happened(life, { event: 'status', status: to });
}

/** Cadence, path and audience go by the new one from here on. */
function changeSeverity(life: Life, { to, reason }: ActOf<'severity'>, { person, key }: Doing): void {
  const before = life.state.severity;
  const isWorse = rankOf(life.state, to) < rankOf(life.state, before);
  change(life, { severity: to });
  const step = `${before.toUpperCase()} → ${to.toUpperCase()}`;
  enter(life, { kind: 'severity', by: person, text: `${step}: ${reason}` });
  recount(life);
  if (isWorse)
    startPath(life, pathOf(life.state), { message: `It is ${to.toUpperCase()} now: ${reason}`, by: person });
  tell(life, key, {
    glyph: isWorse ? '🔺' : '🔻',
    headline: `It is ${to.toUpperCase()} now, after ${before.toUpperCase()}.`,
    by: person,
    quotes: [{ label: 'Why', text: reason }],
    stakeholders: true,
  });
  tellOutside(life, 'update');
  happened(life, { event: 'severity' });
}

/** Worst first. */
function rankOf({ rules }: IncidentState, severity: string): number {
  return rules.severities.findIndex(({ id }) => id === severity);
}

function unknownSeverity({ rules }: IncidentState, severity: string) {
  const known = rules.severities.map(({ id }) => id).join(', ');
  return stale(`There is no severity ${severity}. Choose one of ${known}.`);
}
