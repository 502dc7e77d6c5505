import type { FormField, FormView } from '../../domain/forms.ts';
import type { IncidentConfig } from '../../domain/incident-config.ts';
import { openChildren } from '../../domain/incident-facts.ts';
import type { IncidentFormId } from '../../domain/incident-forms.ts';
import { declarationSchema } from '../../domain/incident-intents.ts';
import { participantsOf } from '../../domain/incident-people.ts';
import type { IncidentState } from '../../domain/incidents.ts';
import type { ParameterSchema } from '../../domain/json.ts';
import type { DirectorySnapshot } from '../../domain/people.ts';
import type { Call, Handler } from '../context.ts';
import { declarationForm } from '../incident-form.ts';
import { findIncident, incidentConfig, isNotice, placeOf } from '../incident-lookups.ts';
import { listed } from '../wording.ts';
import { openEnvironmentForm } from './incident-environment.ts';

/** Slack takes a hundred choices; a longer list is typed into. */
const MAX_CHOICES = 100;
const LENGTHS = ['15m', '30m', '1h', '2h', '4h', '1d'];

interface Shape {
  title: string;
  submitLabel: string;
  fields: FormField[];
  values?: Record<string, string>;
  intro?: string;
}

type ActForm = Exclude<IncidentFormId, 'incident.declare' | 'incident.environment'>;

/** Opens one of the forms, with what is known already. */
export const incidentFormOf: Handler<'incident.form'> = {
  permission: 'incident.look',
  async handle(call, { form, values, ...about }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    if (form === 'incident.declare') {
      const given = declarationSchema.partial().safeParse(values);
      const form = { values: given.data ?? {}, origin: placeOf(call.request) };
      return { kind: 'open-form', form: declarationForm(call, config, form) };
    }
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    if (form === 'incident.environment') return openEnvironmentForm(call, found.state, values.template);
    return { kind: 'open-form', form: actForm(call, config, found.state, { form, values }) };
  },
};

export function actForm(
  call: Call,
  config: IncidentConfig,
  state: IncidentState,
  { form, values }: { form: ActForm; values: Record<string, string> },
): FormView {
  const shape = SHAPES[form]({ config, state, directory: call.directory, person: call.person.id });
  return {
    kind: 'form',
    formId: form,
    title: shape.title,
    submitLabel: shape.submitLabel,
    intro: shape.intro ?? `#${state.number} “${state.title}”`,
    fields: shape.fields,
    values: { ...shape.values, ...values },
    notes: [],
    context: { number: `${state.number}` },
  };
}

interface Known {
  config: IncidentConfig;
  state: IncidentState;
  directory: DirectorySnapshot;
  person: string;
}

const SHAPES: Record<ActForm, (known: Known) => Shape> = {
  'incident.update': ({ state }) => ({
    title: 'Send an update',
    submitLabel: 'Send',
    fields: [
      text('what', 'What is new?', 2_000),
      { ...text('impact', 'What does it mean for those affected?', 1_000), required: false },
      {
        ...choice('next', 'Next update in', LENGTHS),
        required: false,
        hint: 'Left empty: what the severity asks for.',
      },
    ],
    ...(state.update.last?.impact === undefined ? {} : { values: { impact: state.update.last.impact } }),
  }),
  'incident.status': ({ state }) => ({
    title: 'Change the status',
    submitLabel: 'Change',
    fields: [
      choice('status', 'It is now', ['triaging', 'mitigating', 'monitoring']),
      { ...text('note', 'In one sentence', 1_000), required: false, hint: 'It counts as the update.' },
    ],
    values: { status: state.status === 'declared' ? 'triaging' : state.status },
  }),
  'incident.severity': ({ config, state }) => ({
    title: 'Change the severity',
    submitLabel: 'Change',
    fields: [
      {
        ...choice(
          'severity',
          'How bad is it?',
          config.severities.map(({ id }) => id),
        ),
        choices: config.severities.map(({ id, title, meaning }) => ({
          value: id,
          label: `${id.toUpperCase()} ${title}: ${meaning}`,
        })),
      },
      text('reason', 'Why?', 500),
    ],
    values: { severity: state.severity },
  }),
  'incident.role': ({ state, directory, person }) => ({
    title: 'Give somebody a role',
    submitLabel: 'Give',
    fields: [
      {
        ...choice(
          'role',
          'Role',
          state.rules.roles.map(({ id }) => id),
        ),
        choices: state.rules.roles.map(({ id, title }) => ({ value: id, label: title })),
      },
      personField('person', 'Person', directory, state),
    ],
    values: { role: state.rules.roles[0]?.id ?? '', person },
  }),
  'incident.page': ({ config, directory }) => ({
    title: 'Page somebody',
    submitLabel: 'Page',
    fields: [targetField(config, directory), { ...text('message', 'What for?', 300), required: false }],
  }),
  'incident.snooze': () => ({
    title: 'Put off the update',
    submitLabel: 'Put off',
    fields: [choice('for', 'For', LENGTHS), text('reason', 'Why?', 300)],
    values: { for: '30m' },
  }),
  'incident.task': ({ state, directory, person }) => ({
    title: 'Write down a task',
    submitLabel: 'Write down',
    fields: [
      text('text', 'What has to be done?', 300),
      { ...personField('owner', 'By whom?', directory, state), required: false },
      {
        name: 'due',
        label: 'Until',
        schema: { type: 'string' },
        required: false,
        hint: 'Such as 30m, 2d or 2026-04-01T14:05 (UTC).',
      },
      {
        ...choice('kind', 'When?', ['task', 'follow-up']),
        choices: [
          { value: 'task', label: 'Now, to end the incident' },
          { value: 'follow-up', label: 'Afterwards; its owner is reminded until it is done' },
        ],
      },
    ],
    values: {
      kind: state.status === 'resolved' || state.status === 'closed' ? 'follow-up' : 'task',
      owner: person,
    },
  }),
  'incident.times': ({ state }) => ({
    title: 'Correct the times',
    submitLabel: 'Correct',
    intro: 'Times are UTC: 14:05 is of the last 24 hours; 2026-04-01T14:05 is what it says.',
    fields: [
      timeField('impactAt', 'It began to hurt'),
      timeField('detectedAt', 'Somebody noticed'),
      timeField('mitigatedAt', 'It stopped hurting'),
    ],
    values: timesOf(state),
  }),
  'incident.silence': ({ config }) => ({
    title: 'Silence its alerts',
    submitLabel: 'Silence',
    fields: [choice('for', 'For', LENGTHS), text('comment', 'Why?', 300)],
    values: { for: (config.alertmanager?.silenceFor ?? 0) >= 14_400_000 ? '4h' : '2h' },
  }),
  'incident.resolve': ({ state }) => ({
    title: 'Resolve the incident',
    submitLabel: 'Resolve',
    intro: resolveIntro(state),
    fields: [text('cause', 'What caused it?', 2_000), text('fix', 'What fixed it?', 2_000)],
  }),
  'incident.reopen': () => ({
    title: 'Open it again',
    submitLabel: 'Reopen',
    fields: [text('reason', 'Why?', 500)],
  }),
  'incident.private': () => ({
    title: 'Make it private',
    submitLabel: 'Make private',
    intro:
      'From then on only its people know of it. It goes on in a private room, and what I have said in public is taken back; what people wrote there stays. It cannot be made public again.',
    fields: [text('reason', 'Why?', 500)],
  }),
  'incident.cancel': () => ({
    title: 'It was no incident',
    submitLabel: 'Cancel it',
    fields: [text('reason', 'Why not?', 500)],
  }),
};

/** What stays open when it is resolved is said before it is. */
function resolveIntro(state: IncidentState): string {
  const about = `#${state.number} “${state.title}”`;
  const open = openChildren(state).map(({ number, title }) => `#${number} “${title}”`);
  if (open.length === 0) return about;
  return `${about}. ${listed(open)} ${open.length === 1 ? 'is' : 'are'} part of it and still open, and will stay so.`;
}

function text(name: string, label: string, maxLength: number): FormField {
  return {
    name,
    label,
    schema: { type: 'string', minLength: 1, maxLength },
    required: true,
    multiline: maxLength > 300,
  };
}

function choice(name: string, label: string, values: string[]): FormField {
  const schema: ParameterSchema = { type: 'string', enum: values };
  return { name, label, schema, required: true, choices: values.map((value) => ({ value, label: value })) };
}

function timeField(name: string, label: string): FormField {
  return { name, label, schema: { type: 'string' }, required: false };
}

function timesOf({ times }: IncidentState): Record<string, string> {
  const { impactAt, detectedAt, mitigatedAt } = times;
  const given = Object.entries({ impactAt, detectedAt, mitigatedAt });
  return Object.fromEntries(
    given.flatMap(([name, at]) => (at === undefined ? [] : [[name, at.slice(0, 16)]])),
  );
}

/** Those who work on it come first. */
function personField(
  name: string,
  label: string,
  directory: DirectorySnapshot,
  state: IncidentState,
): FormField {
  const active = directory.people.filter((person) => person.active);
  if (active.length > MAX_CHOICES) {
    return {
      name,
      label,
      schema: { type: 'string' },
      required: true,
      hint: 'Their id, e-mail address or name.',
    };
  }
  const near = new Set(participantsOf(state));
  const sorted = [...active.filter(({ id }) => near.has(id)), ...active.filter(({ id }) => !near.has(id))];
  const choices = sorted.map(({ id, name: called }) => ({ value: id, label: called }));
  return {
    name,
    label,
    schema: { type: 'string', enum: choices.map(({ value }) => value) },
    required: true,
    choices,
  };
}

/** Paths and schedules, teams, then people, as many as there is room for. */
function targetField({ paths, schedules }: IncidentConfig, { teams, people }: DirectorySnapshot): FormField {
  const choices = [
    ...schedules.map(({ id, title }) => ({ value: id, label: `On call: ${title}` })),
    ...paths.map(({ id }) => ({ value: id, label: `Path: ${id}` })),
    ...teams.map(({ id, title }) => ({ value: id, label: `Team: ${title}` })),
    ...people.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name })),
  ];
  const values = [...new Map(choices.map((option) => [option.value, option])).values()].slice(0, MAX_CHOICES);
  return {
    name: 'target',
    label: 'Whom?',
    schema: { type: 'string', enum: values.map(({ value }) => value) },
    required: true,
    choices: values,
  };
}
