import type { Intent } from '../domain/intents.ts';
import type { Permission } from '../domain/policy.ts';
import { nearest } from './nearest.ts';
import { echo } from './wording.ts';
import { splitWords, type Word } from './words.ts';

export type CommandParse = { ok: true; intent: Intent } | { ok: false; problem: string; usage?: string };

/** What is known of a command besides its text. */
export interface Typed {
  /** When it was typed: times of day are of this day, UTC. */
  now: Date;
  /** The same for every delivery of it. */
  key: string;
}

/** One command: what it does, how it is typed, who may use it. Help and its tests are made from these. */
export interface CommandSpec {
  name: string;
  /** Other words for it. */
  aliases?: readonly string[];
  usage: string;
  summary: string;
  examples: string[];
  permission: Permission;
  parse(words: Word[], typed: Typed): CommandParse;
}

/** What follows `/env` or `/incident`. Never throws. */
export function parseBySpecs(
  specs: readonly CommandSpec[],
  options: { command: string; text: string; typed: Typed; empty: Intent },
): CommandParse {
  const { command, text, typed, empty } = options;
  const split = splitWords(text);
  if (!split.ok) return split;
  const [first, ...rest] = split.words;
  if (first === undefined) return { ok: true, intent: empty };
  const word = (first.key ?? first.value).toLowerCase();
  const spec = specs.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
  if (spec !== undefined && first.key === undefined) {
    const parsed = spec.parse(rest, typed);
    return parsed.ok ? parsed : { usage: spec.usage, ...parsed };
  }
  return { ok: false, problem: unknownCommand(specs, command, first.key ?? first.value) };
}

function unknownCommand(specs: readonly CommandSpec[], command: string, typed: string): string {
  const meant = nearest(
    typed,
    specs.map(({ name }) => name),
  );
  const suggestion =
    meant === undefined ? `Type ${command} to see what there is.` : `Did you mean ${command} ${meant}?`;
  return `There is no command “${echo(typed)}”. ${suggestion}`;
}

export function withoutArguments(words: Word[], intent: Intent): CommandParse {
  const extra = words[0];
  return extra === undefined ? { ok: true, intent } : { ok: false, problem: unexpected(extra) };
}

export function unexpected(word: Word): string {
  return `“${echo(written(word))}” is not expected here.`;
}

/** A word as it was typed, without its quotes. */
export function written({ key, value }: Word): string {
  return key === undefined ? value : `${key}=${value}`;
}
