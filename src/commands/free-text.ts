import ms, { type StringValue } from 'ms';
import { written } from './spec.ts';
import { echo } from './wording.ts';
import type { Word } from './words.ts';

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; problem: string };

/** What was typed: text, with `key=value` options of these keys anywhere in it. Everything else belongs to the text. */
export function textAndOptions<Key extends string>(
  words: Word[],
  keys: readonly Key[],
): Parsed<{ text: string; options: Partial<Record<Key, string>> }> {
  const options: Partial<Record<Key, string>> = {};
  const text: string[] = [];
  for (const word of words) {
    const key = keys.find((candidate) => candidate === word.key?.toLowerCase());
    if (key === undefined) text.push(written(word));
    else if (options[key] !== undefined) return { ok: false, problem: `“${key}” is given twice.` };
    else options[key] = word.value;
  }
  return { ok: true, value: { text: text.join(' ').trim(), options } };
}

/** `30m`, `2h`, `1d`; milliseconds. */
export function duration(typed: string): Parsed<number> {
  const word = typed.trim().toLowerCase();
  if (/^[1-9][0-9]{0,3}(m|h|d|w)$/.test(word)) return { ok: true, value: ms(word as StringValue) };
  return { ok: false, problem: `“${echo(typed)}” is no length of time. Type one like 30m, 2h or 1d.` };
}

/** `14:05` is of the last 24 hours; a whole date and time is as it says. UTC, unless it names another zone. */
export function moment(typed: string, now: Date): Parsed<string> {
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed.trim());
  if (clock !== null) {
    const at = new Date(now);
    at.setUTCHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (at > now) at.setUTCDate(at.getUTCDate() - 1);
    return { ok: true, value: at.toISOString() };
  }
  const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(typed) ? Date.parse(withZone(typed)) : Number.NaN;
  if (Number.isFinite(iso)) return { ok: true, value: new Date(iso).toISOString() };
  return {
    ok: false,
    problem: `“${echo(typed)}” is no time. Type one like 14:05 or 2026-04-01T14:05, in UTC.`,
  };
}

function withZone(typed: string): string {
  const text = typed.trim().replace(' ', 'T');
  return /(z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`;
}
