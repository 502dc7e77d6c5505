import type { FormField, FormNote, FormView } from '../../../domain/forms.ts';
import type { JsonValue } from '../../../domain/json.ts';
import { ChatError } from '../../adapter.ts';
import { CARD_DATA, type CardData } from '../card-data.ts';
import { LIMITS } from '../limits.ts';
import type { Seal } from '../seals.ts';
import { cut, short, spelled } from '../text.ts';
import { type RenderContext, refreshing, submit } from './buttons.ts';
import { type Action, type AdaptiveCard, card, type Element, line, run, subtle } from './elements.ts';

export interface FormContext extends RenderContext {
  /** Of what the form carries through the client. */
  seal: Seal;
}

const NOTE = 2_000;

/** A field of that name would hide what the button itself carries. */
const TAKEN = new Set<string>([CARD_DATA, 'msteams']);

export function formCard(form: FormView, draw: FormContext): AdaptiveCard {
  const { fields, values, errors = {} } = form;
  const elsewhere = Object.entries(errors).filter(([name]) => !fields.some((field) => field.name === name));
  const body = [
    // A dialog has a title of its own.
    ...(draw.surface === 'dialog'
      ? []
      : [line([run(short(form.title, LIMITS.title), { size: 'large', weight: 'bolder' })])]),
    ...(form.intro === undefined ? [] : [line([spelled(cut(form.intro, NOTE))])]),
    ...elsewhere.map(([name, error]) => errorLine(name === '' ? error : `${name}: ${error}`)),
    ...fields.flatMap((field) => fieldElements(field, values[field.name], errors[field.name])),
    ...form.notes.flatMap(noteElements),
  ];
  return card(body, short(form.title, LIMITS.title), { actions: formActions(form, draw) });
}

/** What the choices mean is shown before anything is sent: Teams tells of no choice by itself. */
function formActions(form: FormView, draw: FormContext): Action[] {
  const { values: _values, errors: _errors, ...drawn } = form;
  const { nonce } = draw;
  const seal = draw.seal(nonce, drawn);
  const sending = (title: string, phase: 'submit' | 'change'): Action => {
    const data: CardData = { kind: 'form', phase, nonce, form: drawn, seal };
    // Without a fallback for older clients: the form would stand in the message twice as often, and not fit.
    const action = draw.surface === 'dialog' ? submit(title, data) : { ...refreshing(data), title };
    return { ...action, associatedInputs: 'auto' };
  };
  const redraws = form.fields.some((field) => field.redraws === true);
  return [
    { ...sending(short(form.submitLabel, LIMITS.buttonTitle), 'submit'), style: 'positive' },
    ...(redraws ? [sending('Update the preview', 'change')] : []),
  ];
}

function fieldElements(field: FormField, value: JsonValue | undefined, error: string | undefined): Element[] {
  if (TAKEN.has(field.name)) throw new ChatError('invalid', `a field cannot be called ${field.name}`);
  return [
    inputElement(field, value),
    ...(error === undefined ? [] : [errorLine(error)]),
    ...(field.hint === undefined ? [] : [subtle([spelled(cut(field.hint, LIMITS.text))])]),
  ];
}

function errorLine(error: string): Element {
  return line([run(`⚠️ ${spelled(cut(error, 600))}`, { color: 'attention', weight: 'bolder' })], {
    spacing: 'small',
  });
}

function inputElement(field: FormField, value: JsonValue | undefined): Element {
  const { name: id, schema, required } = field;
  const label = short(field.label, LIMITS.label);
  const base = {
    id,
    label,
    ...(required ? { isRequired: true, errorMessage: `${label} is needed.` } : {}),
  };
  const placeholder =
    field.placeholder === undefined ? {} : { placeholder: short(field.placeholder, LIMITS.label) };
  if (schema.type === 'boolean') {
    const title = short(field.label, LIMITS.label);
    return {
      type: 'Input.Toggle',
      id,
      title,
      value: `${value === true}`,
      valueOn: 'true',
      valueOff: 'false',
    };
  }
  const choices = choicesOf(field);
  if (choices !== undefined) {
    const chosen = choices.some((choice) => choice.value === `${value}`) ? { value: `${value}` } : {};
    return { type: 'Input.ChoiceSet', style: 'compact', ...base, ...placeholder, choices, ...chosen };
  }
  const given = value === undefined || value === null ? '' : `${value}`.toWellFormed();
  return {
    type: 'Input.Text',
    ...base,
    ...placeholder,
    ...(given === '' ? {} : { value: given }),
    ...(field.multiline === true ? { isMultiline: true } : {}),
    ...(schema.maxLength === undefined ? {} : { maxLength: schema.maxLength }),
  };
}

/** A value is what will be done, and stays whole. A label may be shortened. */
function choicesOf({ name, schema, choices }: FormField): { title: string; value: string }[] | undefined {
  const given = choices ?? schema.enum?.map((choice) => ({ value: `${choice}`, label: `${choice}` }));
  if (given?.length === 0) throw new ChatError('invalid', `field ${name} has nothing to choose from`);
  return given?.map(({ value, label }) => ({ title: short(label, LIMITS.label), value }));
}

function noteElements({ label, text }: FormNote): Element[] {
  const lines = text.split('\n');
  const bullet = lines.length === 1 ? '' : '•  ';
  return [
    line([run(cut(label, 100), { weight: 'bolder' })]),
    ...lines.map((part) =>
      line([`${bullet}${cut(part, NOTE / lines.length) || 'nothing'}`], { spacing: 'small' }),
    ),
  ];
}

/** Values by field name, of the form's own fields. What is left empty is not there; yes and no are themselves. */
export function formValues(
  { fields }: Pick<FormView, 'fields'>,
  inputs: Record<string, unknown>,
): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const { name, schema } of fields) {
    const given = inputs[name];
    if (given === undefined || given === null || given === '') continue;
    const text = typeof given === 'object' ? JSON.stringify(given) : String(given);
    values[name] = schema.type === 'boolean' ? text === 'true' : text;
  }
  return values;
}
