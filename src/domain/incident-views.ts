import { personRef } from './environment-views.ts';
import type { GameDayFault } from './game-day.ts';
import { headerActions } from './incident-actions.ts';
import { ACCOUNT_THAT_PRESSES, actButton, showIncidentButton, WHOEVER_PRESSES } from './incident-buttons.ts';
import {
  incidentLinks,
  isOpen,
  isUnanswered,
  type Severities,
  serviceTitle,
  severityBadge,
} from './incident-facts.ts';
import { doerRef, leadOf, withNames } from './incident-people.ts';
import { runbookLines } from './incident-runbook-views.ts';
import type { IncidentAnnouncementView, IncidentListView, IncidentView } from './incident-view-types.ts';
import type { Escalation, IncidentRow, IncidentState, RoleHolding } from './incidents.ts';
import type { DirectorySnapshot } from './people.ts';

/** The header of its rooms and `/incident show`, from nothing but the state and the directory. */
export function incidentView(
  state: IncidentState,
  directory: DirectorySnapshot,
  gameDay: GameDayFault[] = [],
): IncidentView {
  const { number, times, alerts, resolution } = state;
  return {
    kind: 'incident',
    number,
    title: state.title,
    severity: severityBadge(state.rules.severities, state.severity),
    status: state.status,
    cancelled: state.cancelled?.reason,
    private: state.private,
    drill: state.drill,
    gameDay,
    summary: state.summary,
    impact: state.update.last?.impact,
    service: serviceTitle(state),
    declaredBy: doerRef(directory, state.declaredBy),
    declaredAt: times.declaredAt,
    impactAt: times.impactAt,
    resolvedAt: times.resolvedAt,
    roles: state.rules.roles.map((role) => roleLine(state, directory, role)),
    update: updateLine(state, directory),
    paging: shownChains(state).map((chain) => pagingLine(chain, directory)),
    alerts: alerts && {
      firing: alerts.firing,
      total: alerts.total,
      names: alerts.names,
      url: alerts.url,
    },
    links: incidentLinks(state),
    related: relatedIncidents(state),
    children: childIncidents(state),
    rooms: state.rooms,
    resolution: resolution && {
      cause: resolution.cause,
      fix: resolution.fix,
      by: doerRef(directory, resolution.by),
    },
    setup: state.resources
      .filter(({ state: progress }) => progress !== 'done')
      .map(({ note, ...resource }) => ({
        ...resource,
        note: note && withNames(directory, note),
        ...(resource.state === 'failed' &&
          (isOpen(state) || resource.lasting) && {
            retry: actButton(number, 'Retry', { kind: 'retry-resource', id: resource.id }),
          }),
      })),
    runbooks: runbookLines(state, directory),
    openTasks: state.tasks.filter(({ doneAt }) => doneAt === undefined).length,
    entries: state.entries,
    actions: headerActions(state),
  };
}

/** One card an announcement channel. Only for incidents that are not private. */
export function announcementView(
  state: IncidentState,
  directory: DirectorySnapshot,
): IncidentAnnouncementView {
  const { number, update, alerts } = state;
  const lead = leadOf(state);
  return {
    kind: 'incident-announcement',
    number,
    title: state.title,
    severity: severityBadge(state.rules.severities, state.severity),
    status: state.status,
    drill: state.drill,
    service: serviceTitle(state),
    lead: lead === undefined ? undefined : personRef(directory, lead),
    parent: state.links.parent,
    lastUpdate: update.last && { what: update.last.what, at: update.last.at },
    declaredAt: state.times.declaredAt,
    resolvedAt: state.times.resolvedAt,
    alerts: alerts && { firing: alerts.firing, total: alerts.total },
    rooms: state.rooms,
    actions: [
      ...(isOpen(state)
        ? [actButton(number, 'Join', { kind: 'join', account: ACCOUNT_THAT_PRESSES }, { style: 'primary' })]
        : []),
      showIncidentButton(number),
    ],
  };
}

/** A line of lists. Of a private one the row has no title for those who are not in it. */
export function listItem(
  row: IncidentRow,
  directory: DirectorySnapshot,
  severities: Severities,
): IncidentListView['items'][number] {
  return {
    number: row.number,
    title: row.title === '' ? 'Private incident' : row.title,
    severity: severityBadge(severities, row.severity),
    status: row.status,
    private: row.private,
    drill: row.drill,
    lead: row.lead === undefined ? undefined : personRef(directory, row.lead),
    parent: row.parent,
    declaredAt: row.times.declaredAt,
    action: showIncidentButton(row.number),
  };
}

const DOUBTS: Record<NonNullable<RoleHolding['doubt']>, string> = {
  left: 'has left',
  unlinked: 'has no chat account I know of',
  'off-shift': 'is off shift',
};

function roleLine(
  state: IncidentState,
  directory: DirectorySnapshot,
  { id, title }: IncidentState['rules']['roles'][number],
): IncidentView['roles'][number] {
  const holding = state.roles.find(({ role }) => role === id);
  const free = holding?.person === undefined && isOpen(state);
  return {
    id,
    title,
    person: holding?.person === undefined ? undefined : personRef(directory, holding.person),
    offeredTo: holding?.offer && personRef(directory, holding.offer.to),
    doubt: holding?.doubt && DOUBTS[holding.doubt],
    claim: free
      ? actButton(state.number, `Claim: ${title}`, { kind: 'role', role: id, person: WHOEVER_PRESSES })
      : undefined,
  };
}

function updateLine({ update }: IncidentState, directory: DirectorySnapshot): IncidentView['update'] {
  const { last, dueAt, by, then, snooze } = update;
  return {
    last: last && { what: last.what, by: doerRef(directory, last.by), at: last.at },
    dueAt,
    by: by === undefined ? undefined : personRef(directory, by),
    // biome-ignore lint/suspicious/noThenProperty: a person, whom nobody awaits.
    then: then === undefined ? undefined : personRef(directory, then),
    snoozed: snooze && { until: snooze.until, by: personRef(directory, snooze.by), reason: snooze.reason },
  };
}

/** Those that nobody has answered, and the latest. */
function shownChains({ escalations }: IncidentState): Escalation[] {
  const latest = escalations.at(-1);
  return escalations.filter((chain) => isUnanswered(chain) || chain === latest);
}

function pagingLine(chain: Escalation, directory: DirectorySnapshot): IncidentView['paging'][number] {
  const { acknowledged } = chain;
  return {
    title: withNames(directory, chain.title),
    acknowledgedBy: acknowledged && doerRef(directory, acknowledged.by),
    acknowledgedAt: acknowledged?.at,
    ...chainProgress(chain, directory),
    exhausted: chain.exhausted,
  };
}

/** Who was tried so far, each of them once, and who is next. */
export function chainProgress(
  { pages, next }: Escalation,
  directory: DirectorySnapshot,
): Pick<IncidentView['paging'][number], 'tried' | 'next'> {
  const tried = [...new Set(pages.map(({ person }) => person))];
  return {
    tried: tried.map((id) => personRef(directory, id)),
    next: next && { at: next.at, people: next.people.map((id) => personRef(directory, id)) },
  };
}

function childIncidents({ children = [], rules }: IncidentState): IncidentView['children'] {
  return children.map(({ number, title, severity, status }) => ({
    number,
    title,
    severity: severityBadge(rules.severities, severity),
    status,
  }));
}

/** Without the children that are shown on lines of their own. */
function relatedIncidents({ links, children: shown = [] }: IncidentState): IncidentView['related'] {
  const { related, parent, mergedInto, merged } = links;
  const children = links.children.filter((number) => !shown.some((child) => child.number === number));
  return [
    ...(mergedInto === undefined ? [] : [{ number: mergedInto, as: 'merged into' as const }]),
    ...(parent === undefined ? [] : [{ number: parent, as: 'parent' as const }]),
    ...children.map((number) => ({ number, as: 'child' as const })),
    ...merged.map((number) => ({ number, as: 'merged' as const })),
    ...related.map((number) => ({ number, as: 'related' as const })),
  ];
}
