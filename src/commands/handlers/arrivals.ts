import { z } from 'zod';
import type { ChatReply } from '../../chat/adapter.ts';
import { DEFAULT_TIME_ZONE, dayAt, MOST_AHEAD_MS, problemsOf, startMoment } from '../../domain/arrivals.ts';
import type { FormField, FormView } from '../../domain/forms.ts';
import { arrivalWorkflowId } from '../../domain/ids.ts';
import { findTeam, type Person } from '../../domain/people.ts';
import type { ArrivalValues } from '../../domain/people-intents.ts';
import type { ArrivalInput } from '../../domain/people-requests.ts';
import { teamNamed } from '../../domain/people-views.ts';
import { idSchema } from '../../domain/platform.ts';
import { askPolicy, whoMay } from '../../domain/policy.ts';
import type { ConversationRef } from '../../domain/refs.ts';
import type { RoleTemplate } from '../../domain/role-templates.ts';
import { originOf } from '../accounts.ts';
import { refusal } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { refusedLaunch } from '../lookups.ts';
import { personNamed } from '../people-named.ts';
import { listed, notice } from '../wording.ts';

const MAX_NAME = 100;
/** A longer list of people is typed into, not chosen from. */
const MAX_CHOICES = 100;

/** `/user onboard`: a form with what was given. */
export const onboarding: Handler<'user.onboard'> = {
  permission: 'user.onboard',
  async handle(call, { values }) {
    const templates = await call.context.roleTemplates();
    if (templates.length === 0) {
      return notice('info', 'There is no role in which anybody could come.', {
        details: ['The platform team adds roles to manifests/roles.'],
      });
    }
    const nowhere = teamsToChoose(call).length === 0;
    const refused = nowhere ? await refusal(call, 'user.onboard', { owner: '', team: '' }) : undefined;
    if (refused !== undefined) return refused;
    const today = dayAt(call.context.now(), DEFAULT_TIME_ZONE);
    const filled = { start: today, role: templates[0]?.metadata.name, ...values };
    return { kind: 'open-form', form: arrivalForm(call, templates, filled, originOf(call)) };
  },
};

export const arrivalSubmission: Handler<'arrival.submit'> = {
  permission: 'user.onboard',
  async handle(call, { values, origin }) {
    const templates = await call.context.roleTemplates();
    const read = arrivalOf(call, templates, values, origin);
    if (!read.ok) return { kind: 'form-errors', errors: read.errors };
    const { arrival, approvers } = read;
    const outcome = await call.context.people.startArrival(arrival);
    const refused = refusedLaunch(outcome, 'That was not taken.');
    if (refused !== undefined) return refused;
    const next =
      approvers.length === 0
        ? 'The card here says how far it is, until everything is there.'
        : `Who can approve it: ${listed(approvers.map(({ name }) => name))}. The card here says what becomes of it.`;
    return notice('success', `You have asked that ${arrival.name} comes on ${arrival.startsOn}.`, {
      details: [next],
    });
  },
};

/** Another first day, asked for by a button of the card. */
export const arrivalMoveForm: Handler<'arrival.move'> = {
  async handle(_call, { id, requestId, startsOn }) {
    const form: FormView = {
      kind: 'form',
      formId: 'arrival.move',
      title: 'Another first day',
      submitLabel: 'Move',
      fields: [START_FIELD],
      values: { start: startsOn },
      notes: [],
      context: { id, requestId },
    };
    return { kind: 'open-form', form };
  },
};

export const arrivalMove: Handler<'arrival.move-to'> = {
  async handle(call, { id, requestId, start }): Promise<ChatReply> {
    const state = await call.context.people.getRequest(id);
    if (state?.kind !== 'arrival') return notice('info', 'That request is over.');
    const read = firstDay(call, start, findTeam(call.directory, state.team)?.timeZone);
    if (!read.ok) return { kind: 'form-errors', errors: { start: read.problem } };
    const { startsOn, startsAt } = read;
    const input = { requestId, person: call.person.id, startsOn, startsAt };
    const outcome = await call.context.people.moveArrival(id, input);
    return (
      refusedLaunch(outcome, 'The day was not changed.') ??
      notice('success', `${state.name} comes on ${startsOn} now.`)
    );
  },
};

type Read =
  | { ok: true; arrival: ArrivalInput; approvers: Person[] }
  | { ok: false; errors: Record<string, string> };

/** What the form says, or what is wrong with it, by field. */
function arrivalOf(
  call: Call,
  templates: RoleTemplate[],
  values: ArrivalValues,
  origin: ConversationRef,
): Read {
  const { directory, person: asker, request } = call;
  const email = values.email?.trim() ?? '';
  const name = values.name?.trim() ?? '';
  const person = values.person?.trim().toLowerCase() || idFrom(email);
  const manager = personNamed(directory, values.manager ?? '', asker);
  const team = teamNamed(directory, values.team ?? '');
  const role = templates.find(({ metadata }) => metadata.name === values.role);
  const day = firstDay(call, values.start ?? '', team?.timeZone);
  const errors: Record<string, string> = {
    ...(name === '' || name.length > MAX_NAME
      ? { name: `Please give a name of at most ${MAX_NAME} characters.` }
      : {}),
    ...(z.email().safeParse(email).success ? {} : { email: 'That is no e-mail address.' }),
    ...(idSchema.safeParse(person).success
      ? {}
      : { person: 'An id has small letters, digits and dashes, and starts with a letter.' }),
    ...(manager.ok ? {} : { manager: manager.problem }),
    ...(team === undefined ? { team: 'There is no such team.' } : {}),
    ...(role === undefined ? { role: 'There is no such role.' } : {}),
    ...(day.ok ? {} : { start: day.problem }),
  };
  if (team === undefined || role === undefined || !manager.ok || !day.ok || Object.keys(errors).length > 0) {
    return { ok: false, errors };
  }
  const arrival: ArrivalInput = {
    id: arrivalWorkflowId(person),
    requestId: request.requestId,
    asker: asker.id,
    origin,
    person,
    name,
    email,
    manager: manager.value,
    team: team.id,
    title: team.title,
    role: { name: role.metadata.name, title: role.metadata.title },
    startsOn: day.startsOn,
    startsAt: day.startsAt,
  };
  const wrong = problemsOf(directory, templates, arrival);
  if (Object.keys(wrong).length > 0) return { ok: false, errors: wrong };
  return withApprovers(call, arrival);
}

/** Whoever may for anybody does it at once; whoever leads the team asks. */
function withApprovers({ policy, directory, person }: Call, arrival: ArrivalInput): Read {
  const ask = (resource?: { owner: string; team: string }) =>
    askPolicy(policy, directory, { person, permission: 'user.onboard', resource });
  if (ask().allowed) return { ok: true, arrival, approvers: [] };
  const { allowed, because, rule } = ask({ owner: '', team: arrival.team });
  if (!allowed)
    return { ok: false, errors: { team: `You may not say who comes there: ${because} (rule ${rule}).` } };
  const able = whoMay(policy, directory, { permission: 'user.onboard' }).map(({ id }) => id);
  const approvers = directory.people.filter(
    ({ id, active }) => active && id !== person.id && (id === arrival.manager || able.includes(id)),
  );
  if (approvers.length > 0) return { ok: true, arrival, approvers };
  return { ok: false, errors: { manager: 'There is nobody who could approve it: name another manager.' } };
}

function firstDay(
  { context }: Call,
  typed: string,
  timeZone = DEFAULT_TIME_ZONE,
): { ok: true; startsOn: string; startsAt: string } | { ok: false; problem: string } {
  const startsOn = typed.trim();
  const moment = startMoment(startsOn, timeZone);
  const now = context.now();
  if (Number.isNaN(moment)) return { ok: false, problem: 'Please write the day as in 2026-12-01.' };
  if (startsOn < dayAt(now, timeZone)) return { ok: false, problem: 'That day is over.' };
  if (moment > now.getTime() + MOST_AHEAD_MS)
    return { ok: false, problem: 'That is more than a year ahead.' };
  return { ok: true, startsOn, startsAt: new Date(moment).toISOString() };
}

/** `robin.sample@example.test` is `robin-sample`. */
function idFrom(email: string): string {
  const [local = ''] = email.toLowerCase().split('@');
  return local
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 63);
}

const START_FIELD = {
  name: 'start',
  label: 'First day',
  schema: { type: 'string', maxLength: 10 },
  required: true,
  placeholder: '2026-12-01',
  hint: 'They get everything at eight in the morning, where their team works.',
} as const;

function arrivalForm(
  call: Call,
  templates: RoleTemplate[],
  values: ArrivalValues,
  origin: ConversationRef,
): FormView {
  const text = (
    name: string,
    label: string,
    maxLength: number,
    more: Partial<FormField> = {},
  ): FormField => ({
    name,
    label,
    schema: { type: 'string', maxLength },
    required: true,
    ...more,
  });
  const choice = (name: string, label: string, choices: { value: string; label: string }[]): FormField => ({
    name,
    label,
    schema: { type: 'string', enum: choices.map(({ value }) => value) },
    required: true,
    choices,
  });
  return {
    kind: 'form',
    formId: 'arrival.request',
    title: 'Somebody comes',
    submitLabel: 'Ask',
    intro:
      'On their first day they get accounts and groups by their role, and what their team has. An administrator does this at once; otherwise their manager or an administrator approves it.',
    fields: [
      text('name', 'Name', MAX_NAME),
      text('email', 'E-mail', 200),
      text('person', 'Id', 63, { required: false, hint: 'Made of the e-mail address when left empty.' }),
      managerField(call),
      choice('team', 'Team', teamsToChoose(call)),
      choice(
        'role',
        'Role',
        templates.map(({ metadata }) => ({ value: metadata.name, label: metadata.title })),
      ),
      START_FIELD,
    ],
    values: Object.fromEntries(
      Object.entries(prefilled(call, values)).filter(([, value]) => value !== undefined),
    ),
    notes: [],
    context: { origin: JSON.stringify(origin) },
  } as FormView;
}

/** People are chosen by id, however they were typed. */
function prefilled({ directory, person }: Call, values: ArrivalValues): ArrivalValues {
  const manager = personNamed(directory, values.manager ?? 'me', person);
  const team = values.team === undefined ? undefined : teamNamed(directory, values.team)?.id;
  return { ...values, manager: manager.ok ? manager.value : undefined, team };
}

function managerField({ directory }: Call): FormField {
  const active = directory.people.filter((person) => person.active);
  const field = { name: 'manager', label: 'Manager', required: true };
  if (active.length > MAX_CHOICES) {
    return { ...field, schema: { type: 'string' }, hint: 'Their id, e-mail address or name.' };
  }
  const choices = active.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  return { ...field, schema: { type: 'string', enum: choices.map(({ value }) => value) }, choices };
}

/** Those for which the person may ask. */
function teamsToChoose({ directory, policy, person }: Call): { value: string; label: string }[] {
  return directory.teams
    .filter(
      ({ id }) =>
        askPolicy(policy, directory, {
          person,
          permission: 'user.onboard',
          resource: { owner: '', team: id },
        }).allowed,
    )
    .map(({ id, title }) => ({ value: id, label: title }));
}
