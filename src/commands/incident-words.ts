import { type IncidentAct, incidentActSchema } from '../domain/incident-acts.ts';
import type { IncidentFormId } from '../domain/incident-forms.ts';
import { duration, moment, textAndOptions } from './free-text.ts';
import { type CommandParse, type Typed, unexpected, written } from './spec.ts';
import { echo } from './wording.ts';
import type { Word } from './words.ts';

/** The pieces that the verbs of incidents are parsed with. */

export function textOf(words: Word[]): string {
  return words.map(written).join(' ').trim();
}

/** Checked here, so that what is too long or missing is said at once. */
export function act(given: IncidentAct): CommandParse {
  const checked = incidentActSchema.safeParse(given);
  if (checked.success) return { ok: true, intent: { intent: 'incident.act', act: checked.data } };
  const issue = checked.error.issues[0];
  if (issue?.code === 'too_small') return { ok: false, problem: 'Something is missing.' };
  if (issue?.code === 'too_big')
    return { ok: false, problem: `That is too long: at most ${issue.maximum} characters, please.` };
  return { ok: false, problem: 'That is not understood.' };
}

export function form(id: IncidentFormId, values: Partial<Record<string, string>> = {}): CommandParse {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ok: true, intent: { intent: 'incident.form', form: id, values: Object.fromEntries(given) } };
}

export function withRole(words: Word[], intent: (role: string) => IncidentAct): CommandParse {
  const [role, extra] = words;
  if (role === undefined) return { ok: false, problem: 'Which role?' };
  return extra === undefined
    ? act(intent(role.value.toLowerCase()))
    : { ok: false, problem: unexpected(extra) };
}

/** `2` is what the list calls `t2`. */
export function withTask(
  id: Word | undefined,
  extra: Word | undefined,
  intent: (task: string) => IncidentAct,
): CommandParse {
  if (id === undefined) return { ok: false, problem: 'Which task? /incident tasks shows their numbers.' };
  if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
  const number = /^t?([1-9][0-9]{0,3})$/i.exec(id.value)?.[1];
  if (number === undefined) {
    return { ok: false, problem: `“${echo(id.value)}” is no task. /incident tasks shows their numbers.` };
  }
  return act(intent(`t${number}`));
}

export function parseTask(words: Word[], { now }: Typed, followUp: boolean): CommandParse {
  const typed = textAndOptions(words, ['owner', 'due']);
  if (!typed.ok) return typed;
  const { text, options } = typed.value;
  if (text === '') return form('incident.task', { ...options, kind: followUp ? 'follow-up' : 'task' });
  const due = options.due === undefined ? undefined : duration(options.due);
  if (due?.ok === false) return due;
  const dueAt = due === undefined ? undefined : new Date(now.getTime() + due.value).toISOString();
  return act({ kind: 'task', text, owner: options.owner, dueAt, followUp });
}

export function parseTimes(words: Word[], { now }: Typed): CommandParse {
  const typed = textAndOptions(words, ['impact', 'detected', 'mitigated']);
  if (!typed.ok) return typed;
  const { text, options } = typed.value;
  if (text !== '') return { ok: false, problem: `“${echo(text)}” is not expected here.` };
  const given: Partial<Record<string, string>> = {};
  for (const [name, said] of Object.entries(options)) {
    const at = moment(said, now);
    if (!at.ok) return at;
    given[`${name}At`] = at.value;
  }
  return Object.keys(given).length === 0 ? form('incident.times') : act({ kind: 'times', ...given });
}

export function numberIn(word: Word | undefined): number | undefined {
  if (word === undefined || word.key !== undefined || !/^#?[1-9][0-9]{0,8}$/.test(word.value))
    return undefined;
  return Number(word.value.replace('#', ''));
}

export function about(word: Word | undefined, parsed: CommandParse): CommandParse {
  if (word === undefined || !parsed.ok) return parsed;
  const number = numberIn(word);
  if (number === undefined) return { ok: false, problem: `“${echo(word.value)}” is no incident's number.` };
  return { ok: true, intent: { ...parsed.intent, number } as typeof parsed.intent };
}
