import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

/**
 * What Slack would say against a message or a view: the schema of its own types, and the lengths that types do not
 * know. The numbers are written here anew, so that they check the ones in `src/chat/slack/limits.ts`.
 */

type Json = Record<string, unknown>;

const schemaFile = new URL('../fixtures/slack/block-kit.schema.json', import.meta.url);
const ajv = new Ajv({ strict: false, allErrors: false });
ajv.addSchema(JSON.parse(readFileSync(schemaFile, 'utf8')), 'block-kit');

/** One line per problem; nothing when Slack would take the message. */
export function messageProblems(message: { text?: unknown; blocks?: unknown }): string[] {
  const { text, blocks } = message;
  const problems: string[] = [];
  if (typeof text === 'string' && text.length > 40_000) problems.push('msg_too_long: text');
  if (blocks === undefined) return typeof text === 'string' && text !== '' ? problems : ['no_text'];
  if (!Array.isArray(blocks)) return ['invalid_blocks_format: no list'];
  if (blocks.length === 0 && !text) problems.push('no_text');
  if (blocks.length > 50) problems.push(`invalid_blocks: ${blocks.length} blocks`);
  const size = JSON.stringify(blocks).length;
  if (size > 13_200) problems.push(`msg_blocks_too_long: ${size} characters`);
  return [...problems, ...blocksProblems(blocks, false)];
}

export function viewProblems(view: unknown): string[] {
  if (!isObject(view)) return ['invalid_arguments: no view'];
  const problems = schemaProblems('View', view);
  if (problems.length > 0) return problems;
  const { type, title, submit, close, blocks } = view as { [key: string]: Json } & { blocks: Json[] };
  for (const [name, part] of Object.entries({ title, submit, close })) {
    if (part === undefined) continue;
    if (typeof part.text !== 'string' || part.text.length < 1 || part.text.length > 24)
      problems.push(`${name}: 1 to 24`);
  }
  if (blocks.length > 100) problems.push(`${blocks.length} blocks`);
  if (Buffer.byteLength(JSON.stringify(view)) > 250_000) problems.push('view_too_large');
  if (typeof view.private_metadata === 'string' && view.private_metadata.length > 3_000)
    problems.push('private_metadata: 3000');
  if (typeof view.callback_id === 'string' && view.callback_id.length > 255)
    problems.push('callback_id: 255');
  const hasInput = blocks.some((block) => block.type === 'input');
  if ((type as unknown) === 'modal' && hasInput && submit === undefined)
    problems.push('submit is needed beside inputs');
  return [...problems, ...blocksProblems(blocks, true)];
}

function schemaProblems(definition: string, value: unknown): string[] {
  const validate = ajv.getSchema(`block-kit#/definitions/${definition}`);
  if (validate === undefined) throw new Error(`the schema has no ${definition}`);
  if (validate(value)) return [];
  const [first] = validate.errors ?? [];
  return [
    `schema ${first?.instancePath ?? ''} ${first?.message ?? ''} ${JSON.stringify(first?.params ?? {})}`,
  ];
}

function blocksProblems(blocks: unknown[], inView: boolean): string[] {
  const seen = new Set<string>();
  return blocks.flatMap((block, index) => {
    if (!isObject(block)) return [`block ${index} is no object`];
    const problems = schemaProblems('KnownBlock', block);
    if (typeof block.block_id === 'string') {
      if (seen.has(block.block_id)) problems.push(`block_id ${block.block_id} twice`);
      if (block.block_id.length > 255) problems.push('block_id: 255');
      seen.add(block.block_id);
    }
    if (block.type === 'input' && !inView) problems.push('input in a message');
    problems.push(...(BLOCKS[`${block.type}`]?.(block) ?? []));
    return problems.map((problem) => `block ${index} (${block.type}): ${problem}`);
  });
}

const BLOCKS: Record<string, (block: Json) => string[]> = {
  header: (block) => [...text(block.text, 150), ...needs('plain_text', block.text)],
  section: (block) => [
    ...(block.text === undefined && block.fields === undefined ? ['neither text nor fields'] : []),
    ...(block.text === undefined ? [] : text(block.text, 3_000)),
    ...list(block.fields, 0, 10, (field) => text(field, 2_000)),
    ...(isObject(block.accessory) ? element(block.accessory) : []),
  ],
  context: (block) =>
    list(block.elements, 1, 10, (item) => (isObject(item) && item.type === 'image' ? [] : text(item, 3_000))),
  actions: (block) => [...list(block.elements, 1, 25, element), ...uniqueActions(block.elements)],
  input: (block) => [
    ...text(block.label, 2_000),
    ...needs('plain_text', block.label),
    ...(block.hint === undefined ? [] : text(block.hint, 2_000)),
    ...(isObject(block.element) ? element(block.element) : ['no element']),
  ],
};

const ELEMENTS: Record<string, (item: Json) => string[]> = {
  button: (item) => [
    ...text(item.text, 75),
    ...needs('plain_text', item.text),
    ...(typeof item.value === 'string' && (item.value.length < 1 || item.value.length > 2_000)
      ? ['value: 1 to 2000']
      : []),
    ...(isObject(item.confirm) ? confirm(item.confirm) : []),
  ],
  static_select: (item) => [
    ...(item.options === undefined ? [] : list(item.options, 1, 100, (each) => option(each, 150))),
    ...list(item.option_groups, 0, 100, (group) =>
      isObject(group)
        ? [...text(group.label, 75), ...list(group.options, 1, 100, (each) => option(each, 150))]
        : ['no group'],
    ),
    ...(item.placeholder === undefined ? [] : text(item.placeholder, 150)),
    ...initialOption(item),
  ],
  checkboxes: (item) => list(item.options, 1, 10, (each) => option(each, 150)),
  plain_text_input: (item) => [
    ...range(item.min_length, 0, 3_000, 'min_length'),
    ...range(item.max_length, 1, 3_000, 'max_length'),
    ...(item.placeholder === undefined ? [] : text(item.placeholder, 150)),
    ...(typeof item.initial_value === 'string' && item.initial_value.length > Number(item.max_length ?? 3_000)
      ? ['initial_value is longer than max_length']
      : []),
  ],
};

function element(item: unknown): string[] {
  if (!isObject(item)) return ['no element'];
  const id = item.action_id;
  const problems = typeof id === 'string' && id.length > 255 ? ['action_id: 255'] : [];
  return [...problems, ...(ELEMENTS[`${item.type}`]?.(item) ?? [])];
}

function initialOption(item: Json): string[] {
  if (!isObject(item.initial_option)) return [];
  const { value } = item.initial_option;
  const groups = Array.isArray(item.option_groups) ? (item.option_groups as Json[]) : [item];
  const options = groups.flatMap((group) => (group.options ?? []) as Json[]);
  return options.some((each) => each.value === value) ? [] : ['initial_option is none of the options'];
}

function confirm(item: Json): string[] {
  return [
    ...text(item.title, 100),
    ...text(item.text, 300),
    ...text(item.confirm, 30),
    ...text(item.deny, 30),
  ];
}

function option(item: unknown, valueMax: number): string[] {
  if (!isObject(item)) return ['no option'];
  const { value } = item;
  const fits = typeof value === 'string' && value.length >= 1 && value.length <= valueMax;
  return [...text(item.text, 75), ...(fits ? [] : [`option value: 1 to ${valueMax}`])];
}

function text(item: unknown, max: number): string[] {
  if (!isObject(item) || typeof item.text !== 'string') return ['no text'];
  return item.text.length < 1 || item.text.length > max ? [`text of ${item.text.length}: 1 to ${max}`] : [];
}

function needs(type: string, item: unknown): string[] {
  return isObject(item) && item.type === type ? [] : [`must be ${type}`];
}

function list(items: unknown, min: number, max: number, check: (item: unknown) => string[]): string[] {
  if (items === undefined) return [];
  if (!Array.isArray(items)) return ['no list'];
  const problems =
    items.length < min || items.length > max ? [`${items.length} items: ${min} to ${max}`] : [];
  return [...problems, ...items.flatMap(check)];
}

function uniqueActions(items: unknown): string[] {
  const ids = (Array.isArray(items) ? items : []).map((item: Json) => item.action_id);
  return new Set(ids).size === ids.length ? [] : ['an action_id stands twice'];
}

function range(value: unknown, min: number, max: number, name: string): string[] {
  if (value === undefined) return [];
  return typeof value === 'number' && value >= min && value <= max ? [] : [`${name}: ${min} to ${max}`];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
