import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { FormField, FormNote, FormView } from '../../../domain/forms.ts';
import type { JsonValue } from '../../../domain/json.ts';
import { ChatError } from '../../adapter.ts';
import { plain } from '../../text.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert } from '../text.ts';
import { mrkdwn, plainText, sections } from './blocks.ts';

/** The `action_id` of an input, whose field is its `block_id`, says what its value is. */
export const FIELD_ACTION = 'field';
export const FLAG_ACTION = 'flag';

/** Notes and errors may be long, fields may not: a view holds 100 blocks. */
const NOTE = 2_000;

/** `metadata` comes back with the submission. Throws `ChatError` when the form cannot be drawn whole. */
export function formModal(form: FormView, metadata: string): ModalView {
  if (metadata.length > LIMITS.view.privateMetadata) {
    throw new ChatError('invalid', `the context of form ${form.formId} is too long`);
  }
  const blocks: KnownBlock[] = [
    ...(form.intro === undefined ? [] : sections([inert(cut(form.intro, NOTE))])),
    ...errorBlocks(form),
    ...form.fields.map((field) => inputBlock(field, form.values[field.name])),
    ...form.notes.map(noteBlock),
  ];
  if (blocks.length > LIMITS.view.blocks) {
    throw new ChatError('invalid', `form ${form.formId} has more than ${LIMITS.view.blocks} blocks`);
  }
  return {
    type: 'modal',
    callback_id: form.formId,
    private_metadata: metadata,
    title: plainText(short(form.title, LIMITS.view.title)),
    submit: plainText(short(form.submitLabel, LIMITS.view.submit)),
    close: plainText('Cancel'),
    blocks: blocks.length === 0 ? sections(['There is nothing to fill in.']) : blocks,
  };
}

export function short(text: string, max: number): string {
  const visible = plain(text) || '…';
  return visible.length <= max ? visible : `${visible.slice(0, max - 1).toWellFormed()}…`;
}

/** Slack shows errors at their fields only in answer to a submission; a redrawn form lists them on top. */
function errorBlocks({ errors, fields }: FormView): KnownBlock[] {
  return Object.entries(errors ?? {}).flatMap(([name, error]) => {
    const label = fields.find((field) => field.name === name)?.label ?? name;
    return sections([`⚠️ *${inert(cut(label, 100))}*: ${inert(cut(error, 600))}`]);
  });
}

function noteBlock({ label, text }: FormNote): KnownBlock {
  const lines = text.split('\n');
  const bullet = lines.length === 1 ? '' : '•  ';
  const shown = lines.map((line) => `${bullet}${inert(cut(line, NOTE / lines.length)) || 'nothing'}`);
  return { type: 'section', text: mrkdwn(`*${inert(cut(label, 100))}*\n${shown.join('\n')}`) };
}

function inputBlock(field: FormField, value: JsonValue | undefined): InputBlock {
  return {
    type: 'input',
    block_id: field.name,
    label: plainText(cut(field.label, LIMITS.input.label) || field.name),
    // Where something is chosen already, nothing chosen is no answer.
    optional: !field.required && !(isChoice(field) && value !== undefined),
    ...(field.hint === undefined || plain(field.hint) === ''
      ? {}
      : { hint: plainText(cut(field.hint, LIMITS.input.hint)) }),
    ...(field.redraws === true ? { dispatch_action: true } : {}),
    element: inputElement(field, value),
  };
}

function isChoice({ schema, choices }: FormField): boolean {
  return schema.type === 'boolean' || schema.enum !== undefined || choices !== undefined;
}

function inputElement(field: FormField, value: JsonValue | undefined): InputBlock['element'] {
  if (field.schema.type === 'boolean') return select(field, YES_OR_NO, value, FLAG_ACTION);
  const choices =
    field.choices ?? field.schema.enum?.map((choice) => ({ value: `${choice}`, label: `${choice}` }));
  return choices === undefined ? textInput(field, value) : select(field, choices, value, FIELD_ACTION);
}

const YES_OR_NO = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

function select(
  field: FormField,
  choices: { value: string; label: string }[],
  value: JsonValue | undefined,
  actionId: string,
): InputBlock['element'] {
  const options = choices.map((choice) => option(field, choice));
  const chosen = options.find((candidate) => candidate.value === `${value}`);
  const groups = grouped(options);
  const [only] = groups;
  if (only === undefined) throw new ChatError('invalid', `field ${field.name} has nothing to choose from`);
  const rest = {
    type: 'static_select' as const,
    action_id: actionId,
    // Shows what is proposed even where a client does not preselect it; see `formValues`.
    placeholder: plainText(
      chosen?.text.text || cut(field.placeholder ?? '', LIMITS.input.placeholder) || 'Choose one',
    ),
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
  return groups.length === 1 ? { ...rest, options: only.options } : { ...rest, option_groups: groups };
}

/** A value is what will be done: it is refused rather than shortened. A label may be. */
function option(field: FormField, { value, label }: { value: string; label: string }): PlainTextOption {
  if (value.length === 0 || value.length > LIMITS.select.optionValue) {
    throw new ChatError('invalid', `field ${field.name} has a choice of ${value.length} characters`);
  }
  return { text: plainText(short(label, LIMITS.select.optionText) || value.slice(0, 75)), value };
}

function grouped(
  options: PlainTextOption[],
): { label: ReturnType<typeof plainText>; options: PlainTextOption[] }[] {
  const groups: { label: ReturnType<typeof plainText>; options: PlainTextOption[] }[] = [];
  for (let start = 0; start < options.length; start += LIMITS.select.options) {
    const part = options.slice(start, start + LIMITS.select.options);
    groups.push({ label: plainText(`${start + 1} to ${start + part.length}`), options: part });
  }
  return groups.slice(0, LIMITS.select.groups);
}

function textInput(field: FormField, value: JsonValue | undefined): InputBlock['element'] {
  const { minLength, maxLength } = field.schema;
  const max = Math.min(maxLength ?? LIMITS.input.text, LIMITS.input.text);
  const initial = value === undefined || value === null ? '' : `${value}`.toWellFormed();
  return {
    type: 'plain_text_input',
    action_id: FIELD_ACTION,
    ...(field.multiline === true ? { multiline: true } : {}),
    ...(minLength !== undefined && minLength > 0 && minLength <= max ? { min_length: minLength } : {}),
    ...(maxLength === undefined ? {} : { max_length: max }),
    ...(field.placeholder === undefined || plain(field.placeholder) === ''
      ? {}
      : { placeholder: plainText(cut(field.placeholder, LIMITS.input.placeholder)) }),
    // Slack refuses a form whose prefilled value is longer than the field takes.
    ...(initial === '' || initial.length > max ? {} : { initial_value: initial }),
  };
}
