import type { IncidentAct } from '../domain/incident-acts.ts';
import type { DirectorySnapshot, Person } from '../domain/people.ts';
import { accountKey } from '../domain/refs.ts';

const MENTION = /<@([A-Za-z0-9-]+)(?:\|([^>]*))?>/g;
const CHANNEL = /<#[A-Z0-9]+\|([^>]*)>/g;
const ADDRESS = /<(https?:\/\/[^|>]+)(?:\|[^>]*)?>/g;

/** Everybody one of whose accounts has this id; a mention carries the last part of an account's key. */
export function peopleMentioned(people: Person[], id: string): Person[] {
  return people.filter(({ accounts }) => accounts.some((account) => accountKey(account).endsWith(`:${id}`)));
}

/** What was typed, as people read it: names instead of the ids that a chat puts into a command. */
export function readable({ people }: DirectorySnapshot, typed: string): string {
  return typed
    .replace(MENTION, (_whole, id: string, shown?: string) => {
      const [person] = peopleMentioned(people, id);
      return `@${person?.name ?? shown ?? id}`;
    })
    .replace(CHANNEL, '#$1')
    .replace(ADDRESS, '$1');
}

/** Ids and keys are not read by people. */
const WORDS = new Set([
  'what',
  'impact',
  'note',
  'text',
  'reason',
  'message',
  'title',
  'comment',
  'cause',
  'fix',
]);

/** The same act, with what people will read in it made readable. */
export function readableAct(directory: DirectorySnapshot, act: IncidentAct): IncidentAct {
  const fields = Object.entries(act).map(([field, value]) =>
    WORDS.has(field) && typeof value === 'string' ? [field, readable(directory, value)] : [field, value],
  );
  return Object.fromEntries(fields) as IncidentAct;
}
