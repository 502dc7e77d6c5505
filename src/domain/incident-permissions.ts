import type { IncidentActKind } from './incident-acts.ts';
import type { Permission } from './policy.ts';

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
  join: 'incident.work',
  link: 'incident.work',
  merge: 'incident.command',
  times: 'incident.work',
  silence: 'incident.command',
  environment: 'incident.work',
  'retry-resource': 'incident.work',
  resolve: 'incident.command',
  reopen: 'incident.command',
  close: 'incident.command',
  cancel: 'incident.command',
};
