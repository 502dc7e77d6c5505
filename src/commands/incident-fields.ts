import { type IncidentAct, incidentActSchema } from '../domain/incident-acts.ts';
import type { IncidentFormId } from '../domain/incident-forms.ts';
import type { JsonValue } from '../domain/json.ts';
import { duration, moment, type Parsed } from './free-text.ts';

type Values = Record<string, JsonValue>;
type Draft = Record<string, unknown>;
export type Filled = { ok: true; act: IncidentAct } | { ok: false; errors: Record<string, string> };

/** Fields that hold a length of time or a moment are read before the act is checked. */
interface Reading {
  act(values: Values): Draft;
  /** From the act's field to the form's. */
  fields?: Record<string, string>;
  durations?: string[];
  moments?: string[];
}

/** How each form's fields become an act. */
const READINGS: Record<Exclude<IncidentFormId, 'incident.declare' | 'incident.environment'>, Reading> = {
  'incident.update': {
    act: ({ what, impact, next }) => ({ kind: 'update', what, impact, nextMs: next }),
    fields: { nextMs: 'next' },
    durations: ['next'],
  },
  'incident.status': {
    act: ({ status, note }) => ({ kind: 'status', to: status, note: note ?? '' }),
    fields: { to: 'status' },
  },
  'incident.severity': {
    act: ({ severity, reason }) => ({ kind: 'severity', to: severity, reason }),
    fields: { to: 'severity' },
  },
  'incident.role': { act: ({ role, person }) => ({ kind: 'role', role, person }) },
  'incident.page': { act: ({ target, message }) => ({ kind: 'page', target, message: message ?? '' }) },
  'incident.snooze': {
    act: ({ for: ms, reason }) => ({ kind: 'snooze', ms, reason }),
    fields: { ms: 'for' },
    durations: ['for'],
  },
  'incident.task': {
    act: ({ text, owner, due, kind }) => ({
      kind: 'task',
      text,
      owner,
      dueAt: due,
      followUp: kind === 'follow-up',
    }),
    fields: { dueAt: 'due' },
  },
  'incident.times': {
    act: ({ impactAt, detectedAt, mitigatedAt }) => ({ kind: 'times', impactAt, detectedAt, mitigatedAt }),
    moments: ['impactAt', 'detectedAt', 'mitigatedAt'],
  },
  'incident.silence': {
    act: ({ for: ms, comment }) => ({ kind: 'silence', ms, comment }),
    fields: { ms: 'for' },
    durations: ['for'],
  },
  'incident.resolve': { act: ({ cause, fix }) => ({ kind: 'resolve', cause, fix }) },
  'incident.reopen': { act: ({ reason }) => ({ kind: 'reopen', reason }) },
  'incident.private': { act: ({ reason }) => ({ kind: 'make-private', reason }) },
  'incident.cancel': { act: ({ reason }) => ({ kind: 'cancel', reason }) },
};

/** What a form says, as an act, or what is wrong with each of its fields. */
export function actOfForm(form: IncidentFormId, values: Values, now: Date): Filled {
  const reading = READINGS[form as keyof typeof READINGS] as Reading | undefined;
  if (reading === undefined)
    return { ok: false, errors: { '': 'That form is not one of an incident any more.' } };
  const errors: Record<string, string> = {};
  const read = (field: string, parsed: Parsed<number | string>): JsonValue | undefined => {
    if (parsed.ok) return parsed.value;
    errors[field] = parsed.problem;
    return undefined;
  };
  const given: Values = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== '' && value !== null),
  );
  const ready: Values = { ...given };
  for (const field of reading.durations ?? []) {
    if (given[field] !== undefined) ready[field] = read(field, duration(`${given[field]}`)) ?? null;
  }
  for (const field of reading.moments ?? []) {
    if (given[field] !== undefined) ready[field] = read(field, moment(`${given[field]}`, now)) ?? null;
  }
  if (form === 'incident.task' && given.due !== undefined)
    ready.due = read('due', dueAt(`${given.due}`, now)) ?? null;
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return checked(reading, ready);
}

/** `2d` from now, or a moment. */
function dueAt(typed: string, now: Date): Parsed<string> {
  const length = duration(typed);
  if (length.ok) return { ok: true, value: new Date(now.getTime() + length.value).toISOString() };
  const at = moment(typed, now);
  return at.ok
    ? at
    : { ok: false, problem: `${length.problem} A date such as 2026-04-01T14:05 works as well.` };
}

function checked(reading: Reading, values: Values): Filled {
  const parsed = incidentActSchema.safeParse(reading.act(values));
  if (parsed.success) return { ok: true, act: parsed.data };
  const errors = parsed.error.issues.map(({ path, code, message, ...issue }) => {
    const field = String(path[0] ?? '');
    const most = 'maximum' in issue ? issue.maximum : undefined;
    const said =
      code === 'too_big' && most !== undefined
        ? `That is too much: at most ${field === 'ms' || field === 'nextMs' ? '30 days' : `${most} characters`}.`
        : 'Please fill this in.';
    return [reading.fields?.[field] ?? field, said] as const;
  });
  return { ok: false, errors: Object.fromEntries(errors) };
}
