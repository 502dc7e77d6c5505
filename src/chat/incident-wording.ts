import type { GameDayFault } from '../domain/game-day.ts';
import type { IncidentStatus } from '../domain/incident-acts.ts';
import type { IncidentView, PageView, SeverityBadge } from '../domain/incident-view-types.ts';
import type { Resource } from '../domain/incidents.ts';

type RunbookStep = IncidentView['runbooks'][number]['steps'][number];

/** The words that every platform says of incidents. What goes in has been made inert, and what comes out is drawn as it is. */

const SEVERITY_GLYPHS = ['🔴', '🟠', '🟡'] as const;

export const STATUSES: Record<IncidentStatus, string> = {
  declared: 'declared',
  triaging: 'triaging',
  mitigating: 'mitigating',
  monitoring: 'monitoring',
  resolved: 'resolved',
  closed: 'closed',
};

/** Over and done is green, whatever it was. */
export function severityGlyph({ rank }: SeverityBadge, status: IncidentStatus): string {
  if (status === 'resolved') return '🟢';
  if (status === 'closed') return '⚪';
  return SEVERITY_GLYPHS[rank - 1] ?? '🔵';
}

export function severityWords({ id, title }: SeverityBadge): string {
  return `${id.toUpperCase()} ${title}`;
}

/** `🔴 #142 · SEV1 Critical · triaging`, with what it is besides. */
export function incidentHeadline(view: {
  number: number;
  severity: SeverityBadge;
  status: IncidentStatus;
  drill: boolean;
  private?: boolean;
  cancelled?: string;
}): string {
  const status = view.cancelled === undefined ? STATUSES[view.status] : 'cancelled';
  return [
    `${severityGlyph(view.severity, view.status)} #${view.number}`,
    ...(view.drill ? ['🧪 drill'] : []),
    ...(view.private ? ['🔒 private'] : []),
    severityWords(view.severity),
    status,
  ].join(' · ');
}

const TARGETS: Record<GameDayFault['target'], string> = {
  slack: 'Slack is',
  teams: 'Teams is',
  webhooks: 'webhooks are',
};
const FAULTS: Record<GameDayFault['kind'], string> = {
  down: 'made to fail',
  '429': 'made to take no more',
};

/** `Game day: Slack is made to fail`, before until when. */
export function gameDayWords({ target, kind }: GameDayFault): string {
  return `🎭  Game day: ${TARGETS[target]} ${FAULTS[kind]}`;
}

export function pageHeadline({ number, severity, drill, acknowledged, status }: PageView): string {
  const what = drill ? '🧪 Drill, you are paged' : '📟 You are paged';
  const over = status === 'resolved' || status === 'closed';
  const said = acknowledged !== undefined ? '✅ Answered' : over ? `✅ ${STATUSES[status]}` : what;
  return `${said}: #${number} · ${severityWords(severity)}`;
}

/** `3 of 14 alerts are firing`. */
export function alertsLine({ firing, total }: { firing: number; total: number }): string {
  const alerts = total === 1 ? 'alert' : 'alerts';
  return firing === 0
    ? `None of ${total} ${alerts} is firing any more`
    : `${firing} of ${total} ${alerts} ${firing === 1 ? 'is' : 'are'} firing`;
}

export const RELATIONS: Record<IncidentView['related'][number]['as'], string> = {
  related: 'related to',
  parent: 'part of',
  child: 'includes',
  'merged into': 'goes on in',
  merged: 'took over',
};

/** `🟠 #143 · SEV2 Major · triaging`, for a line of what it is part of. */
export function childWords({
  number,
  severity,
  status,
}: Pick<IncidentView['children'][number], 'number' | 'severity' | 'status'>): string {
  return `${severityGlyph(severity, status)}  #${number} · ${severityWords(severity)} · ${STATUSES[status]}`;
}

/** `Checkout is down: 3 of 5 steps done, 1 skipped`. */
export function runbookWords({
  title,
  total,
  done,
  skipped,
}: Pick<IncidentView['runbooks'][number], 'title' | 'total' | 'done' | 'skipped'>): string {
  const steps = total === 1 ? 'step' : 'steps';
  return `📘  ${title}: ${done} of ${total} ${steps} done${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

const STEP_GLYPHS: Record<RunbookStep['state'], string> = { waiting: '✋', running: '🔄', failed: '❌' };

/** `✋  Page all-hands: waits for the Lead`. */
export function stepWords({ title, state, note, approver }: RunbookStep): string {
  const waits = approver === undefined ? 'waits for somebody' : `waits for the ${approver}`;
  const why = state === 'waiting' ? waits : note;
  return `${STEP_GLYPHS[state]}  ${title}${why === undefined ? '' : `: ${why}`}`;
}

export const RESOURCE_GLYPHS: Record<Resource['state'], string> = {
  waiting: '▫️',
  running: '🔄',
  done: '✅',
  failed: '❌',
};
