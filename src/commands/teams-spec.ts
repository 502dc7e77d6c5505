import { idSchema } from '../domain/platform.ts';
import {
  type CommandParse,
  type CommandSpec,
  parseBySpecs,
  type Typed,
  withoutArguments,
  written,
} from './spec.ts';
import type { Word } from './words.ts';

/** It has to fit, with what stands before it, wherever names of groups do. */
const MAX_NAME = 40;
const MAX_TITLE = 60;

export const TEAM_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'help',
    usage: '/team',
    summary: 'Shows what you can type here.',
    examples: ['/team', '/team help'],
    permission: 'team.look',
    parse: (words) => withoutArguments(words, { intent: 'team.help' }),
  },
  {
    name: 'list',
    usage: '/team list',
    summary: 'Lists the teams and who leads them.',
    examples: ['/team list'],
    permission: 'team.look',
    parse: (words) => withoutArguments(words, { intent: 'team.list' }),
  },
  {
    name: 'show',
    usage: '/team show [TEAM]',
    summary: 'Shows who is in a team and what environments it has. Your own, without a name.',
    examples: ['/team show', '/team show shop'],
    permission: 'team.look',
    parse: parseShow,
  },
  {
    name: 'add',
    usage: '/team add TEAM @PERSON',
    summary: 'Puts somebody into a team, at once where you lead it; otherwise its leads are asked.',
    examples: ['/team add shop @kim'],
    permission: 'team.ask',
    parse: (words) => parseChange('add', words),
  },
  {
    name: 'remove',
    usage: '/team remove TEAM @PERSON',
    summary: 'Takes somebody out of a team.',
    examples: ['/team remove shop @kim'],
    permission: 'team.ask',
    parse: (words) => parseChange('remove', words),
  },
  {
    name: 'lead',
    usage: '/team lead TEAM @PERSON',
    summary: 'Makes somebody lead a team, beside those who do.',
    examples: ['/team lead shop @kim'],
    permission: 'team.ask',
    parse: (words) => parseChange('lead', words),
  },
  {
    name: 'create',
    usage: '/team create NAME [TITLE]',
    summary: 'Makes a team, led by you, once an administrator agrees.',
    examples: ['/team create search', '/team create search Search and ranking'],
    permission: 'team.ask',
    parse: parseCreate,
  },
];

/** What follows `/team`. Never throws. */
export function parseTeamCommand(text: string, typed: Typed): CommandParse {
  return parseBySpecs(TEAM_COMMANDS, { command: '/team', text, typed, empty: { intent: 'team.help' } });
}

/** Titles have spaces. */
function parseShow(words: Word[]): CommandParse {
  const team = words.map(written).join(' ').trim();
  return { ok: true, intent: { intent: 'team.show', ...(team === '' ? {} : { team }) } };
}

/** The team is one word here, so that names of people may have spaces. */
function parseChange(change: 'add' | 'remove' | 'lead', [first, ...rest]: Word[]): CommandParse {
  const team = first === undefined ? '' : written(first);
  const who = rest.map(written).join(' ').trim();
  if (team !== '' && who !== '') return { ok: true, intent: { intent: 'team.change', change, team, who } };
  return { ok: false, problem: `Name a team and a person, as in /team ${change} shop @kim.` };
}

function parseCreate([first, ...rest]: Word[]): CommandParse {
  const team = first === undefined ? '' : written(first).toLowerCase();
  const title = rest.map(written).join(' ').trim();
  if (!idSchema.safeParse(team).success || team.length > MAX_NAME) {
    return {
      ok: false,
      problem: `A team needs a name of at most ${MAX_NAME} small letters, digits and dashes, starting with a letter.`,
    };
  }
  if (title.length > MAX_TITLE)
    return { ok: false, problem: `Please keep the title under ${MAX_TITLE} characters.` };
  return { ok: true, intent: { intent: 'team.create', team, ...(title === '' ? {} : { title }) } };
}
