import type { DepartureState, LedgerLine } from './departures.ts';
import { holdingInWords } from './holdings.ts';
import type { ItemListView } from './incident-view-types.ts';

/** What people have to do comes first, what is done last. */
export const LINE_ORDER: LedgerLine['state'][] = [
  'by-hand',
  'stuck',
  'waiting',
  'impossible',
  'done',
  'given-back',
];

const GLYPHS: Record<LedgerLine['state'], string> = {
  'by-hand': '✋',
  stuck: '🔁',
  waiting: '⏳',
  impossible: '➖',
  done: '✅',
  'given-back': '↩️',
};

/** What it is, and what it is when it is done. */
const WORDS: Record<LedgerLine['kind'], { what: string; done: string }> = {
  systems: { what: 'Which systems there are', done: 'known' },
  account: { what: 'login', done: 'disabled' },
  sessions: { what: 'sessions', done: 'ended' },
  groups: { what: 'groups and roles', done: 'none left' },
  group: { what: '', done: 'taken away' },
  links: { what: 'Chat accounts', done: 'linked to nobody' },
  tokens: { what: 'API tokens', done: 'revoked' },
  'hand-over': { what: 'Environments', done: 'handed over' },
};

/** `sso: login`, `cluster: edit in default`, `API tokens`. */
export function lineInWords({ kind, system, holding }: LedgerLine): string {
  const what = kind === 'group' && holding !== undefined ? holdingInWords(holding) : WORDS[kind].what;
  return system === undefined ? what : `${system}: ${what}`;
}

/** How it stands: `disabled`, `cannot be ended there: an open shell goes on`. */
export function standingInWords(line: LedgerLine, phase: DepartureState['phase'], taken: string[]): string {
  const { kind, state, trouble, next, items = taken, outlasts = [] } = line;
  const named = items.length === 0 ? '' : `: ${items.join(', ')}`;
  if (state === 'done') {
    const after = outlasts.length === 0 ? '' : `; ${outlasts.join('; ')}`;
    if (kind === 'links' || kind === 'tokens' || kind === 'hand-over') {
      return items.length === 0 ? 'there were none' : `${WORDS[kind].done}${named}`;
    }
    return `${WORDS[kind].done}${named}${after}`;
  }
  if (state === 'impossible') return `cannot be ended there${outlasts.map((words) => `; ${words}`).join('')}`;
  if (state === 'given-back') return 'given back';
  if (state === 'waiting') return phase === 'undoing' ? 'is given back' : 'to come';
  return [trouble, next].filter((words) => words !== undefined).join(' ') || 'not all of them yet';
}

/** As a line of the card, with a button where a person has to do it. */
export function lineItem(line: LedgerLine, departure: DepartureState): ItemListView['items'][number] {
  const { id, state, kind, nextTryAt, doneAt, trouble } = line;
  const text = `${lineInWords(line)}: ${standingInWords(line, departure.phase, takenIn(line, departure))}`;
  const { person } = departure;
  const isTask = state === 'by-hand' && (kind !== 'groups' || trouble !== undefined);
  return {
    glyph: GLYPHS[state],
    text,
    ...(state === 'stuck' && nextTryAt !== undefined ? { detail: 'next try', at: nextTryAt } : {}),
    ...(state === 'done' || state === 'given-back' ? { at: doneAt } : {}),
    ...(isTask
      ? {
          action: {
            actionId: 'departure.done',
            label: 'Done',
            payload: { person, id: departure.id, line: id },
          },
        }
      : {}),
  };
}

/** The groups of a system that are gone, by their names. */
export function takenIn({ kind, system }: LedgerLine, { ledger }: Pick<DepartureState, 'ledger'>): string[] {
  if (kind !== 'groups') return [];
  return ledger
    .filter((line) => line.kind === 'group' && line.system === system && line.state === 'done')
    .map(({ holding }) => (holding === undefined ? '' : holdingInWords(holding)));
}
