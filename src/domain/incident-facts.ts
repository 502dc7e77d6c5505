import type { IncidentConfig } from './incident-config.ts';
import type { SeverityBadge } from './incident-view-types.ts';
import type { ChildIncident, Escalation, IncidentState } from './incidents.ts';

export type Severities = IncidentConfig['severities'];

/** Severities are ranked by their order; one that is no longer configured is shown by id, below the others. */
export function severityBadge(severities: Severities, id: string): SeverityBadge {
  const at = severities.findIndex((severity) => severity.id === id);
  return {
    id,
    title: severities[at]?.title ?? id.toUpperCase(),
    rank: (at < 0 ? severities.length : at) + 1,
  };
}

export function serviceTitle({ service, rules }: IncidentState): string | undefined {
  return rules.service?.title ?? service;
}

export function roleTitle(state: IncidentState, role: string): string {
  return state.rules.roles.find(({ id }) => id === role)?.title ?? role;
}

/** Runbooks and dashboards of the service, where its alerts come from, and where its review is. */
export function incidentLinks({ rules, alerts, review }: IncidentState): { label: string; url: string }[] {
  const { runbooks = [], dashboards = [] } = rules.service ?? {};
  return [
    ...[...runbooks, ...dashboards].map(({ title, url }) => ({ label: title, url })),
    ...(alerts?.url === undefined ? [] : [{ label: 'Alerts', url: alerts.url }]),
    ...(review === undefined ? [] : [{ label: REVIEW_LABELS[review.state], url: review.url }]),
  ];
}

const REVIEW_LABELS: Record<NonNullable<IncidentState['review']>['state'], string> = {
  open: 'Review, to be merged',
  merged: 'Review',
  closed: 'Review, not merged',
};

/** Whether work on it goes on. */
export function isOpen({ status }: Pick<IncidentState, 'status'>): boolean {
  return status !== 'resolved' && status !== 'closed';
}

/** What is part of it and goes on. */
export function openChildren({ children = [] }: IncidentState): ChildIncident[] {
  return children.filter(isOpen);
}

/** Nobody has answered, and somebody still may. */
export function isUnanswered(chain: Escalation): boolean {
  return chain.acknowledged === undefined;
}
