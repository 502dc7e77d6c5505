/** The forms of incidents. Each becomes an act, except the first, which declares. */
export const INCIDENT_FORMS = [
  'incident.declare',
  'incident.update',
  'incident.status',
  'incident.severity',
  'incident.role',
  'incident.page',
  'incident.snooze',
  'incident.task',
  'incident.times',
  'incident.silence',
  'incident.environment',
  'incident.resolve',
  'incident.reopen',
  'incident.private',
  'incident.cancel',
] as const;
export type IncidentFormId = (typeof INCIDENT_FORMS)[number];

/** The buttons of incidents. `incident.act` carries a whole act in its payload, as JSON under `act`. */
export const INCIDENT_ACTIONS = [
  /** Opens the form; the payload may prefill it. From a message: `text`, `link`, `author`, `at`. */
  'incident.declare',
  /** Opens the form that the payload's `form` names, for the payload's `number`. */
  'incident.form',
  'incident.act',
  /** Runs the command in `text` for the incident in `number`: what was asked outside of a room. */
  'incident.pick',
  'incident.show',
  'incident.timeline',
  'incident.tasks',
  'incident.export',
  'incident.review',
] as const;
export type IncidentActionId = (typeof INCIDENT_ACTIONS)[number];

export function isIncidentForm(id: string): id is IncidentFormId {
  return (INCIDENT_FORMS as readonly string[]).includes(id);
}

export function isIncidentAction(id: string): id is IncidentActionId {
  return (INCIDENT_ACTIONS as readonly string[]).includes(id);
}
