import type { Intent } from '../domain/intents.ts';
import {
  type CommandParse,
  type CommandSpec,
  parseBySpecs,
  type Typed,
  unexpected,
  withoutArguments,
} from './spec.ts';
import { echo } from './wording.ts';
import type { Word } from './words.ts';

export const ENVIRONMENT_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'help',
    usage: '/env',
    summary: 'Shows what you can type here.',
    examples: ['/env', '/env help'],
    permission: 'env.help',
    parse: (words) => withoutArguments(words, { intent: 'help' }),
  },
  {
    name: 'create',
    usage: '/env create [TEMPLATE] [NAME] [key=value …]',
    summary: 'Asks for an environment. What is missing is asked for in a form.',
    examples: [
      '/env create',
      '/env create dev',
      '/env create dev pr-42 size=m',
      '/env create dev name="pr-42"',
    ],
    permission: 'env.create',
    parse: parseCreate,
  },
  {
    name: 'templates',
    usage: '/env templates',
    summary: 'Shows what environments there are to choose from.',
    examples: ['/env templates'],
    permission: 'env.templates',
    parse: (words) => withoutArguments(words, { intent: 'environment.templates' }),
  },
  {
    name: 'list',
    usage: '/env list [team=TEAM] [mine]',
    summary: 'Lists the environments there are now.',
    examples: ['/env list', '/env list mine', '/env list team=shop'],
    permission: 'env.list',
    parse: parseList,
  },
  {
    name: 'show',
    usage: '/env show NAME',
    summary: 'Shows one environment: its state, addresses and end.',
    examples: ['/env show pr-42'],
    permission: 'env.show',
    parse: (words) => withName(words, (name) => ({ intent: 'environment.show', name })),
  },
  {
    name: 'delete',
    usage: '/env delete NAME',
    summary: 'Deletes an environment and everything in it. Asks first.',
    examples: ['/env delete pr-42'],
    permission: 'env.delete',
    parse: (words) => withName(words, (name) => ({ intent: 'environment.delete', name })),
  },
  {
    name: 'explain',
    usage: '/env explain NAME|TEMPLATE',
    summary: 'Says what you may do with an environment or a template, and which rule says so.',
    examples: ['/env explain pr-42', '/env explain dev'],
    permission: 'env.explain',
    parse: (words) => withName(words, (subject) => ({ intent: 'environment.explain', subject })),
  },
];

/** What follows `/env`. Never throws. */
export function parseEnvironmentCommand(text: string, typed: Typed): CommandParse {
  return parseBySpecs(ENVIRONMENT_COMMANDS, { command: '/env', text, typed, empty: { intent: 'help' } });
}

function withName(words: Word[], intent: (name: string) => Intent): CommandParse {
  const [first, extra] = words;
  if (first === undefined || (first.key ?? 'name') !== 'name') {
    return { ok: false, problem: first === undefined ? 'A name is missing.' : unexpected(first) };
  }
  if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
  const name = first.value.toLowerCase();
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    return {
      ok: false,
      problem: `“${echo(first.value)}” cannot be a name here: names are small letters, digits and dashes, and start with a letter.`,
    };
  }
  return { ok: true, intent: intent(name) };
}

function parseCreate(words: Word[]): CommandParse {
  const [template, name, extra] = words.filter((word) => word.key === undefined);
  if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
  const values = new Map<string, string>();
  if (name !== undefined) values.set('name', name.value);
  let named = template?.value;
  for (const { key, value } of words) {
    if (key === undefined) continue;
    const twice = key === 'template' ? named !== undefined : values.has(key);
    if (twice) return { ok: false, problem: `“${echo(key)}” is given twice.` };
    if (key === 'template') named = value;
    else values.set(key, value);
  }
  return {
    ok: true,
    intent: { intent: 'environment.create', template: named, values: Object.fromEntries(values) },
  };
}

function parseList(words: Word[]): CommandParse {
  let team: string | undefined;
  let mine = false;
  for (const word of words) {
    if (word.key === 'team' && team === undefined && word.value !== '') team = word.value.toLowerCase();
    else if (word.key === undefined && word.value.toLowerCase() === 'mine') mine = true;
    else return { ok: false, problem: unexpected(word) };
  }
  return { ok: true, intent: { intent: 'environment.list', team, mine } };
}
