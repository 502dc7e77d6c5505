import type { DepartureValues } from '../domain/departure-intents.ts';
import { CONSEQUENCES } from '../domain/departure-views.ts';
import type { FormField, FormView } from '../domain/forms.ts';
import { firstMoment, isTimeZone, wallTime } from '../domain/local-times.ts';
import type { DirectorySnapshot, Person } from '../domain/people.ts';
import type { ConversationRef } from '../domain/refs.ts';
import type { Call } from './context.ts';
import { readable } from './mentions.ts';
import { personNamed } from './people-named.ts';

/** A longer list of people is typed into, not chosen from. */
const MAX_CHOICES = 100;
const MIN_REASON = 3;
const MAX_REASON = 1_000;
const LATEST_MS = 366 * 86_400_000;

/** Whose clock `when` is on: the asker's, as their chat says; UTC where it does not. */
export function timeZoneOf({ request }: Call): string {
  const zone = 'timeZone' in request.actor ? request.actor.timeZone : undefined;
  return zone !== undefined && isTimeZone(zone) ? zone : 'UTC';
}

export function departureForm(
  call: Call,
  leaver: Person,
  options: { values: DepartureValues; origin: ConversationRef },
): FormView {
  const { when = '', why = '', successor } = options.values;
  return {
    kind: 'form',
    formId: 'departure.request',
    title: 'Offboard somebody',
    submitLabel: 'Ask for it',
    intro: `${leaver.name} (${leaver.id}) leaves. An administrator who is neither of you approves it first.`,
    fields: [whenField(timeZoneOf(call)), WHY_FIELD, successorField(call.directory, leaver)],
    values: { when, why, ...(successor === undefined ? {} : { successor }) },
    notes: [{ label: 'What happens', text: CONSEQUENCES }],
    context: { person: leaver.id, origin: JSON.stringify(options.origin), zone: timeZoneOf(call) },
  };
}

function whenField(zone: string): FormField {
  return {
    name: 'when',
    label: 'When',
    schema: { type: 'string', maxLength: 30 },
    required: false,
    placeholder: '2026-12-01T18:00',
    hint: `Day and time in ${zone}. Empty: as soon as it is approved.`,
  };
}

const WHY_FIELD: FormField = {
  name: 'why',
  label: 'Why',
  schema: { type: 'string', minLength: MIN_REASON, maxLength: MAX_REASON },
  required: true,
  multiline: true,
  hint: 'Whoever approves reads this, and it stands in the certificate.',
};

function successorField({ people }: DirectorySnapshot, leaver: Person): FormField {
  const others = people.filter(({ active, id }) => active && id !== leaver.id);
  const choices = others.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  return {
    name: 'successor',
    label: 'Who takes over',
    schema: { type: 'string', maxLength: 200 },
    required: false,
    hint: 'They are told which environments are left. Empty: the leads of their teams.',
    ...(others.length > MAX_CHOICES ? {} : { choices }),
  };
}

export type CheckedDeparture =
  | { ok: true; at?: string; reason: string; successor?: string }
  | { ok: false; errors: Record<string, string> };

/** What was filled in, or what is wrong with it at each field. */
export function checkDeparture(
  call: Call,
  leaver: Person,
  { values, zone = '' }: { values: DepartureValues; zone?: string },
): CheckedDeparture {
  // What the form named, whichever device it comes back from.
  const clock = isTimeZone(zone) ? zone : timeZoneOf(call);
  const at = momentIn(values.when ?? '', clock, call.context.now());
  const reason = readable(call.directory, values.why ?? '').trim();
  const successor = successorIn(call, leaver, values.successor ?? '');
  const errors = Object.fromEntries(
    [
      ['when', at.ok ? undefined : at.problem],
      ['why', reasonProblem(reason)],
      ['successor', successor.ok ? undefined : successor.problem],
    ].filter(([, problem]) => problem !== undefined),
  ) as Record<string, string>;
  if (!at.ok || !successor.ok || Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    reason,
    ...(at.value === undefined ? {} : { at: at.value }),
    ...(successor.value === undefined ? {} : { successor: successor.value }),
  };
}

type Found = { ok: true; value?: string } | { ok: false; problem: string };

function reasonProblem({ length }: string): string | undefined {
  if (length < MIN_REASON) return 'Please say why, in a few words.';
  return length > MAX_REASON
    ? `Please keep it under ${MAX_REASON} characters; this has ${length}.`
    : undefined;
}

function momentIn(typed: string, zone: string, now: Date): Found {
  const word = typed.trim().replace(' ', 'T');
  if (word === '' || word.toLowerCase() === 'now') return { ok: true };
  const wall = wallTime(word);
  if (Number.isNaN(wall))
    return { ok: false, problem: `Write day and time as 2026-12-01T18:00, in ${zone}.` };
  const moment = firstMoment(wall, zone);
  if (moment < now.getTime()) return { ok: false, problem: `That is past, in ${zone}. Empty means at once.` };
  if (moment > now.getTime() + LATEST_MS) return { ok: false, problem: 'That is more than a year away.' };
  return { ok: true, value: new Date(moment).toISOString() };
}

function successorIn({ directory, person }: Call, leaver: Person, typed: string): Found {
  if (typed.trim() === '') return { ok: true };
  const named = personNamed(directory, typed, person);
  if (!named.ok) return named;
  return named.value === leaver.id ? { ok: false, problem: 'That is who leaves.' } : named;
}
