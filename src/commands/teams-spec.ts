import {
  type CommandParse,
  type CommandSpec,
  parseBySpecs,
  type Typed,
  withoutArguments,
  written,
} from './spec.ts';
import type { Word } from './words.ts';

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
