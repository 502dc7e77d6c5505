import { personRef } from '../domain/environment-views.ts';
import type { FormField, FormView } from '../domain/forms.ts';
import type { IncidentConfig, PageTarget } from '../domain/incident-config.ts';
import type { Declaration } from '../domain/incident-intents.ts';
import type { JsonValue } from '../domain/json.ts';
import { resolvePageTargets } from '../domain/on-call.ts';
import type { ConversationRef } from '../domain/refs.ts';
import type { Call } from './context.ts';
import { listed } from './wording.ts';

export interface DeclarationForm {
  values: Partial<Declaration>;
  origin?: ConversationRef;
  /** The message it is declared from, as JSON: it comes back with the form. */
  from?: string;
  errors?: Record<string, string>;
  intro?: string;
}

/** The form that declares. It says who will be paged before anybody is. */
export function declarationForm(call: Call, config: IncidentConfig, form: DeclarationForm): FormView {
  const { values, origin, from, errors, intro } = form;
  const paged = whoIsPaged(call, config, values);
  return {
    kind: 'form',
    formId: 'incident.declare',
    title: values.drill === true ? 'Start a drill' : 'Declare an incident',
    submitLabel: 'Declare',
    intro: intro ?? 'When unsure, choose the worse severity: it can be lowered at any time.',
    fields: declarationFields(config, origin !== undefined),
    values: shownValues(config, values),
    notes: [{ label: 'Will page', text: paged }],
    context: {
      shown: paged,
      ...(origin === undefined ? {} : { origin: JSON.stringify(origin) }),
      ...(from === undefined ? {} : { from }),
    },
    errors,
  };
}

function shownValues(config: IncidentConfig, values: Partial<Declaration>): Record<string, JsonValue> {
  const given = Object.entries(values).filter(
    (entry): entry is [string, string | boolean] => entry[1] !== undefined,
  );
  return {
    severity: config.defaults.severity,
    private: false,
    drill: false,
    here: false,
    ...Object.fromEntries(given),
  };
}

function declarationFields({ severities, services }: IncidentConfig, isSomewhere: boolean): FormField[] {
  const severity = severities.map(({ id, title, meaning }) => ({
    value: id,
    label: `${id.toUpperCase()} ${title}: ${meaning}`,
  }));
  const service = services.map(({ id, title }) => ({ value: id, label: title }));
  return [
    {
      name: 'title',
      label: 'What is wrong?',
      schema: { type: 'string', minLength: 3, maxLength: 120 },
      required: true,
      placeholder: 'Checkout is down',
    },
    {
      name: 'severity',
      label: 'How bad is it?',
      schema: { type: 'string', enum: severities.map(({ id }) => id) },
      choices: severity,
      required: true,
      redraws: true,
    },
    ...(service.length === 0
      ? []
      : [
          {
            name: 'service',
            label: 'Service',
            schema: { type: 'string' as const, enum: services.map(({ id }) => id) },
            choices: service,
            required: false,
            redraws: true,
          },
        ]),
    {
      name: 'summary',
      label: 'What do you see? Whom does it hurt?',
      schema: { type: 'string', maxLength: 1_000 },
      required: false,
      multiline: true,
    },
    ...(isSomewhere ? [HERE] : []),
    {
      name: 'private',
      label: 'Private',
      schema: { type: 'boolean' },
      required: false,
      hint: 'Only those who are invited see it; it is announced nowhere.',
    },
    {
      name: 'drill',
      label: 'Drill',
      schema: { type: 'boolean' },
      required: false,
      redraws: true,
      hint: 'An exercise: pages only volunteers, counts nowhere.',
    },
  ];
}

const HERE: FormField = {
  name: 'here',
  label: 'Run it here',
  schema: { type: 'boolean' },
  required: false,
  hint: 'Where you are becomes its room, and keeps its name and history. Otherwise it gets a channel of its own.',
};

/** "Lee Sample, then Ravi Sample after 5 minutes", as the rules stand now. */
export function whoIsPaged(call: Call, config: IncidentConfig, declaration: Partial<Declaration>): string {
  const targets = firstTargets(config, declaration);
  if (targets.length === 0)
    return declaration.drill === true ? 'nobody: no volunteers are listed for drills' : 'nobody';
  const { directory, context } = call;
  const { people, gaps } = resolvePageTargets(targets, { config, directory, at: context.now() });
  const names = listed(people.map((id) => personRef(directory, id).name));
  if (gaps.length === 0) return names;
  return names === ''
    ? `nobody just now, because ${listed(gaps)}; the next level is asked at once`
    : `${names} (${listed(gaps)})`;
}

function firstTargets(
  config: IncidentConfig,
  { severity, service, drill }: Partial<Declaration>,
): PageTarget[] {
  if (drill === true) return config.drills.people.map((person) => ({ person }));
  const chosen = config.severities.find(({ id }) => id === (severity ?? config.defaults.severity));
  const path = config.services.find(({ id }) => id === service)?.path ?? chosen?.path;
  if (chosen?.path === undefined) return [];
  return config.paths.find(({ id }) => id === path)?.levels[0]?.notify ?? [];
}
