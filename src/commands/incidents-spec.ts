import type { Declaration } from '../domain/incident-intents.ts';
import type { Intent } from '../domain/intents.ts';
import { textAndOptions } from './free-text.ts';
import { INCIDENT_ACT_COMMANDS } from './incident-acts-spec.ts';
import { RUNBOOK_COMMANDS } from './incident-runbooks-spec.ts';
import { numberIn } from './incident-words.ts';
import {
  type CommandParse,
  type CommandSpec,
  parseBySpecs,
  type Typed,
  unexpected,
  withoutArguments,
} from './spec.ts';
import { echo } from './wording.ts';
import { splitWords, type Word } from './words.ts';

const SEVERITY = /^sev[1-9]$/i;
const FILTERS = ['open', 'mine', 'all'] as const;
const MAX_TITLE = 120;

const LOOKING: readonly CommandSpec[] = [
  {
    name: 'help',
    usage: '/incident help',
    summary: 'Shows what you can type here.',
    examples: ['/incident help'],
    permission: 'incident.look',
    parse: (words) => withoutArguments(words, { intent: 'incident.help' }),
  },
  {
    name: 'declare',
    usage:
      '/incident [declare] [SEVERITY] [TITLE] [service=SERVICE] [here=true] [private] [drill] [confirm=yes]',
    summary: 'Declares an incident: opens its room and pages who is on call. Without a title a form opens.',
    examples: [
      '/incident declare',
      '/incident sev1 checkout is down',
      '/incident declare sev2 "slow search" service=shop',
      '/incident declare here=true sev2 slow search',
    ],
    permission: 'incident.declare',
    parse: (words) => parseDeclaration(words, {}),
  },
  {
    name: 'drill',
    usage: '/incident drill [SEVERITY] [TITLE]',
    summary: 'The same as an exercise: it pages only volunteers and counts nowhere.',
    examples: ['/incident drill', '/incident drill sev1 checkout is down'],
    permission: 'incident.declare',
    parse: (words) => parseDeclaration(words, { drill: true }),
  },
  {
    name: 'list',
    usage: '/incident list [open|mine|all] [SEVERITY]',
    summary: 'Lists incidents.',
    examples: ['/incident list', '/incident list mine', '/incident list all sev1'],
    permission: 'incident.look',
    parse: parseList,
  },
  {
    name: 'show',
    usage: '/incident show [NUMBER]',
    summary: 'Shows one incident as it stands.',
    examples: ['/incident show 142', '/incident show'],
    permission: 'incident.look',
    parse: (words) => aboutOne(words, (number) => ({ intent: 'incident.show', number })),
  },
  {
    name: 'catchup',
    usage: '/incident catchup [NUMBER]',
    summary: 'Tells you alone what happened so far, who does what, and what is due next.',
    examples: ['/incident catchup'],
    permission: 'incident.look',
    parse: (words) => aboutOne(words, (number) => ({ intent: 'incident.catch-up', number })),
  },
  {
    name: 'timeline',
    usage: '/incident timeline [NUMBER]',
    summary: 'Shows everything that happened, in order.',
    examples: ['/incident timeline', '/incident timeline 142'],
    permission: 'incident.look',
    parse: (words) => aboutOne(words, (number) => ({ intent: 'incident.timeline', number })),
  },
  {
    name: 'tasks',
    usage: '/incident tasks [NUMBER]',
    summary: 'Shows what is still to be done, and by whom.',
    examples: ['/incident tasks'],
    permission: 'incident.look',
    parse: (words) => aboutOne(words, (number) => ({ intent: 'incident.tasks', number })),
  },
  {
    name: 'escalations',
    usage: '/incident escalations [NUMBER]',
    summary: 'Says who was paged, who answered, and who is next.',
    examples: ['/incident escalations'],
    permission: 'incident.look',
    parse: (words) => aboutOne(words, (number) => ({ intent: 'incident.escalations', number })),
  },
  {
    name: 'oncall',
    usage: '/incident oncall [SCHEDULE]',
    summary: 'Says who is on call now and next, and where nobody is.',
    examples: ['/incident oncall'],
    permission: 'incident.look',
    parse(words) {
      const [schedule, extra] = words;
      if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
      return { ok: true, intent: { intent: 'incident.on-call', schedule: schedule?.value.toLowerCase() } };
    },
  },
  {
    name: 'review',
    usage: '/incident review [NUMBER]',
    summary: 'Drafts the review from what was recorded.',
    examples: ['/incident review 142'],
    permission: 'incident.look',
    parse: (words) => aboutOne(words, (number) => ({ intent: 'incident.review', number })),
  },
  {
    name: 'export',
    usage: '/incident export [NUMBER] [markdown|json]',
    summary: 'Gives you everything that was recorded as a file.',
    examples: ['/incident export', '/incident export 142 json'],
    permission: 'incident.look',
    parse: parseExport,
  },
  {
    name: 'stats',
    usage: '/incident stats [days=30]',
    summary: 'Figures: how many, how fast, how punctual, how many pages.',
    examples: ['/incident stats', '/incident stats days=90'],
    permission: 'incident.look',
    parse: parseStats,
  },
];

export const INCIDENT_COMMANDS: readonly CommandSpec[] = [
  ...LOOKING,
  ...INCIDENT_ACT_COMMANDS,
  ...RUNBOOK_COMMANDS,
];

/** What follows `/incident` or `/inc`. A number before it says which incident is meant. Never throws. */
export function parseIncidentCommand(text: string, typed: Typed): CommandParse {
  const { number, rest } = withoutNumber(text);
  const declared = number === undefined ? declaredAtOnce(rest) : undefined;
  const parsed =
    declared ??
    parseBySpecs(INCIDENT_COMMANDS, {
      command: '/incident',
      text: rest,
      typed,
      empty: { intent: 'incident.show' },
    });
  if (!parsed.ok || !('number' in parsed.intent || isAbout(parsed.intent))) return parsed;
  return {
    ok: true,
    intent: { ...parsed.intent, number: number ?? numberOf(parsed.intent), text: rest } as Intent,
  };
}

function withoutNumber(text: string): { number?: number; rest: string } {
  const numbered = /^\s*#?([1-9][0-9]{0,8})(?:\s+([\s\S]*))?$/.exec(text);
  return numbered === null ? { rest: text } : { number: Number(numbered[1]), rest: numbered[2] ?? 'show' };
}

/** How the command that was typed is typed in full. */
export function usageOfIncidentCommand(text: string): string | undefined {
  const [word = ''] = withoutNumber(text).rest.trim().toLowerCase().split(/\s/);
  const named = SEVERITY.test(word) ? 'declare' : word;
  return INCIDENT_COMMANDS.find(({ name, aliases = [] }) => name === named || aliases.includes(named))?.usage;
}

const NOT_ABOUT_ONE = new Set<Intent['intent']>([
  'incident.help',
  'incident.declare',
  'incident.list',
  'incident.on-call',
  'incident.stats',
]);

function isAbout(intent: Intent): boolean {
  return !NOT_ABOUT_ONE.has(intent.intent);
}

function numberOf(intent: Intent): number | undefined {
  return 'number' in intent ? intent.number : undefined;
}

/** `sev1 checkout is down`: three words suffice. */
function declaredAtOnce(text: string): CommandParse | undefined {
  const split = splitWords(text);
  if (!split.ok) return undefined;
  const [first] = split.words;
  if (first === undefined || first.key !== undefined || !SEVERITY.test(first.value)) return undefined;
  return parseDeclaration(split.words, {});
}

function parseDeclaration(words: Word[], fixed: Partial<Declaration>): CommandParse {
  const typed = textAndOptions(words, ['service', 'summary', 'severity', 'here', 'confirm']);
  if (!typed.ok) return typed;
  const { service, summary, severity, here, confirm } = typed.value.options;
  if (here !== undefined && here.toLowerCase() !== 'true')
    return { ok: false, problem: 'Type here=true, or leave it out.' };
  if (confirm !== undefined && confirm.toLowerCase() !== 'yes')
    return { ok: false, problem: 'Type confirm=yes, or leave it out.' };
  const flags = new Set<string>();
  const rest = typed.value.text.split(' ').filter((word) => !isFlag(word, flags));
  const named = severity ?? (SEVERITY.test(rest[0] ?? '') ? rest.shift() : undefined);
  const title = rest.join(' ').trim();
  if (title.length > MAX_TITLE) {
    return {
      ok: false,
      problem: `That title is too long: ${MAX_TITLE} characters at most. Put the rest into summary="…".`,
    };
  }
  return {
    ok: true,
    intent: {
      intent: 'incident.declare',
      title: title === '' ? undefined : title,
      severity: named?.toLowerCase(),
      service: service?.toLowerCase(),
      summary,
      private: flags.has('private'),
      drill: flags.has('drill'),
      here: here !== undefined,
      confirmed: confirm !== undefined,
      ...fixed,
    },
  };
}

/** At the end or the beginning of what was typed these two are switches; a title may hold them in quotes only. */
function isFlag(word: string, found: Set<string>): boolean {
  const flag = word.toLowerCase();
  if ((flag !== 'private' && flag !== 'drill') || found.has(flag)) return false;
  found.add(flag);
  return true;
}

function parseList(words: Word[]): CommandParse {
  let filter: (typeof FILTERS)[number] = 'open';
  let severity: string | undefined;
  for (const word of words) {
    const value = word.value.toLowerCase();
    const named = FILTERS.find((candidate) => candidate === value);
    if (word.key === undefined && named !== undefined) filter = named;
    else if (word.key === undefined && SEVERITY.test(value)) severity = value;
    else return { ok: false, problem: unexpected(word) };
  }
  return { ok: true, intent: { intent: 'incident.list', filter, severity } };
}

function aboutOne(words: Word[], intent: (number: number | undefined) => Intent): CommandParse {
  const [first, extra] = words;
  if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
  if (first === undefined) return { ok: true, intent: intent(undefined) };
  const number = numberIn(first);
  return number === undefined ? notANumber(first) : { ok: true, intent: intent(number) };
}

function notANumber({ value }: Word): CommandParse {
  return { ok: false, problem: `“${echo(value)}” is no incident's number. /incident list shows them.` };
}

function parseExport(words: Word[]): CommandParse {
  let number: number | undefined;
  let format: 'markdown' | 'json' = 'markdown';
  for (const word of words) {
    const value = word.value.toLowerCase();
    const given = numberIn(word);
    if (given !== undefined) number = given;
    else if (word.key === undefined && (value === 'json' || value === 'markdown')) format = value;
    else return { ok: false, problem: unexpected(word) };
  }
  return { ok: true, intent: { intent: 'incident.export', number, format } };
}

function parseStats(words: Word[]): CommandParse {
  const [first, extra] = words;
  if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
  if (first === undefined) return { ok: true, intent: { intent: 'incident.stats', days: 30 } };
  const days = Number(first.value);
  if (first.key !== 'days' && first.key !== undefined) return { ok: false, problem: unexpected(first) };
  if (!Number.isInteger(days) || days < 1 || days > 365) {
    return { ok: false, problem: 'Give a number of days from 1 to 365, such as days=30.' };
  }
  return { ok: true, intent: { intent: 'incident.stats', days } };
}
