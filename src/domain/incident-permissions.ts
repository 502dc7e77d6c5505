import type { IncidentActKind } from './incident-acts.ts';
import { leadOf } from './incident-people.ts';
import type { IncidentState } from './incidents.ts';
import type { Permission, PolicyResource } from './policy.ts';

/** What each act takes. Of a private incident one has to be an insider besides, or allowed `incident.private`. */
export const PERMISSION_OF: Record<IncidentActKind, Permission> = {
  status: 'incident.work',
  severity: 'incident.command',
  rename: 'incident.command',
  summary: 'incident.work',
  role: 'incident.work',
  'accept-role': 'incident.work',
  'decline-role': 'incident.work',
  'release-role': 'incident.work',
  update: 'incident.work',
  snooze: 'incident.work',
  acknowledge: 'incident.work',
  page: 'incident.work',
  note: 'incident.work',
  'amend-note': 'incident.work',
  'strike-note': 'incident.work',
  task: 'incident.work',
  'task-done': 'incident.work',
  'task-issue': 'incident.work',
  join: 'incident.work',
  link: 'incident.work',
  merge: 'incident.command',
  unmerge: 'incident.command',
  times: 'incident.work',
  silence: 'incident.command',
  environment: 'incident.work',
  runbook: 'incident.work',
  'runbook-step': 'incident.work',
  'retry-resource': 'incident.work',
  resolve: 'incident.command',
  review: 'incident.work',
  reopen: 'incident.command',
  close: 'incident.command',
  'make-private': 'incident.make-private',
  cancel: 'incident.command',
};

/** What rules with `on: own` and `on: led` are about. No team owns an incident. */
export function resourceOf(state: IncidentState): PolicyResource {
  return { owner: state.declaredBy, team: '', lead: leadOf(state) };
}
