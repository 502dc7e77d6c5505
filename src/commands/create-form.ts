import { formatDuration } from '../domain/durations.ts';
import type { FormField, FormNote, FormView } from '../domain/forms.ts';
import type { JsonObject, ParameterSchema } from '../domain/json.ts';
import { findTeam, teamsOf } from '../domain/people.ts';
import type { Plan, TemplateSummary } from '../domain/plans.ts';
import { askPolicy } from '../domain/policy.ts';
import { allowedPlaces, type PlaceCount, type QuotaLimit } from '../domain/quota.ts';
import { moment } from '../domain/quota-views.ts';
import type { ConversationRef } from '../domain/refs.ts';
import { type Assessment, approversOf, limitsOf } from './assess.ts';
import type { Call } from './context.ts';
import { listed, sentence } from './wording.ts';

/** The form of a template, drawn from its JSON Schema, with what would happen said above the button. */
export function createForm(
  call: Call,
  template: TemplateSummary,
  values: JsonObject,
  options: {
    assessment: Assessment;
    origin: ConversationRef;
    /** The incident it is asked for. */
    incident?: number;
    errors?: Record<string, string>;
    /** Said first, instead of what the template is. */
    intro?: string;
  },
): FormView {
  const fields = [templateField(call, template), ...parameterFields(call, template)];
  const known = new Set(fields.map((field) => field.name));
  const errors = options.errors ?? {};
  const elsewhere = Object.entries(errors).filter(([field]) => !known.has(field));
  return {
    kind: 'form',
    formId: 'environment.create',
    title: 'Request environment',
    submitLabel: 'Request',
    intro:
      elsewhere.length === 0
        ? (options.intro ?? template.description)
        : elsewhere.map(([field, text]) => `${field}: ${text}`).join('\n'),
    fields,
    values: { ...shownValues(template, values), template: template.name },
    notes: formNotes(call, fields, options.assessment),
    context: {
      origin: JSON.stringify(options.origin),
      ...(options.incident === undefined ? {} : { incident: `${options.incident}` }),
      shown: JSON.stringify({ template: template.name, approval: options.assessment.plan?.approval.because }),
    },
    errors: Object.fromEntries(Object.entries(errors).filter(([field]) => known.has(field))),
  };
}

/** The teams the person may create an environment for. */
export function teamsToChoose({ directory, policy, person }: Call) {
  return teamsOf(directory, person.id).filter(
    (team) =>
      askPolicy(policy, directory, {
        person,
        permission: 'env.create',
        resource: { owner: person.id, team: team.id },
      }).allowed,
  );
}

/** Given values that the template knows, and its defaults for the rest. */
function shownValues({ parameters }: TemplateSummary, values: JsonObject): JsonObject {
  const shown: JsonObject = {};
  for (const [name, schema] of Object.entries(parameters.properties)) {
    const value = Object.hasOwn(values, name) ? values[name] : schema.default;
    if (value !== undefined && value !== null) shown[name] = typedValue(schema, value);
  }
  return shown;
}

function typedValue({ type }: ParameterSchema, value: JsonObject[string]): JsonObject[string] {
  if (type === 'boolean' && typeof value === 'string')
    return ['true', 'yes', 'on'].includes(value.toLowerCase());
  return value;
}

function templateField({ context: { catalog } }: Call, template: TemplateSummary): FormField {
  const choices = catalog.list().map(({ name, title }) => ({ value: name, label: `${title} (${name})` }));
  return {
    name: 'template',
    label: 'Template',
    schema: { type: 'string', enum: choices.map((choice) => choice.value), default: template.name },
    required: true,
    choices,
    redraws: true,
  };
}

function parameterFields(call: Call, { parameters }: TemplateSummary): FormField[] {
  return Object.entries(parameters.properties).map(([name, schema]) => ({
    name,
    label: schema.title ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    schema,
    required: parameters.required?.includes(name) ?? false,
    choices: choicesOf(call, schema),
    hint: schema.description,
    redraws: redraws(name, schema, parameters.required ?? []),
  }));
}

/** The notes above the button depend on choices, and on what must be filled in before anything can be said. */
function redraws(name: string, schema: ParameterSchema, required: string[]): boolean {
  if (schema.enum !== undefined || schema['x-source'] !== undefined || schema.type === 'boolean') return true;
  return name !== 'name' && schema.default === undefined && required.includes(name);
}

function choicesOf(call: Call, schema: ParameterSchema): FormField['choices'] {
  if (schema['x-source'] === 'teams-of-requester') {
    return teamsToChoose(call).map(({ id, title }) => ({ value: id, label: title }));
  }
  return schema.enum?.map((value) => ({ value: String(value), label: String(value) }));
}

function formNotes(call: Call, fields: FormField[], { plan, places, errors }: Assessment): FormNote[] {
  if (plan === undefined || places === undefined) {
    const open = fields.filter((field) => Object.hasOwn(errors, field.name)).map(({ label }) => label);
    return [
      {
        label: 'Will be created',
        text: `Shown once this is filled in: ${listed(open) || 'the fields above'}.`,
      },
    ];
  }
  return [
    { label: 'Approval', text: approvalText(call, plan) },
    { label: 'Lives for', text: lifeText(plan) },
    { label: 'Places left', text: placesText(call, plan, places) },
    { label: 'Will be created', text: plan.steps.map(stepLine).filter(Boolean).join('\n') },
  ];
}

/** `Website: Service app; NetworkPolicy deny-all, allow-dns`. */
function stepLine({ title, objects }: Plan['steps'][number]): string {
  if (objects.length === 0) return '';
  const kinds = Object.entries(Object.groupBy(objects, ({ kind }) => kind));
  const lists = kinds.map(
    ([kind, some = []]) => `${kind} ${some.map(({ metadata }) => metadata.name).join(', ')}`,
  );
  return `${title}: ${lists.join('; ')}`;
}

function lifeText({ lifecycle: { ttlMs, warnMs } }: Plan): string {
  const life = `${formatDuration(ttlMs)} from when it is ready, then it is deleted.`;
  if (warnMs.length === 0) return life;
  return `${life} You are told ${listed(warnMs.map(formatDuration))} before.`;
}

/** `you 2 of 4 (1 granted until 2026-04-01 14:05 UTC), Shop 17 of 20` */
function placesText(call: Call, plan: Plan, places: PlaceCount): string {
  const limits = limitsOf(call, plan);
  const left = (limit: QuotaLimit) => allowedPlaces(limits, places, limit) - places[limit].taken;
  const of = (limit: QuotaLimit, free: number) => {
    const { granted, until } = places[limit];
    const first = granted === 1 ? 'granted' : 'granted, the first';
    const more = until === undefined ? '' : ` (${granted} ${first} until ${moment(until)})`;
    return `${Math.max(0, free)} of ${allowedPlaces(limits, places, limit)}${more}`;
  };
  const { team } = plan.environment;
  const title = findTeam(call.directory, team)?.title ?? team;
  const own = of('perOwner', Math.min(left('perOwner'), left('inAll')));
  return `you ${own}, ${title} ${of('perTeam', left('perTeam'))}`;
}

function approvalText(call: Call, { approval }: Plan): string {
  const rule = sentence(approval.because);
  if (approval.auto) return `${rule}.`;
  const approvers = approversOf(call, approval).map(({ name }) => name);
  const within = `within ${formatDuration(approval.timeoutMs)}`;
  if (approvers.length === 0) return `${rule}, but nobody besides you could approve.`;
  if (approvers.length === 1) return `${rule}: ${approvers[0]}, ${within}.`;
  const votes = approval.count === 1 ? 'One of them is enough' : `${approval.count} of them have to agree`;
  return `${rule}: ${listed(approvers)}. ${votes}, ${within}.`;
}
