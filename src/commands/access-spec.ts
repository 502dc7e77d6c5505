import { textAndOptions } from './free-text.ts';
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

export const ACCESS_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'help',
    usage: '/access',
    summary: 'Shows what you can type here.',
    examples: ['/access', '/access help'],
    permission: 'access.look',
    parse: (words) => withoutArguments(words, { intent: 'access.help' }),
  },
  {
    name: 'request',
    usage: '/access request [WHAT] [for=2h] [who=@PERSON] [ticket=…] [WHY]',
    summary: 'Asks for access for a while. What is missing is asked for in a form.',
    examples: [
      '/access request',
      '/access request cluster-edit',
      '/access request cluster-edit for=1h restart the stuck workers of checkout',
    ],
    permission: 'access.request',
    parse: parseRequest,
  },
  {
    name: 'catalogue',
    aliases: ['catalog'],
    usage: '/access catalogue',
    summary: 'Shows what you can ask for, for how long and who approves it.',
    examples: ['/access catalogue'],
    permission: 'access.request',
    parse: (words) => withoutArguments(words, { intent: 'access.catalogue' }),
  },
  {
    name: 'list',
    usage: '/access list [mine|expiring|@PERSON]',
    summary: 'Lists who has what access now, and who waits for some.',
    examples: ['/access list', '/access list mine', '/access list expiring', '/access list @kim'],
    permission: 'access.look',
    parse: parseList,
  },
  {
    name: 'show',
    usage: '/access show ID',
    summary: 'Shows one request: who approves it, what it gives and when it ends.',
    examples: ['/access show 3f9a0c1288'],
    permission: 'access.look',
    parse: (words) =>
      withGrant(words, (grant) => ({ ok: true, intent: { intent: 'access.show', ...grant } })),
  },
  {
    name: 'extend',
    usage: '/access extend ID [1h] [WHY]',
    summary: 'Asks for more time. Until it is approved, the end stays as it is.',
    examples: ['/access extend 3f9a0c1288', '/access extend 3f9a0c1288 1h the restore takes longer'],
    permission: 'access.extend',
    parse: ([id, extra, ...why]) =>
      withGrant(id === undefined ? [] : [id], (grant) => {
        const reason = why.map(written).join(' ').trim();
        const values = {
          ...(extra === undefined ? {} : { extra: written(extra) }),
          ...(reason === '' ? {} : { reason }),
        };
        return { ok: true, intent: { intent: 'access.extend', ...grant, values } };
      }),
  },
  {
    name: 'end',
    usage: '/access end ID',
    summary: 'Gives access back or withdraws a request, before its time is up. Asks first.',
    examples: ['/access end 3f9a0c1288'],
    permission: 'access.look',
    parse: (words) => withGrant(words, (grant) => ({ ok: true, intent: { intent: 'access.end', ...grant } })),
  },
];

/** What follows `/access`. Never throws. */
export function parseAccessCommand(text: string, typed: Typed): CommandParse {
  return parseBySpecs(ACCESS_COMMANDS, { command: '/access', text, typed, empty: { intent: 'access.help' } });
}

function parseRequest(words: Word[]): CommandParse {
  const [first, ...rest] = words;
  const named = first?.key === undefined ? first?.value : undefined;
  const typed = textAndOptions(named === undefined ? words : rest, ['for', 'who', 'ticket']);
  if (!typed.ok) return typed;
  const { text, options } = typed.value;
  const values = {
    ...options,
    ...(named === undefined ? {} : { entitlement: named }),
    ...(text === '' ? {} : { reason: text }),
  };
  return { ok: true, intent: { intent: 'access.ask', values } };
}

/** Names have spaces. */
function parseList(words: Word[]): CommandParse {
  const typed = words.map(written).join(' ').trim();
  const word = typed.toLowerCase();
  if (word === '' || word === 'all') return { ok: true, intent: { intent: 'access.list', filter: 'all' } };
  if (word === 'mine' || word === 'expiring') {
    return { ok: true, intent: { intent: 'access.list', filter: word } };
  }
  return { ok: true, intent: { intent: 'access.list', filter: 'all', who: typed } };
}

/** `3f9a0c1288`, or `kim/3f9a0c1288` for one that is over. */
const GRANT = /^(?:([a-z0-9][a-z0-9._-]*)\/)?([0-9a-f]{6,40})$/;

function withGrant(
  words: Word[],
  then: (grant: { beneficiary?: string; id: string }) => CommandParse,
): CommandParse {
  const [first, extra] = words;
  if (first === undefined) {
    return { ok: false, problem: 'An id is missing: it is on the card, and in /access list.' };
  }
  if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
  const [, beneficiary, id] = GRANT.exec(written(first).toLowerCase()) ?? [];
  if (id === undefined) {
    const problem = `“${echo(written(first))}” is no id. It looks like 3f9a0c1288, and is on the card and in /access list.`;
    return { ok: false, problem };
  }
  return then({ ...(beneficiary === undefined ? {} : { beneficiary }), id });
}
