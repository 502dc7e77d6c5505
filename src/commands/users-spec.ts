import { PERMISSIONS } from '../domain/policy.ts';
import { nearest } from './nearest.ts';
import {
  type CommandParse,
  type CommandSpec,
  parseBySpecs,
  type Typed,
  unexpected,
  withoutArguments,
  written,
} from './spec.ts';
import { echo } from './wording.ts';
import type { Word } from './words.ts';

export const USER_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'help',
    usage: '/user',
    summary: 'Shows what you can type here.',
    examples: ['/user', '/user help'],
    permission: 'user.look',
    parse: (words) => withoutArguments(words, { intent: 'user.help' }),
  },
  {
    name: 'show',
    usage: '/user show [@PERSON]',
    summary:
      'Shows who somebody is: teams, manager, environments and what they have. Yourself, without a name.',
    examples: ['/user show', '/user show @kim'],
    permission: 'user.look',
    parse: (words) => ({ ok: true, intent: { intent: 'user.show', ...whoIn(words) } }),
  },
  {
    name: 'unlink',
    usage: '/user unlink [@PERSON]',
    summary: 'Unlinks a chat account: whoever uses it is nobody to Purser from then on. Asks first.',
    examples: ['/user unlink', '/user unlink @kim'],
    permission: 'user.unlink',
    parse: (words) => ({ ok: true, intent: { intent: 'user.unlink', ...whoIn(words) } }),
  },
  {
    name: 'explain',
    usage: '/user explain @PERSON PERMISSION',
    summary: 'Says whether somebody may do something, and which rule says so.',
    examples: ['/user explain me env.create', '/user explain @kim env.delete'],
    permission: 'user.explain',
    parse: parseExplain,
  },
  {
    name: 'offboard',
    usage: '/user offboard [@PERSON] [when=2026-12-01T18:00] [successor=@PERSON] [why="…"]',
    summary:
      'Shows what somebody would lose who leaves, and asks for it; of somebody who leaves already, how far it is. Who leaves, without a name.',
    examples: [
      '/user offboard @kim',
      '/user offboard @kim when=2026-12-01T18:00 successor=@lee',
      '/user offboard',
    ],
    permission: 'user.offboard',
    parse: parseOffboard,
  },
  {
    name: 'onboard',
    usage: '/user onboard [name="…"] [email=…] [team=TEAM] [role=ROLE] [manager=@PERSON] [start=2026-12-01]',
    summary:
      'Asks that somebody comes: on their first day they get what their role and their team have. Opens a form.',
    examples: ['/user onboard', '/user onboard name="Robin Sample" email=robin@example.test team=shop'],
    permission: 'user.onboard',
    parse: parseOnboard,
  },
];

/** What follows `/user`. Never throws. */
export function parseUserCommand(text: string, typed: Typed): CommandParse {
  return parseBySpecs(USER_COMMANDS, { command: '/user', text, typed, empty: { intent: 'user.help' } });
}

/** Names have spaces. */
function whoIn(words: Word[]): { who?: string } {
  const who = words.map(written).join(' ').trim();
  return who === '' ? {} : { who };
}

const ONBOARD_KEYS = ['name', 'email', 'person', 'team', 'role', 'manager', 'start'];
const OFFBOARD_KEYS = ['when', 'why', 'successor'];

function parseOffboard(words: Word[]): CommandParse {
  const values = new Map<string, string>();
  for (const { key, value } of words) {
    if (key === undefined) continue;
    if (!OFFBOARD_KEYS.includes(key)) return { ok: false, problem: unexpected({ key, value }) };
    if (values.has(key)) return { ok: false, problem: `“${echo(key)}” is given twice.` };
    values.set(key, value);
  }
  const who = whoIn(words.filter(({ key }) => key === undefined));
  return { ok: true, intent: { intent: 'user.offboard', ...who, ...Object.fromEntries(values) } };
}

function parseExplain(words: Word[]): CommandParse {
  const permission = words.at(-1)?.value.toLowerCase() ?? '';
  const who = words.slice(0, -1).map(written).join(' ').trim();
  if (who === '') {
    return { ok: false, problem: 'Name somebody and a permission, as in /user explain @kim env.create.' };
  }
  if ((PERMISSIONS as readonly string[]).includes(permission)) {
    return { ok: true, intent: { intent: 'user.explain', who, permission } };
  }
  const meant = nearest(permission, PERMISSIONS);
  const next = meant === undefined ? `There are ${PERMISSIONS.join(', ')}.` : `Did you mean ${meant}?`;
  return { ok: false, problem: `There is no permission “${echo(permission)}”. ${next}` };
}

/** What the form begins with. */
function parseOnboard(words: Word[]): CommandParse {
  const strange = words.find(({ key }) => key === undefined || !ONBOARD_KEYS.includes(key));
  if (strange !== undefined) return { ok: false, problem: unexpected(strange) };
  const values = Object.fromEntries(words.map(({ key = '', value }) => [key, value]));
  return { ok: true, intent: { intent: 'user.onboard', values } };
}
